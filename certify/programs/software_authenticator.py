"""SOFTWARE AUTHENTICATOR: DEMONSTRATION ONLY. A passkey without a person: whoever has the process has the signature.

It plays the members of a demonstration and of the tests. It claims that a user was present and verified, which
nobody was; so it is made in demonstrations only, it says what it is each time it is plugged in, and it carries an
AAGUID of its own, by which a registration of it can be told from every real authenticator.
"""

import hashlib
import json
import secrets
import sys
from collections.abc import Callable
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from certify.accounts.passkeys import DEMONSTRATION_AAGUID
from certify.config import Settings
from labels.receipts import base64url, relying_party
from schemas.errors import NotPermitted

DEVICE_NAME: Final = "Software authenticator: demonstration only"
"""What the passkey is called on its person's page."""
WARNING: Final = "SOFTWARE AUTHENTICATOR: DEMONSTRATION ONLY. No person signs what it signs.\n"

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_ES256, _EDDSA, _RS256 = -7, -8, -257

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


class SoftwareAuthenticator:
    """One passkey in memory, of one person at one site.

    Args:
        settings: of a demonstration; anywhere else there is none.
        origin: the site it is for, as a browser names it.
        key: a private key of another kind than ES256, for tests.

    Raises:
        NotPermitted: `software_authenticator`: this is no demonstration.
    """

    def __init__(
        self,
        settings: Settings,
        origin: str,
        *,
        key: PrivateKey | None = None,
        say: Callable[[str], object] | None = None,
    ) -> None:
        if not settings.demo:
            raise NotPermitted("software_authenticator", "A software authenticator is for demonstrations only.")
        (say or sys.stderr.write)(WARNING)
        self._key = key or ec.generate_private_key(ec.SECP256R1())
        self._id, self._origin, self._count = secrets.token_bytes(32), origin, 0

    @property
    def credential_id(self) -> str:
        """The credential's id in base64url."""
        return base64url(self._id)

    @property
    def public_key(self) -> str:
        """The public key as COSE in base64url."""
        return base64url(_cose(self._key))

    def create(self, challenge: str) -> dict[str, Any]:
        """Return what `navigator.credentials.create()` gives, as JSON, with no attestation (WebAuthn, 5.1.3)."""
        attested = DEMONSTRATION_AAGUID + len(self._id).to_bytes(2, "big") + self._id + _cose(self._key)
        data = self._authenticator_data(_PRESENT | _VERIFIED | _ATTESTED) + attested
        content = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": base64url(self._client_data("webauthn.create", challenge)),
            "attestationObject": base64url(content),
            "transports": ["internal"],
        }
        return self._credential(response)

    def get(self, challenge: str) -> dict[str, Any]:
        """Return what `navigator.credentials.get()` gives, as JSON (WebAuthn, 5.1.4)."""
        self._count += 1
        data, client = self._authenticator_data(_PRESENT | _VERIFIED), self._client_data("webauthn.get", challenge)
        response = {
            "clientDataJSON": base64url(client),
            "authenticatorData": base64url(data),
            "signature": base64url(_signature(self._key, data + hashlib.sha256(client).digest())),
        }
        return self._credential(response)

    def receipt(self, challenge: str, nonce: str) -> dict[str, Any]:
        """Return an assertion as an act carries it (`schemas.signed_acts.Passkey`)."""
        response = self.get(challenge)["response"]
        return {
            "method": "passkey",
            "nonce": nonce,
            "credential_id": self.credential_id,
            "authenticator_data": response["authenticatorData"],
            "client_data_json": response["clientDataJSON"],
            "signature": response["signature"],
        }

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": self.credential_id, "rawId": self.credential_id, "type": "public-key", "response": response}

    def _authenticator_data(self, flags: int) -> bytes:
        host = hashlib.sha256(relying_party(self._origin).encode()).digest()
        return host + bytes([flags]) + self._count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        found = {"type": kind, "challenge": challenge, "origin": self._origin, "crossOrigin": False}
        return json.dumps(found, separators=(",", ":")).encode()


def _signature(key: PrivateKey, content: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(content, ec.ECDSA(SHA256(), deterministic_signing=True))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), SHA256())
    return key.sign(content)


def _cose(key: PrivateKey) -> bytes:
    """Return the public half as COSE (RFC 9053, 7)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        found = {1: 2, 3: _ES256, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    elif isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        modulus = numbers.n.to_bytes((key.key_size + 7) // 8, "big")
        found = {1: 3, 3: _RS256, -1: modulus, -2: numbers.e.to_bytes(3, "big")}
    else:
        found = {1: 1, 3: _EDDSA, -1: 6, -2: key.public_key().public_bytes_raw()}
    return cbor2.dumps(found)
