"""What signs certificates: a P-256 key somebody holds, and the X.509 certificate over it."""

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey


class P256Signer(Protocol):
    """Something that signs with one P-256 key it does not show."""

    @property
    def public_key(self) -> EllipticCurvePublicKey:
        """The key to verify with."""

    @property
    def alg(self) -> str:
        """`ES256` (RFC 7518, 3.4)."""

    def sign(self, message: bytes) -> bytes:
        """Return r and s, 32 bytes each; the same bytes always give the same signature (RFC 6979)."""


@dataclass(frozen=True)
class Seal:
    """A key that signs certificates, and the DER of the X.509 certificate over it (`x509.certificate_of`)."""

    signer: P256Signer
    x509: bytes
