"""The public keys of labels, each with its period, read from and written to a JWK set (RFC 7517, RFC 8037)."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schemas.errors import CouldNotCheck

KID_BYTES = 4
ALGORITHM = "Ed25519"  # RFC 9864 name, in JWK and (as -19) in COSE
_KEY_BYTES = 32


def thumbprint(public_key: Ed25519PublicKey) -> bytes:
    """Return the SHA-256 thumbprint of a key (RFC 7638, 3.2; members of an OKP key: RFC 8037, 2)."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _encoded(public_key.public_bytes_raw())}
    return hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest()


def kid_of(public_key: Ed25519PublicKey) -> str:
    """Return the first 4 bytes of the thumbprint in hexadecimal digits; two keys may share them."""
    return thumbprint(public_key)[:KID_BYTES].hex()


@dataclass(frozen=True)
class LabelKey:
    """A public key and the days, both included, on which it may sign labels."""

    public_key: Ed25519PublicKey
    valid_from: date
    valid_to: date

    @property
    def kid(self) -> str:
        """The key's short name in a token."""
        return kid_of(self.public_key)

    def as_jwk(self) -> dict[str, str]:
        """Return the key as a JWK; `from` and `to` are ours (RFC 7517, 4 allows further members)."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": _encoded(self.public_key.public_bytes_raw()),
            "kid": self.kid,
            "use": "sig",
            "alg": ALGORITHM,
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat(),
        }


@dataclass(frozen=True)
class KeySet:
    """The keys a verifier trusts; nothing a token says can add to them."""

    keys: tuple[LabelKey, ...]

    def named(self, kid: str) -> tuple[LabelKey, ...]:
        """Return every key of this short name; on a clash each is to be tried."""
        return tuple(key for key in self.keys if key.kid == kid)

    def as_json(self) -> str:
        """Return the JWK set, one line a member, ending in a newline."""
        return json.dumps({"keys": [key.as_jwk() for key in self.keys]}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "KeySet":
        """Read a JWK set; keys of another type than Ed25519 signature keys are passed over (RFC 7517, 5).

        Raises:
            CouldNotCheck: `keys_unreadable`: no JSON, no JWK set, a wrong member, a private key, or no
                label key in it.
        """
        try:
            document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refused_constant)
            keys = tuple(_from_jwk(jwk) for jwk in document["keys"] if _is_label_key(jwk))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CouldNotCheck("keys_unreadable", f"The keys cannot be read: {error}.") from error
        if not keys:
            raise CouldNotCheck("keys_unreadable", "The key set holds no label key.")
        return cls(keys)

    @classmethod
    def read(cls, path: Path) -> "KeySet":
        """Read a JWK set from a file.

        Raises:
            CouldNotCheck: `keys_unreadable`, also when there is no such file.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CouldNotCheck("keys_unreadable", f"The keys cannot be read: {error.strerror}: {path}.") from error
        return cls.from_json(content)


def _is_label_key(jwk: dict[str, Any]) -> bool:
    if "d" in jwk:
        raise ValueError("a private key stands among the public ones")
    return (jwk["kty"], jwk.get("crv"), jwk.get("use", "sig")) == ("OKP", "Ed25519", "sig")


def _from_jwk(jwk: dict[str, Any]) -> LabelKey:
    raw = urlsafe_b64decode(jwk["x"] + "=")
    if _encoded(raw) != jwk["x"] or len(raw) != _KEY_BYTES:
        raise ValueError("x is no Ed25519 key")
    key = LabelKey(
        Ed25519PublicKey.from_public_bytes(raw), date.fromisoformat(jwk["from"]), date.fromisoformat(jwk["to"])
    )
    if jwk.get("alg") != ALGORITHM:
        raise ValueError(f"key {jwk.get('kid')} is for another algorithm")
    if jwk.get("kid") != key.kid:
        raise ValueError(f"kid {jwk.get('kid')} is not the thumbprint's")
    if key.valid_from > key.valid_to:
        raise ValueError(f"key {key.kid} ends before it begins")
    return key


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refused_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
