"""An authenticator in software, for tests: makes passkeys and signs challenges as a browser hands them on."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
HOST, ORIGIN = "localhost", "http://localhost:8080"


@dataclass
class Authenticator:
    """One passkey.

    Attributes:
        count: its counter, as it is after the last use.
        verifies: whether it asks its person for a PIN or a finger.
    """

    id: bytes = b"credential-0001"
    host: str = HOST
    origin: str = ORIGIN
    count: int = 0
    verifies: bool = True
    user: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def credential_id(self) -> str:
        return bytes_to_base64url(self.id)

    @property
    def cose_key(self) -> bytes:
        """The public key as COSE: EC2, ES256, P-256 (RFC 9053, 2.1, 7.1.1)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def make(self, options: str) -> str:
        """Answer `navigator.credentials.create()`."""
        asked = json.loads(options)
        self.user = base64url_to_bytes(asked["user"]["id"])
        held = bytes(16) + struct.pack(">H", len(self.id)) + self.id + self.cose_key
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(WITH_KEY) + held}
        return self._answer(
            clientDataJSON=self._client("webauthn.create", asked["challenge"]),
            attestationObject=cbor2.dumps(attestation),
        )

    def sign(self, options: str, *, kind: str = "webauthn.get") -> str:
        """Answer `navigator.credentials.get()`."""
        self.count += 1
        data, client = self._data(), self._client(kind, json.loads(options)["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.user)

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        said: dict[str, Any] = {
            "id": self.credential_id,
            "rawId": self.credential_id,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: bytes_to_base64url(value) for name, value in response.items()},
        }
        return json.dumps(said)
