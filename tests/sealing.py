"""Keys for tests of what lies in Temporal: each case has one, and all can be destroyed."""

import hashlib
from dataclasses import dataclass, field

from temporalio.converter import DataConverter

from certify.procedure.sealing import Ring
from certify.programs import temporal
from certify.vault.payload_keys import PayloadKeys
from schemas.errors import NotFound


@dataclass(frozen=True)
class FakeCaseKey:
    id: str
    key: bytes


@dataclass
class FakeCaseKeys:
    """Keys as the vault gives them (`certify.vault.keys.VaultKeys`)."""

    made: dict[str, FakeCaseKey] = field(default_factory=dict)
    destroyed: set[str] = field(default_factory=set)

    async def key_of(self, subject: str) -> FakeCaseKey:
        if subject in self.destroyed:
            raise NotFound("key_destroyed", "The key was destroyed.")
        digest = hashlib.sha256(subject.encode())
        return self.made.setdefault(subject, FakeCaseKey(f"case{digest.hexdigest()[:12]}", digest.digest()))

    async def find(self, key_id: str) -> FakeCaseKey:
        for subject, key in self.made.items():
            if key.id == key_id and subject not in self.destroyed:
                return key
        raise NotFound("key_unknown", "There is no such key.")


VAULT = FakeCaseKeys()
"""Of whoever brings no keys of cases: what one seals, another opens."""
INSTALLATION = PayloadKeys(naming=b"n" * 64, sealing={"first": b"k" * 32})


def sealed(cases: FakeCaseKeys = VAULT, keys: PayloadKeys = INSTALLATION, *, seals: bool = True) -> DataConverter:
    """Return a converter that seals as the programs' does."""
    return temporal.converter(Ring(keys, cases, seals=seals))
