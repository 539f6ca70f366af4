"""Which key signs under which algorithm, for both keys of a label: Ed25519 and, for wallets, P-256.

The algorithm is read from the key, never from what it signed: a document can name a key, and choose nothing. What a key
signed that may be in other hands is refused, whatever day it names: the log holds the token of a label and none of its
exports, so that nothing shows which of them is older than the theft (label.md, 5).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from schemas.errors import PreparationError, VerificationError

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

ED25519 = "Ed25519"  # RFC 9864
ES256 = "ES256"  # RFC 7518, 3.4: r and s one after the other, 32 bytes each
_SIGNATURE_BYTES = 64


class ExportSigner(Protocol):
    """Something that signs exports with one key it does not show; every `labels.signing.Signer` is one."""

    @property
    def public_key(self) -> PublicKey:
        """The key to verify with."""

    @property
    def kid(self) -> str:
        """The key's short name, as the key set has it."""

    @property
    def alg(self) -> str:
        """`Ed25519` or `ES256`."""

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes; the same message always gives the same ones (RFC 8032, RFC 6979)."""


class TrustedKey(Protocol):
    """A key of the key set."""

    @property
    def public_key(self) -> PublicKey:
        """The key to verify with."""

    @property
    def kid(self) -> str:
        """Its short name; two keys may share one."""

    @property
    def valid_from(self) -> date:
        """The first day on which it may sign."""

    @property
    def valid_to(self) -> date:
        """The last day on which it may sign."""

    @property
    def compromised_at(self) -> datetime | None:
        """Since when somebody else may hold its private half; None while nobody is known to."""


def algorithm_of(key: PublicKey) -> str | None:
    """Return the one algorithm a key signs under, None for a key of another kind."""
    if isinstance(key, Ed25519PublicKey):
        return ED25519
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return ES256
    return None


def holds(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Tell whether a key signed a message."""
    if len(signature) != _SIGNATURE_BYTES or algorithm_of(key) is None:
        return False
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            key.verify(_der(signature), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def signed(message: bytes, signer: ExportSigner) -> bytes:
    """Return a signer's signature, which was looked at before anybody else can see it.

    Raises:
        PreparationError: `wrong_algorithm`: the signer's name for it is not its key's algorithm, or the key
            is of another kind; `signature_wrong`: what the signer returned does not verify.
    """
    if algorithm_of(signer.public_key) is None or signer.alg != algorithm_of(signer.public_key):
        raise PreparationError("wrong_algorithm", f"An export is signed with Ed25519 or ES256, not {signer.alg}.")
    signature = signer.sign(message)
    if not holds(signer.public_key, signature, message):
        raise PreparationError("signature_wrong", f"Key {signer.kid} returned a signature that does not verify.")
    return signature


def signing_key(kid: str, algorithm: str, signature: bytes, message: bytes, keys: Iterable[TrustedKey]) -> TrustedKey:
    """Return the key that signed a message; on a clash of short names each is tried.

    Raises:
        VerificationError: `unknown_key`: none is called so; `bad_signature`: none of them signed this, or not
            under the algorithm that the document names; `key_compromised`: the one that did may be in other hands.
    """
    candidates = [key for key in keys if key.kid == kid]
    if not candidates:
        raise VerificationError("unknown_key", f"No trusted key is called {kid}.")
    for key in candidates:
        if algorithm_of(key.public_key) == algorithm and holds(key.public_key, signature, message):
            return _not_compromised(key)
    raise VerificationError("bad_signature", f"Key {kid} did not sign this.")


def _not_compromised(key: TrustedKey) -> TrustedKey:
    if key.compromised_at is not None:
        since = f"{key.compromised_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        what = f"Key {key.kid} may have been in other hands since {since}; nothing shows that this is older."
        raise VerificationError("key_compromised", what)
    return key


def check_days(granted_on: date, signed_on: date | None, key: TrustedKey) -> None:
    """Refuse what a key would have signed outside its days: an export attests a grant not later than its making.

    Args:
        granted_on: day of the grant.
        signed_on: day of the signature, where the export names one. An export may be made again with the key of a
            later year, so that the grant alone may lie before the key's first day.
        key: that signed it.

    Raises:
        VerificationError: `unknown_key`; `malformed`: it would have been signed before the grant, or names the day of
            the grant a second time.
    """
    if signed_on is not None and signed_on <= granted_on:
        raise VerificationError("malformed", "This was signed no later than the grant, and says so twice.")
    if (signed_on or granted_on) > key.valid_to or (signed_on or key.valid_from) < key.valid_from:
        raise VerificationError("unknown_key", f"Key {key.kid} was not in use when it would have signed this.")


def _der(signature: bytes) -> bytes:
    half = _SIGNATURE_BYTES // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
