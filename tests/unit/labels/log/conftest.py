"""A log in memory, its keys and a witness."""

import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.keys import KeyInMemory
from labels.log.checkpoints import Policy
from labels.log.sequencer import Sequencer
from labels.log.witness import Witness

ORIGIN = "v.example.eu/log"
WITNESS = "witness.example.org/w1"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def key(name: str) -> KeyInMemory:
    """A key that is the same in every run."""
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


LOG_KEY, WITNESS_KEY = key("the log"), key("the witness")
POLICY = Policy(ORIGIN, (LOG_KEY.public_key,), (WITNESS_KEY.public_key,))


class MemoryFiles(dict[str, bytes]):
    """Files that a test can look into."""

    def read(self, path: str) -> bytes | None:
        """Return a file."""
        return self.get(path)

    def write(self, path: str, content: bytes) -> None:
        """Keep a file."""
        self[path] = content

    def remove_folder(self, path: str) -> None:
        """Take files away."""
        for one in [one for one in self if one.startswith(path + "/")]:
            del self[one]


def entries(count: int, *, since: int = 0) -> list[bytes]:
    """Entries that differ."""
    return [f"entry {number}".encode() for number in range(since, since + count)]


@pytest.fixture
def files() -> MemoryFiles:
    return MemoryFiles()


@pytest.fixture
def sequencer(files: MemoryFiles) -> Sequencer:
    return Sequencer(files, ORIGIN, LOG_KEY)


@pytest.fixture
def witness() -> Witness:
    return Witness(MemoryFiles(), WITNESS, WITNESS_KEY, {ORIGIN: [LOG_KEY.public_key]})
