"""The label as an Open Badge 3.0, a credential of VC Data Model 2.0, for wallets and badge displayers.

Where Open Badges 3.0 (8.2) and VC-JOSE-COSE disagree, the younger W3C Recommendation is followed:

    typ     `vc+jwt` (VC-JOSE-COSE, 3.1.1); Open Badges knows `JWT` only
    kid     the short name under which the JWK set has the key (RFC 7515, 4.1.4), found over `iss`;
            Open Badges wants a URI to dereference
    alg     ES256 or Ed25519; Open Badges counts only RS256 as interoperable
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

TYPES = ("VerifiableCredential", "OpenBadgeCredential")
_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
# No context gives the token status list a short name; an absolute URL needs none (VC Data Model 2.0, 4.5).
_STATUS_TYPE = "https://datatracker.ietf.org/doc/draft-ietf-oauth-status-list/"


def vc_jwt(attestation: Attestation, signer: ExportSigner, signed_on: date | None = None) -> str:
    """Return the Open Badge of a label as a compact JWS (`application/vc+jwt`), signed on the day of grant or later.

    Raises:
        PreparationError: `token_of_another_label`, `wrong_algorithm` or `signature_wrong`.
    """
    check_subject(attestation)
    return compact({**open_badge(attestation), **signing_of(attestation, signed_on)}, signer)


def open_badge_in(jwt: str | bytes, keys: Iterable[TrustedKey]) -> dict[str, Any]:
    """Return the Open Badge that one of our keys signed.

    Raises:
        VerificationError: `malformed`, `unknown_key`, `bad_signature` or `key_compromised`.
    """
    return credential_in(jwt, keys, TYPES)


def open_badge(attestation: Attestation) -> dict[str, Any]:
    """Return the credential with its claims, not signed yet (Open Badges 3.0, B.1; VC Data Model 2.0)."""
    credential_id, subject = f"{attestation.page}#open-badge", product_of(attestation)
    return {
        "@context": [CREDENTIALS_V2, _CONTEXT],
        "id": credential_id,
        "type": list(TYPES),
        "name": f"{attestation.scheme_title}: {attestation.label_name} {attestation.version}",
        "issuer": _issuer(attestation),
        **validity_of(attestation),
        "awardedDate": validity_of(attestation)["validFrom"],
        "credentialSubject": _subject(attestation, subject),
        "evidence": [_evidence(attestation)],
        "credentialStatus": {"id": f"{attestation.status_list}#{attestation.status_place}", "type": _STATUS_TYPE},
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        **claims_of(attestation, credential_id, subject),
    }


def _issuer(attestation: Attestation) -> dict[str, Any]:
    line = attestation.issuer_address
    address = {"address": {"type": ["Address"], "streetAddress": line}} if line is not None else {}
    return {
        "id": attestation.register_url,
        "type": ["Profile"],
        "name": attestation.issuer,
        "url": attestation.register_url,
        **address,
    }


def _subject(attestation: Attestation, subject: str) -> dict[str, Any]:
    counts = {"met": attestation.met, "not-applicable": attestation.not_applicable}
    total = attestation.total
    return {
        "id": subject,
        "type": ["AchievementSubject"],
        "licenseNumber": format_number(attestation.id),
        "narrative": _narrative(attestation),
        "achievement": _achievement(attestation),
        "result": [
            {"type": ["Result"], "resultDescription": _result_id(attestation, name), "value": f"{count}/{total}"}
            for name, count in counts.items()
        ],
    }


def _achievement(attestation: Attestation) -> dict[str, Any]:
    """Return what was achieved: the same for every label of this tier under this version of the scheme."""
    return {
        "id": f"{digest_uri(attestation.scheme_digest)}#{attestation.tier}",
        "type": ["Achievement"],
        "achievementType": "Certification",
        "creator": _issuer(attestation),
        "name": f"{attestation.scheme_title}: {attestation.tier_name}",
        "description": f"{attestation.scheme_title}, {attestation.scheme_version}. {attestation.code_edition}",
        "criteria": {"id": f"{attestation.register_url}/scheme"},
        "version": attestation.scheme_version,
        "inLanguage": attestation.language,
        "resultDescription": [
            {
                "id": _result_id(attestation, name),
                "type": ["ResultDescription"],
                "name": f"Mandatory criteria {words}",
                "resultType": "RawScore",
            }
            for name, words in (("met", "met"), ("not-applicable", "not applicable"))
        ],
    }


def _result_id(attestation: Attestation, name: str) -> str:
    return f"{digest_uri(attestation.scheme_digest)}#{attestation.tier}-{name}"


def _narrative(attestation: Attestation) -> str:
    """Return meaning and scope in words (ISO/IEC 17065, 7.7.1): Open Badges has no member for holder or deployment."""
    return "\n\n".join(
        (
            attestation.meaning,
            f"{attestation.product}, {attestation.version}",
            ", ".join(filter(None, (attestation.holder, attestation.holder_address, attestation.country))),
            attestation.purpose,
            attestation.deployment,
            ", ".join(attestation.languages),
        )
    )


def _evidence(attestation: Attestation) -> dict[str, Any]:
    return {
        "id": f"{attestation.register_url}/C/{attestation.token}",
        "type": ["Evidence"],
        "name": attestation.decision_number,
        "genre": "Decision",
    }
