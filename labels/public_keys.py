"""Public keys of the three kinds we use, and what each is called in a JWK (RFC 7517) and in a COSE_Key (RFC 9052, 7).

| key        | alg       | signs                                                | JWK and COSE     |
|------------|-----------|------------------------------------------------------|------------------|
| Ed25519    | Ed25519   | labels, status lists, the log, half of the key set   | RFC 8037, 9864   |
| P-256      | ES256     | certificates and wallets                             | RFC 7518, 9053   |
| ML-DSA-65  | ML-DSA-65 | the other half of the key set                        | RFC 9964         |
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | MLDSA65PublicKey

KID_BYTES = 4
ED25519, ES256, ML_DSA_65 = "Ed25519", "ES256", "ML-DSA-65"
COSE_ALGORITHMS = {ED25519: -19, ES256: -7, ML_DSA_65: -49}
"""RFC 9864, RFC 9053 and RFC 9964 (section 8)."""

_COORDINATE_BYTES = 32
_KTY, _KID, _ALG = 1, 2, 3
_OKP, _EC2, _AKP = 1, 2, 7
_CRV_ED25519, _CRV_P256 = 6, 1


def algorithm_of(key: PublicKey) -> str:
    """Return the one algorithm a key is for, by its JOSE name."""
    match key:
        case Ed25519PublicKey():
            return ED25519
        case EllipticCurvePublicKey():
            return ES256
        case _:
            return ML_DSA_65


def thumbprint(key: PublicKey) -> bytes:
    """Return the SHA-256 thumbprint (RFC 7638, 3.2; members of OKP: RFC 8037, 2; of AKP: RFC 9964, 6)."""
    return hashlib.sha256(json.dumps(required_members(key), sort_keys=True, separators=(",", ":")).encode()).digest()


def kid_of(key: PublicKey) -> str:
    """Return the first 4 bytes of the thumbprint in hexadecimal digits; two keys may share them."""
    return thumbprint(key)[:KID_BYTES].hex()


def holds(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether a signature is this key's of these bytes; of ES256 it is r ‖ s (RFC 7518, 3.4)."""
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(_as_der(signature), message, ECDSA(SHA256()))
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def required_members(key: PublicKey) -> dict[str, str]:
    """Return the members of a JWK that make the key, as a thumbprint takes them."""
    match key:
        case Ed25519PublicKey():
            return {"kty": "OKP", "crv": "Ed25519", "x": to_base64(key.public_bytes_raw())}
        case EllipticCurvePublicKey():
            x, y = _coordinates(key)
            return {"kty": "EC", "crv": "P-256", "x": to_base64(x), "y": to_base64(y)}
        case _:
            return {"kty": "AKP", "alg": ML_DSA_65, "pub": to_base64(key.public_bytes_raw())}


def key_in_jwk(jwk: Mapping[str, Any]) -> PublicKey | None:
    """Return the key of a JWK, None for a key of another kind.

    Raises:
        ValueError: a private key, or no key of its kind.
    """
    refuse_private(jwk)
    match (jwk["kty"], jwk.get("crv", jwk.get("alg"))):
        case ("OKP", "Ed25519"):
            return Ed25519PublicKey.from_public_bytes(from_base64(jwk["x"]))
        case ("EC", "P-256"):
            return _on_p256(from_base64(jwk["x"]), from_base64(jwk["y"]))
        case ("AKP", "ML-DSA-65"):
            return MLDSA65PublicKey.from_public_bytes(from_base64(jwk["pub"]))
    return None


def key_in_pem(content: bytes) -> PublicKey:
    """Read a public key as OpenSSL writes it, SubjectPublicKeyInfo in PEM (RFC 7468, 13).

    Raises:
        ValueError: a private key, a key of another kind, or no PEM.
    """
    if b"PRIVATE" in content:
        raise ValueError("a private key; its public half is asked for")
    key = load_pem_public_key(content)
    if not isinstance(key, PublicKey) or (isinstance(key, EllipticCurvePublicKey) and key.curve.name != "secp256r1"):
        raise ValueError("a key of another kind")
    return key


def refuse_private(jwk: Mapping[str, Any]) -> None:
    """Refuse a JWK that shows more than a public key, whatever its kind.

    Raises:
        ValueError: it does.
    """
    if jwk.keys() & {"d", "priv", "k"}:
        raise ValueError("a private key stands among the public ones")


def as_cose_key(key: PublicKey) -> dict[int, Any]:
    """Return a key as a COSE_Key with its kid and algorithm (RFC 9052, 7)."""
    common = {_KID: bytes.fromhex(kid_of(key)), _ALG: COSE_ALGORITHMS[algorithm_of(key)]}
    match key:
        case Ed25519PublicKey():
            return {_KTY: _OKP, **common, -1: _CRV_ED25519, -2: key.public_bytes_raw()}
        case EllipticCurvePublicKey():
            x, y = _coordinates(key)
            return {_KTY: _EC2, **common, -1: _CRV_P256, -2: x, -3: y}
        case _:
            return {_KTY: _AKP, **common, -1: key.public_bytes_raw()}


def key_in_cose(members: Mapping[int, Any]) -> PublicKey:
    """Read a COSE_Key as `as_cose_key` writes it, and in no other form.

    Raises:
        ValueError: it is another kind of key, or not in that form.
    """
    match members:
        case {1: 1, -2: bytes(x)}:
            key: PublicKey = Ed25519PublicKey.from_public_bytes(x)
        case {1: 2, -2: bytes(x), -3: bytes(y)}:
            key = _on_p256(x, y)
        case _:
            raise ValueError("a key of another kind")
    if as_cose_key(key) != dict(members):
        raise ValueError("a key that is written in another way")
    return key


def to_base64(raw: bytes) -> str:
    """Write base64url without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """Read the one spelling that `to_base64` writes.

    Raises:
        ValueError: another spelling, or no base64.
    """
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64(raw) != text:
        raise ValueError("no base64url without padding")
    return raw


def _coordinates(key: EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    numbers = key.public_numbers()
    return numbers.x.to_bytes(_COORDINATE_BYTES, "big"), numbers.y.to_bytes(_COORDINATE_BYTES, "big")


def _on_p256(x: bytes, y: bytes) -> EllipticCurvePublicKey:
    if len(x) != _COORDINATE_BYTES or len(y) != _COORDINATE_BYTES:
        raise ValueError("no point of P-256")
    numbers = EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1())
    return numbers.public_key()


def _as_der(signature: bytes) -> bytes:
    if len(signature) != 2 * _COORDINATE_BYTES:
        raise InvalidSignature
    r, s = signature[:_COORDINATE_BYTES], signature[_COORDINATE_BYTES:]
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
