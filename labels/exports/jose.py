"""Credentials as compact JWS (RFC 7515; W3C VC-JOSE-COSE, 3.1.1): written in one spelling, read in that one only.

    header      {"alg": "Ed25519" or "ES256", "kid": short name of the key, "typ": "vc+jwt"}
    payload     the credential itself, with the registered claims of RFC 7519 beside its own members

Both parts are RFC 8785 JSON, so the same credential under the same key gives the same bytes.

Reading, in the numbers that the code repeats:

    (1) three parts in base64 for addresses, each in its one spelling, none too long
    (2) the header is exactly ours: no other algorithm, no key brought along, no `crit`
    (3) a key of the key set is called so, and signed this under that key's own algorithm
    (4) only now is the payload read: one JSON object in its one spelling
    (5) the claims of the JWT agree with the credential, and its days with the key's
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from typing import Any

from labels.exports.credential import moment_of, signing_day
from labels.exports.trust import ExportSigner, TrustedKey, check_days, signed, signing_key
from schemas.canonical import canonical_json
from schemas.errors import VerificationError

TYPE = "vc+jwt"
_MAX_CHARACTERS = 262_144  # a credential with every text at its maximum takes less than 200 000


def compact(credential: dict[str, Any], signer: ExportSigner) -> str:
    """Sign a credential.

    Raises:
        PreparationError: as `labels.exports.trust.signed`.
    """
    header = canonical_json({"alg": signer.alg, "kid": signer.kid, "typ": TYPE})
    message = f"{_encoded(header)}.{_encoded(canonical_json(credential))}"
    return f"{message}.{_encoded(signed(message.encode('ascii'), signer))}"


def credential_in(jwt: str | bytes, keys: Iterable[TrustedKey], types: Sequence[str]) -> dict[str, Any]:
    """Return the credential that one of our keys signed; whether the label still stands is another question.

    Args:
        jwt: a compact JWS.
        keys: the trusted ones (`KeySet.keys`).
        types: what the credential must call itself, in this order.

    Raises:
        VerificationError: `malformed`, `unknown_key`, `bad_signature` or `key_compromised`.
    """
    text = _text(jwt)
    parts = text.split(".")
    if len(parts) != 3:
        raise VerificationError("malformed", "This is no compact JWS.")
    header, payload, signature = (_decoded(part) for part in parts)  # (1)
    algorithm, kid = _header_in(header)  # (2)
    key = signing_key(kid, algorithm, signature, text.rpartition(".")[0].encode("ascii"), keys)  # (3)
    credential = _object_in(payload)  # (4)
    _check_claims(credential, types, key)  # (5)
    return credential


def signature_of(jwt: str | bytes) -> tuple[bytes, bytes]:
    """Return what is signed in a compact JWS, and the signature; nothing in it is believed yet.

    Raises:
        VerificationError: `malformed`.
    """
    message, _, signature = _text(jwt).rpartition(".")
    return message.encode("ascii"), _decoded(signature)


def _text(jwt: str | bytes) -> str:
    if len(jwt) > _MAX_CHARACTERS:
        raise VerificationError("malformed", "No credential is this long.")
    text = jwt if isinstance(jwt, str) else jwt.decode("latin-1")
    if not text.isascii():
        raise VerificationError("malformed", "A credential has no such characters.")
    return text


def _header_in(header: bytes) -> tuple[str, str]:
    match _object_in(header):
        case {"alg": ("Ed25519" | "ES256") as algorithm, "kid": str(kid), "typ": "vc+jwt", **rest} if not rest:
            return algorithm, kid
    raise VerificationError("malformed", "The header names another algorithm, another type or no key.")


def _object_in(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
        again = canonical_json(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise VerificationError("malformed", "A part of this is no JSON.") from error
    # Writing it again refuses what `json.loads` lets pass: a member named twice, NaN, spaces, another order.
    if not isinstance(value, dict) or again != data:
        raise VerificationError("malformed", "A part of this is no JSON object in its one spelling.")
    return value


def _check_claims(credential: dict[str, Any], types: Sequence[str], key: TrustedKey) -> None:
    try:
        begins, ends = (moment_of(credential[name]) for name in ("validFrom", "validUntil"))
        agree = (
            credential["type"] == list(types)
            and credential["iss"] == credential["issuer"]["id"]
            and credential["jti"] == credential["id"]
            and credential["sub"] == credential["credentialSubject"]["id"]
            and credential["nbf"] == begins.timestamp()
            and credential["exp"] == ends.timestamp()
        )
        signed_on = signing_day(credential["iat"]) if "iat" in credential else None
    except (ValueError, TypeError, LookupError, OverflowError, OSError) as error:
        raise VerificationError("malformed", "What was signed is no such credential.") from error
    if not agree:
        raise VerificationError("malformed", "What was signed is no such credential, or contradicts itself.")
    check_days(begins.date(), signed_on, key)


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(part: str) -> bytes:
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Base64Error, ValueError) as error:
        raise VerificationError("malformed", "A part of this is no base64.") from error
    if _encoded(raw) != part:
        raise VerificationError("malformed", "A part of this is in another spelling of base64.")
    return raw
