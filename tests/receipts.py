"""An authenticator for tests: the software authenticator of the demonstration, which can also be made to lie.

device = Authenticator(key, "https://certify.example", flags=0x01)      # present, and not verified
device.receipt(challenge, nonce)
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certify.config import Settings
from certify.programs.software_authenticator import PrivateKey, SoftwareAuthenticator

DEMO = Settings(data=Path("demo"), demo=True)


class Authenticator(SoftwareAuthenticator):
    """One passkey whose answers can be bent.

    Args:
        key: its private key; the credential's id follows from it.
        origin: where it is.
        flags: of the authenticator data; `count` its counter, `host` its relying party.
        client: members of the client data; None leaves one out. `pad` spells the challenge with padding.
    """

    def __init__(
        self,
        key: PrivateKey | None = None,
        origin: str = "http://localhost:8080",
        *,
        flags: int = 0x05,
        count: int = 1,
        host: str | None = None,
        client: dict[str, Any] | None = None,
        pad: bool = False,
    ) -> None:
        super().__init__(DEMO, origin, key=key, say=str)
        if key is not None:
            public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            self._id = hashlib.sha256(public).digest()
        self._flags, self._host, self._client, self._pad = flags, host, client or {}, pad
        self._count = count - 1 if count else 0
        self._counts = bool(count)

    def get(self, challenge: str) -> dict[str, Any]:
        """Return an assertion."""
        if not self._counts:
            self._count = -1
        return super().get(challenge + "=" if self._pad else challenge)

    def _authenticator_data(self, flags: int) -> bytes:
        data = super()._authenticator_data(flags if flags & 0x40 else self._flags)
        return data if self._host is None else hashlib.sha256(self._host.encode()).digest() + data[32:]

    def _client_data(self, kind: str, challenge: str) -> bytes:
        found = {**json.loads(super()._client_data(kind, challenge)), **self._client}
        return json.dumps({key: value for key, value in found.items() if value is not None}).encode()
