"""The label as a Digital Conformity Credential of the UN Transparency Protocol, version 0.7.0 (UN/CEFACT).

What it can say and no more: the public knows of the assessment its counts, so there is one assessment with
three measures, and no single criterion. Where the protocol asks for what we do not have:

    issuer.id           an `https` address; the protocol recommends a DID
    credentialStatus    left out, as the protocol has W3C bitstring lists only; the JWT's `status` claim tells
    partyAddress        wants street, town and code apart; an address is one line here, and stands in the
                        description of the party. The issuer has no place for one
    conformityTopic     empty: its classification has no topic for the ethics of AI
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from labels.exports.credential import CREDENTIALS_V2, claims_of, digest_uri, product_of, signing_of, validity_of
from labels.exports.jose import compact, credential_in
from labels.exports.subject import check_subject
from labels.exports.trust import ExportSigner, TrustedKey
from schemas.attestation import Attestation
from schemas.label_number import format_number

TYPES = ("DigitalConformityCredential", "VerifiableCredential")
_CONTEXT = "https://vocabulary.uncefact.org/untp/0.7.0/context/"
_ONE = "C62"  # UNECE Recommendation 20: a count


def conformity_credential(attestation: Attestation, signer: ExportSigner, signed_on: date | None = None) -> str:
    """Return the conformity credential of a label as a compact JWS, signed on the day of grant or later.

    Raises:
        PreparationError: `token_of_another_label`, `wrong_algorithm` or `signature_wrong`.
    """
    check_subject(attestation)
    return compact({**conformity(attestation), **signing_of(attestation, signed_on)}, signer)


def conformity_in(jwt: str | bytes, keys: Iterable[TrustedKey]) -> dict[str, Any]:
    """Return the conformity credential that one of our keys signed.

    Raises:
        VerificationError: `malformed`, `unknown_key`, `bad_signature` or `key_compromised`.
    """
    return credential_in(jwt, keys, TYPES)


def conformity(attestation: Attestation) -> dict[str, Any]:
    """Return the credential with its claims, not signed yet."""
    credential_id, subject = f"{attestation.page}#conformity", f"{attestation.page}#attestation"
    return {
        "@context": [CREDENTIALS_V2, _CONTEXT],
        "id": credential_id,
        "type": list(TYPES),
        "name": f"{attestation.scheme_title}: {attestation.label_name} {attestation.version}",
        "issuer": {"type": ["CredentialIssuer"], "id": attestation.register_url, "name": attestation.issuer},
        **validity_of(attestation),
        "credentialSubject": _attestation(attestation, subject),
        **claims_of(attestation, credential_id, subject),
    }


def _attestation(attestation: Attestation, subject: str) -> dict[str, Any]:
    title = f"{attestation.scheme_title}, {attestation.scheme_version}"
    return {
        "type": ["ConformityAttestation"],
        "id": subject,
        "name": f"{attestation.scheme_title} {format_number(attestation.id)}",
        "description": attestation.meaning,
        "assessorLevel": "3rdParty",  # certification is attestation by a third party (ISO/IEC 17000, 7.6)
        "assessmentLevel": "no-endorsement",  # nobody accredits the body; to claim more would be to invent it
        "attestationType": "certification",
        "issuedToParty": {
            "type": ["Party"],
            "id": f"{attestation.page}#holder",
            "name": attestation.holder,
            "description": ", ".join(filter(None, (attestation.holder_address, attestation.country))),
        },
        "referenceScheme": {
            "type": ["ConformityScheme"],
            "id": f"{attestation.register_url}/scheme",
            "name": attestation.scheme_title,
        },
        "referenceProfile": {"type": ["ConformityProfile"], "id": _profile(attestation), "name": title},
        "conformityCertificate": {
            "type": ["Link"],
            "linkURL": f"{attestation.register_url}/C/{attestation.token}",
            "linkName": f"{attestation.issuer}, {attestation.decision_number}",
            "mediaType": "text/html",
        },
        "conformityAssessment": [_assessment(attestation)],
    }


def _assessment(attestation: Attestation) -> dict[str, Any]:
    """Return the one assessment: all mandatory criteria of the tier together."""
    return {
        "type": ["ConformityAssessment"],
        "id": f"{attestation.page}#assessment",
        "name": attestation.tier_name,
        "assessmentCriteria": [
            {
                "type": ["Criterion"],
                "id": f"{_profile(attestation)}#{attestation.tier}",
                "name": f"{attestation.tier_name}: {attestation.code_edition}",
            }
        ],
        "assessmentDate": attestation.granted_on.isoformat(),
        "assessedPerformance": [
            _counted(attestation, "all", attestation.total),
            _counted(attestation, "met", attestation.met),
            _counted(attestation, "not-applicable", attestation.not_applicable),
        ],
        "assessedProduct": [{"type": ["ProductVerification"], "product": _product(attestation)}],
        "specifiedCondition": [attestation.purpose, attestation.deployment, ", ".join(attestation.languages)],
        "conformityTopic": [],
        "conformance": True,
    }


def _counted(attestation: Attestation, name: str, count: int) -> dict[str, Any]:
    return {
        "type": ["Performance"],
        "metric": {
            "type": ["PerformanceMetric"],
            "id": f"{_profile(attestation)}#{attestation.tier}-{name}",
            "name": f"Mandatory criteria: {name.replace('-', ' ')}",
        },
        "measure": {"type": ["Measure"], "value": count, "unit": _ONE},
    }


def _product(attestation: Attestation) -> dict[str, Any]:
    batch = {} if attestation.build_digest is None else {"batchNumber": digest_uri(attestation.build_digest)}
    return {
        "type": ["Product"],
        "id": product_of(attestation),
        "name": attestation.product,
        "modelNumber": attestation.version,
        **batch,
    }


def _profile(attestation: Attestation) -> str:
    return digest_uri(attestation.scheme_digest)
