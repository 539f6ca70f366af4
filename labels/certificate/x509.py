"""An X.509 certificate over a signer's own key, which readers of PDF files want to see (RFC 5280).

It is signed by that very key: who trusts it has it from the key set of the register, not from an authority. It is
the same bytes each time, so that it can be made again wherever the key is.
"""

import hashlib
from datetime import UTC, date, datetime, time

from asn1crypto import core, keys, x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from labels.certificate.seal import P256Signer
from schemas.errors import PreparationError

ALGORITHM = "ES256"
DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"  # id-kp-documentSigning, RFC 9336

_SIGNATURE = {"algorithm": "sha256_ecdsa"}
_COORDINATE_BYTES = 32
_SERIAL_BYTES = 16


def der_signature(signer: P256Signer, message: bytes) -> bytes:
    """Sign, and write r and s as X.509 and CMS want them (RFC 3279, 2.2.3).

    Raises:
        PreparationError: `wrong_algorithm`.
    """
    if signer.alg != ALGORITHM:
        raise PreparationError("wrong_algorithm", f"A certificate is signed with {ALGORITHM}, not {signer.alg}.")
    raw = signer.sign(message)
    r, s = (int.from_bytes(half) for half in (raw[:_COORDINATE_BYTES], raw[_COORDINATE_BYTES:]))
    return encode_dss_signature(r, s)


def certificate_of(signer: P256Signer, *, name: str, valid_from: date, valid_to: date) -> bytes:
    """Return the DER of a certificate over a key by that key.

    Args:
        signer: whose key it is.
        name: of the certification body.
        valid_from: first day of the key's period.
        valid_to: its last day, included.

    Raises:
        PreparationError: `wrong_algorithm`.
    """
    spki = signer.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    subject = x509.Name.build({"common_name": name[:64]})  # RFC 5280, appendix A: ub-common-name
    to_be_signed = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": _serial(spki),
            "signature": _SIGNATURE,
            "issuer": subject,
            "validity": {"not_before": _at(valid_from, time.min), "not_after": _at(valid_to, time(23, 59, 59))},
            "subject": subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(spki),
            "extensions": _extensions(spki),
        }
    )
    signature = der_signature(signer, to_be_signed.dump())
    made = x509.Certificate(
        {
            "tbs_certificate": to_be_signed,
            "signature_algorithm": SignedDigestAlgorithm(_SIGNATURE),
            "signature_value": core.OctetBitString(signature),
        }
    )
    return bytes(made.dump())


def _serial(spki: bytes) -> int:
    """Return a positive number of at most 16 bytes that only this key has (RFC 5280, 4.1.2.2)."""
    return int.from_bytes(hashlib.sha256(spki).digest()[:_SERIAL_BYTES]) >> 1 | 1


def _at(day: date, moment: time) -> x509.Time:
    at = datetime.combine(day, moment, UTC)
    return x509.Time({"utc_time" if at.year < 2050 else "general_time": at})  # RFC 5280, 4.1.2.5


def _extensions(spki: bytes) -> list[dict[str, object]]:
    key_id = hashlib.sha1(keys.PublicKeyInfo.load(spki)["public_key"].native, usedforsecurity=False).digest()
    return [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
        {"extn_id": "key_usage", "critical": True, "extn_value": {"digital_signature", "non_repudiation"}},
        {"extn_id": "extended_key_usage", "critical": False, "extn_value": [DOCUMENT_SIGNING]},
        {"extn_id": "key_identifier", "critical": False, "extn_value": key_id},
    ]
