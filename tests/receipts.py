"""Signatures in tests: the software authenticator of the demonstration, which can also be made to lie.

device = Authenticator(key, "https://certify.example", flags=0x01)      # present, and not verified
device.receipt(challenge, nonce)
signed(act, case)                                                       # as its person would sign it
passkeys_of("member-a", "laura")                                        # entered, for the stream of people
"""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certify.config import Settings
from certify.procedure.signed_acts import Signed, statement_of
from certify.programs.software_authenticator import PrivateKey, SoftwareAuthenticator
from labels.receipts import base64url
from schemas.account_events import PasskeyEntered
from schemas.act import Act
from schemas.case import Case
from workflows.rules.case.signed_acts import signing_origin

DEMO = Settings(data=Path("demo"), demo=True)
SIGNED_AT = "http://localhost:8080"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


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


@cache
def device_of(person: str) -> Authenticator:
    """The passkey of a person in tests, the same each time; it counts what it signs."""
    return new_device_of(person)


def new_device_of(person: str) -> Authenticator:
    """The same passkey before it signed anything."""
    number = int.from_bytes(hashlib.sha256(person.encode()).digest()[:16]) + 1
    return Authenticator(ec.derive_private_key(number, ec.SECP256R1()), SIGNED_AT)


def signed(act: Act, case: Case, device: Authenticator | None = None) -> Act:
    """Return an act with the receipt of its person's passkey, where the case asks for one."""
    if not isinstance(act, Signed) or signing_origin(case, act.kind) is None:
        return act
    nonce = base64url(hashlib.sha256(f"{act.act_id}{act.actor.person}".encode()).digest())
    statement = statement_of(act, case, nonce)
    proof = (device or device_of(act.actor.person)).receipt(base64url(statement.challenge), nonce)
    return type(act).model_validate({**act.model_dump(), "proof": proof})


def passkeys_of(*people: str, at: datetime = LONG_AGO) -> tuple[PasskeyEntered, ...]:
    """Return the events by which people's passkeys came into the record."""
    return tuple(
        PasskeyEntered(
            at=at,
            actor=person,
            person=person,
            credential_id=device_of(person).credential_id,
            public_key=device_of(person).public_key,
        )
        for person in people
    )
