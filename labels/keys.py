"""The private side of keys: how a signing key is made and opened.

Only the programs that sign open keys; everything else that signs takes a `Signer` as its argument.
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from labels import hardware_keys
from labels.key_files import KeyInMemory, make_key, read_key
from labels.public_keys import ED25519, ML_DSA_65, PublicKey
from labels.root import RootSigners
from labels.signing import Signer
from schemas.errors import LabelError

__all__ = ["KeyInMemory", "create", "create_root", "open", "open_root", "public_key"]

ROOT_FILES = ("root-ed25519.pem", "root-ml-dsa-65.pem")


def open(uri: str, passphrase: str) -> Signer:  # noqa: A001  # `labels.keys.open` is the name the import contract guards
    """Open the signing key a URI names: `file:PATH`, an encrypted PKCS#8 file (PEM), or `pkcs11:…` (RFC 7512).

    Raises:
        LabelError: `key_scheme_unknown`; `key_unreadable`: no such key, another passphrase, another kind of key, or a
            key that lies there unencrypted; `key_uri_malformed` and `pkcs11_missing` of keys in hardware.
    """
    parts = urlsplit(uri)
    if parts.scheme == "pkcs11":
        return hardware_keys.open_key(uri, passphrase)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise LabelError("key_scheme_unknown", f"A key is named file:PATH or pkcs11:…, not {parts.scheme or uri}:")
    path = Path(unquote(parts.path))
    key = read_key(path, passphrase)
    if key.alg == ML_DSA_65:
        raise LabelError("key_unreadable", f"{path} holds a key of the root, which signs nothing but key sets.")
    return key


def public_key(uri: str, passphrase: str) -> PublicKey:
    """Return the public half of a key.

    Raises:
        LabelError: as `open`.
    """
    return open(uri, passphrase).public_key


def create(path: Path, passphrase: str, alg: str = ED25519) -> Signer:
    """Make a new key and write it encrypted, readable by its owner only; never over another file.

    Raises:
        LabelError: `key_exists`, `passphrase_missing`.
    """
    return make_key(path, passphrase, alg)


def create_root(folder: Path, passphrase: str) -> RootSigners:
    """Make the two keys of a root in a folder of their own; what an attempt that was cut short left is kept.

    Raises:
        LabelError: `passphrase_missing`; `key_unreadable`: what is there does not open.
    """
    for name, alg in zip(ROOT_FILES, (ED25519, ML_DSA_65), strict=True):
        if not (folder / name).exists():
            make_key(folder / name, passphrase, alg)
    return open_root(folder, passphrase)


def open_root(folder: Path, passphrase: str) -> RootSigners:
    """Open the two keys of a root.

    Raises:
        LabelError: `key_unreadable`.
    """
    ed25519, ml_dsa_65 = (read_key(folder / name, passphrase) for name in ROOT_FILES)
    if (ed25519.alg, ml_dsa_65.alg) != (ED25519, ML_DSA_65):
        raise LabelError("key_unreadable", f"{folder} holds no root: an Ed25519 key and an ML-DSA-65 key.")
    return RootSigners(ed25519, ml_dsa_65)
