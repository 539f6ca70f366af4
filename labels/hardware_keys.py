"""Signing keys in a hardware module, by PKCS #11 (OASIS, 3.1), named by a URI of RFC 7512.

    pkcs11:token=certify;object=label-2026?pin-source=file:/run/secrets/pin&module-path=/usr/lib/softhsm/libsofthsm2.so

Ed25519 signs by CKM_EDDSA, P-256 by CKM_ECDSA over the SHA-256 digest. Needs the extra `certify[pkcs11]`.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labels.public_keys import ED25519, PublicKey, algorithm_of, holds, kid_of
from schemas.errors import LabelError

if TYPE_CHECKING:
    import pkcs11

_PATH, _QUERY = {"token", "object"}, {"pin-source", "module-path"}
_POINT_BYTES = {32: "Ed25519", 65: "P-256"}
_DER_HEADER_BYTES = 2
# A process logs in to a token once, whatever the number of its sessions (PKCS #11, 5.6.8).
_ONE_SESSION = Lock()


class HardwareUri(NamedTuple):
    """What a URI of RFC 7512 says, as far as we read one."""

    token: str
    object: str
    module_path: str
    pin_source: str | None


def parse_uri(uri: str) -> HardwareUri:
    """Read a URI that names one key in one token.

    Raises:
        LabelError: `key_uri_malformed`: an attribute is missing, named twice or unknown, or the PIN itself stands in
            the URI, where lists of processes show it.
    """
    parts = urlsplit(uri)
    path, query = _attributes(parts.path, ";"), _attributes(parts.query, "&")
    if "pin-value" in query:
        raise LabelError("key_uri_malformed", "A URI does not hold the PIN itself; name its file with pin-source.")
    for unknown in (path.keys() - _PATH) | (query.keys() - _QUERY):
        raise LabelError("key_uri_malformed", f"The key's URI has an attribute we do not read: {unknown}.")
    for missing in (_PATH - path.keys()) | ({"module-path"} - query.keys()):
        raise LabelError("key_uri_malformed", f"The key's URI has no {missing}.")
    return HardwareUri(path["token"], path["object"], query["module-path"], query.get("pin-source"))


class HardwareKey:
    """A key that never leaves its module; each signature opens a session of its own, so that none grows stale.

    Ed25519 signatures repeat (RFC 8032); of ES256 most modules draw the nonce, so that the same bytes get another
    signature each time, and whoever needs the same one keeps it.
    """

    def __init__(self, uri: HardwareUri, pin: str, public_key: PublicKey) -> None:
        self._uri, self._pin = uri, pin
        self.public_key = public_key
        self.alg = algorithm_of(public_key)
        self.kid = kid_of(public_key)

    def __repr__(self) -> str:
        return f"<HardwareKey {self.kid}>"

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of a signature, after it was verified: a faulty one may betray the key.

        Raises:
            LabelError: `key_unavailable`: the module does not answer, or answers wrongly.
        """
        with _session(self._uri, self._pin) as (library, session):
            key: Any = session.get_key(label=self._uri.object, object_class=library.ObjectClass.PRIVATE_KEY)
            if self.alg == ED25519:
                signature = bytes(key.sign(message, mechanism=library.Mechanism.EDDSA))
            else:
                digest = hashlib.sha256(message).digest()
                signature = bytes(key.sign(digest, mechanism=library.Mechanism.ECDSA))
        if not holds(self.public_key, signature, message):
            raise LabelError("key_unavailable", f"The token made a signature that is not of its key {self.kid}.")
        return signature


def open_key(uri: str, passphrase: str) -> HardwareKey:
    """Open the key a URI names; the PIN is the passphrase where the URI has no pin-source.

    Raises:
        LabelError: `key_uri_malformed`; `pkcs11_missing`: the extra is not installed; `key_unreadable`: no such module,
            token, key or PIN, or another kind of key.
    """
    named = parse_uri(uri)
    pin = passphrase if named.pin_source is None else _pin_in(named.pin_source)
    try:
        with _session(named, pin) as (library, session):
            session.get_key(label=named.object, object_class=library.ObjectClass.PRIVATE_KEY)
            public = session.get_key(label=named.object, object_class=library.ObjectClass.PUBLIC_KEY)
            point = bytes(public[library.Attribute.EC_POINT])
    except LabelError as error:
        if error.code != "key_unavailable":
            raise
        raise LabelError("key_unreadable", error.message) from error
    return HardwareKey(named, pin, _public_key(point))


@contextmanager
def _session(uri: HardwareUri, pin: str) -> Iterator[tuple[Any, "pkcs11.Session"]]:
    library = _library()
    with _ONE_SESSION:
        try:
            token = library.lib(uri.module_path).get_token(token_label=uri.token)
            with token.open(user_pin=pin) as session:
                yield library, session
        except library.PKCS11Error as error:
            what = f"{type(error).__name__} {error}".strip()
            raise LabelError("key_unavailable", f"Key {uri.object} in token {uri.token}: {what}.") from error


def _library() -> Any:
    try:
        import pkcs11  # noqa: PLC0415  # an extra: who has no module needs no library
    except ImportError as error:
        raise LabelError("pkcs11_missing", "Keys in hardware need the extra: pip install 'certify[pkcs11]'.") from error
    return pkcs11


def _public_key(point: bytes) -> PublicKey:
    """Read CKA_EC_POINT: a DER OCTET STRING, or the bare point, as some modules give it."""
    bare = point[_DER_HEADER_BYTES:] if len(point) - _DER_HEADER_BYTES in _POINT_BYTES else point
    try:
        if _POINT_BYTES.get(len(bare)) == "Ed25519":
            return Ed25519PublicKey.from_public_bytes(bare)
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bare)
    except ValueError as error:
        raise LabelError("key_unreadable", "The token holds another kind of key than Ed25519 and P-256.") from error


def _attributes(text: str, separator: str) -> dict[str, str]:
    pairs = [part.partition("=")[::2] for part in text.split(separator) if part]
    found = {name: unquote(value) for name, value in pairs}
    if len(found) != len(pairs):
        raise LabelError("key_uri_malformed", "The key's URI names an attribute twice.")
    return found


def _pin_in(source: str) -> str:
    path = Path(unquote(source.removeprefix("file:")))
    try:
        return path.read_text().strip()
    except OSError as error:
        raise LabelError("key_unreadable", f"The PIN cannot be read: {error.strerror}: {path}") from error
