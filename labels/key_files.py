"""Signing keys in encrypted PKCS#8 files (RFC 5958, PEM): for machines without a hardware module."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from labels.public_keys import ED25519, ES256, PublicKey, algorithm_of, kid_of
from schemas.errors import LabelError

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey | MLDSA65PrivateKey

_COORDINATE_BYTES = 32
# RFC 6979: the same bytes get the same signature, and no weak source of chance can betray the key.
_ES256 = ECDSA(SHA256(), deterministic_signing=True)


class KeyInMemory:
    """A key held by this process."""

    def __init__(self, private_key: PrivateKey) -> None:
        self._private_key = private_key
        self.public_key: PublicKey = private_key.public_key()
        self.alg = algorithm_of(self.public_key)
        self.kid = kid_of(self.public_key)

    def __repr__(self) -> str:
        return f"<KeyInMemory {self.kid}>"

    def sign(self, message: bytes) -> bytes:
        """Return the signature: 64 bytes of Ed25519 (RFC 8032), 64 of ES256 (r ‖ s), 3309 of ML-DSA-65 (FIPS 204)."""
        if isinstance(self._private_key, EllipticCurvePrivateKey):
            r, s = decode_dss_signature(self._private_key.sign(message, _ES256))
            return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")
        return self._private_key.sign(message)


def read_key(path: Path, passphrase: str) -> KeyInMemory:
    """Open the key in a file.

    Raises:
        LabelError: `key_unreadable`: no such file, another passphrase, another kind of key, or a key that lies there
            unencrypted.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise LabelError("key_unreadable", f"The signing key cannot be read: {error.strerror}: {path}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LabelError("key_unreadable", f"{path} is no key this passphrase opens.") from error
    is_ours = isinstance(key, Ed25519PrivateKey | MLDSA65PrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    )
    if not is_ours:
        raise LabelError("key_unreadable", f"{path} holds another kind of key than Ed25519, P-256 and ML-DSA-65.")
    assert isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey | MLDSA65PrivateKey)
    return KeyInMemory(key)


def make_key(path: Path, passphrase: str, alg: str) -> KeyInMemory:
    """Make a new key and write it encrypted, readable by its owner only; never over another file.

    Raises:
        LabelError: `key_exists`, `passphrase_missing`.
    """
    if not passphrase:
        raise LabelError("passphrase_missing", "A signing key is never written without a passphrase.")
    key = _generated(alg)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise LabelError("key_exists", f"There is already a key at {path}.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return KeyInMemory(key)


def _generated(alg: str) -> PrivateKey:
    if alg == ED25519:
        return Ed25519PrivateKey.generate()
    return generate_private_key(SECP256R1()) if alg == ES256 else MLDSA65PrivateKey.generate()
