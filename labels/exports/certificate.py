"""The full certificate as COSE_Sign1 over CWT claims in deterministic CBOR: everything the public may know, signed.

    protected   {1: -19 (Ed25519, RFC 9864) or -7 (ES256, RFC 9053); 4: kid}       unprotected {}
    payload     {1: iss, 4: exp, 5: nbf, 6: iat?, 7: cti, 65535: status, -65538: {the rest of the attestation}}
    external_aad `certify/certificate/1`: no label token verifies as a certificate, and no certificate as a token

Reading, in the numbers that the code repeats:

    (1) the bytes are one COSE_Sign1 in deterministic CBOR, nothing after its end, not too long
    (2) a key of the key set is called so, and signed this as a certificate under that key's own algorithm
    (3) only now is the payload read: it is an attestation, in the one spelling that is written
    (4) the token it carries is its own label's
    (5) its days are the key's: of the grant, and where it was signed on a later one, of the signature
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from cbor2 import CBORTag

from labels.cose import seal, to_be_signed
from labels.encoding import from_cbor, to_cbor
from labels.exports.credential import signing_day, signing_of, start_of
from labels.exports.subject import carries_its_own_token, check_subject
from labels.exports.trust import ED25519, ES256, ExportSigner, TrustedKey, check_days, signed, signing_key
from labels.public_keys import COSE_ALGORITHMS
from schemas.attestation import STATUS_LIST_BITS, Attestation
from schemas.errors import VerificationError
from schemas.label_number import bytes_of, id_of

CERTIFICATE_AAD = b"certify/certificate/1"

_ALGORITHMS = {ED25519: COSE_ALGORITHMS[ED25519], ES256: COSE_ALGORITHMS[ES256]}
"""As the key set spells them: of a COSE_Key that names its algorithm a message names the same one (RFC 9052, 7.1)."""
_ESP256 = -9  # what certificates said before they said the number of the key set
_NAMES = {_ALGORITHMS[ED25519]: ED25519, _ALGORITHMS[ES256]: ES256, _ESP256: ES256}
_MAX_BYTES = 131_072  # every text at its maximum, four bytes a character, takes less than 110 000
_ALG, _KID = 1, 4
_ISS, _EXP, _NBF, _IAT, _CTI, _STATUS, _CERTIFICATE = 1, 4, 5, 6, 7, 65535, -65538
_IN_CLAIMS = frozenset({"register_url", "expires_at", "granted_on", "id", "status_index"})


def certificate_cose(attestation: Attestation, signer: ExportSigner, signed_on: date | None = None) -> bytes:
    """Return the certificate of a label as a COSE_Sign1 (`application/cose; cose-type="cose-sign1"`).

    Args:
        attestation: what it says.
        signer: the key.
        signed_on: the day, where it is not that of the grant.

    Raises:
        PreparationError: `token_of_another_label`, `wrong_algorithm` or `signature_wrong`.
    """
    check_subject(attestation)
    protected = _protected(signer.alg, bytes.fromhex(signer.kid))
    payload = _payload_of(attestation, signed_on)
    return seal(protected, payload, signed(to_be_signed(protected, payload, CERTIFICATE_AAD), signer))


def certificate_in(data: bytes, keys: Iterable[TrustedKey]) -> Attestation:
    """Return what a certificate of ours attests; whether the label still stands is another question.

    Args:
        data: the COSE_Sign1.
        keys: the trusted ones (`KeySet.keys`).

    Raises:
        VerificationError: `malformed`, `unknown_key`, `bad_signature` or `key_compromised`.
    """
    protected, payload, signature = _unsealed(data)  # (1)
    algorithm, kid = _header_in(protected)
    key = signing_key(kid, algorithm, signature, to_be_signed(protected, payload, CERTIFICATE_AAD), keys)  # (2)
    attestation, signed_on = _attestation_in(payload)  # (3)
    if not carries_its_own_token(attestation):  # (4)
        raise VerificationError("malformed", "The certificate carries the token of another label.")
    check_days(attestation.granted_on, signed_on, key)  # (5)
    return attestation


def _protected(algorithm: str, kid: bytes) -> bytes:
    return to_cbor({_ALG: _ALGORITHMS.get(algorithm), _KID: kid})


def _unsealed(data: bytes) -> tuple[bytes, bytes, bytes]:
    if len(data) > _MAX_BYTES:
        raise VerificationError("malformed", "No certificate is this long.")
    match from_cbor(data):
        case CBORTag(tag=18, value=[bytes(protected), Mapping() as unprotected, bytes(payload), bytes(signature)]):
            if not unprotected:
                return protected, payload, signature
    raise VerificationError("malformed", "This is no certificate.")


def _header_in(protected: bytes) -> tuple[str, str]:
    match from_cbor(protected):
        case {1: int(number), 4: bytes(kid), **rest} if number in _NAMES and not rest:
            return _NAMES[number], kid.hex()
    raise VerificationError("malformed", "The certificate's header names another algorithm or no key.")


def _payload_of(attestation: Attestation, signed_on: date | None) -> bytes:
    signing = signing_of(attestation, signed_on)
    place = {"idx": attestation.status_place, "uri": attestation.status_list}
    return to_cbor(
        {
            _ISS: attestation.register_url,
            _EXP: int(attestation.expires_at.timestamp()),
            _NBF: int(start_of(attestation).timestamp()),
            **({_IAT: signing["iat"]} if signing else {}),
            _CTI: bytes_of(attestation.id),
            _STATUS: {"status_list": place},
            _CERTIFICATE: attestation.model_dump(mode="json", exclude=set(_IN_CLAIMS), exclude_none=True),
        }
    )


def _attestation_in(payload: bytes) -> tuple[Attestation, date | None]:
    try:
        claims = from_cbor(payload)
        attestation = _attestation_from(claims)
        signed_on = signing_day(claims[_IAT]) if _IAT in claims else None
    except (ValueError, TypeError, LookupError, AttributeError, OSError, ArithmeticError) as error:
        raise VerificationError("malformed", "What was signed is no certificate.") from error
    if _payload_of(attestation, signed_on) != payload:
        raise VerificationError("malformed", "What was signed is no certificate of this format.")
    return attestation, signed_on


def _attestation_from(claims: dict[int, Any]) -> Attestation:
    place = claims[_STATUS]["status_list"]
    shard = int(place["uri"].rpartition("/")[2])
    return Attestation.model_validate(
        {
            **claims[_CERTIFICATE],
            "register_url": claims[_ISS],
            "expires_at": datetime.fromtimestamp(claims[_EXP], UTC),
            "granted_on": _day(claims[_NBF]),
            "id": id_of(claims[_CTI]),
            "status_index": (shard << STATUS_LIST_BITS) + place["idx"],
        }
    )


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
