"""Who asks for a passkey: one host and one origin, from the settings and never from a request (security T15)."""

from typing import NamedTuple, Self
from urllib.parse import urlsplit


class RelyingParty(NamedTuple):
    """The register as authenticators know it.

    Attributes:
        id: host without port (WebAuthn Level 3, 5.1.2); passkeys belong to it for good.
        origin: scheme, host and port of the pages that may ask.
        name: shown while a passkey is made.
    """

    id: str
    origin: str
    name: str

    @classmethod
    def of(cls, public_url: str, name: str) -> Self:
        """Return the relying party of a register under its public address."""
        parts = urlsplit(public_url)
        return cls(id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}", name=name)
