"""The private side of label keys: how a signing key is made and opened.

Only the signer program opens keys; everything else that signs takes a `Signer` as its argument.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.key_set import ALGORITHM, kid_of
from labels.signing import Signer
from schemas.errors import LabelError


class KeyInMemory:
    """An Ed25519 key held by this process (RFC 8032: signatures need no randomness)."""

    alg = ALGORITHM

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.public_key = private_key.public_key()
        self.kid = kid_of(self.public_key)

    def __repr__(self) -> str:
        return f"<KeyInMemory {self.kid}>"

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature."""
        return self._private_key.sign(message)


def open(uri: str, passphrase: str) -> Signer:  # noqa: A001  # `labels.keys.open` is the name the import contract guards
    """Open the signing key a URI names; `file:PATH` is an encrypted PKCS#8 file (PEM).

    Raises:
        LabelError: `key_scheme_unknown`; `key_unreadable`: no such file, another passphrase, another kind
            of key, or a key that lies there unencrypted.
    """
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise LabelError("key_scheme_unknown", f"A signing key is named file:PATH, not {parts.scheme or uri}:")
    path = Path(unquote(parts.path))
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise LabelError("key_unreadable", f"The signing key cannot be read: {error.strerror}: {path}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LabelError("key_unreadable", f"{path} is no key this passphrase opens.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LabelError("key_unreadable", f"{path} holds another kind of key than Ed25519.")
    return KeyInMemory(key)


def create(path: Path, passphrase: str) -> Signer:
    """Make a new Ed25519 key and write it encrypted, readable by its owner only; never over another file.

    Raises:
        LabelError: `key_exists`, `passphrase_missing`.
    """
    if not passphrase:
        raise LabelError("passphrase_missing", "A signing key is never written without a passphrase.")
    key = Ed25519PrivateKey.generate()
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
