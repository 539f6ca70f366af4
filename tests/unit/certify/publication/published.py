"""A certification body that publishes: the real publisher and the real rules of a witness, over a real record."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certify.publication.bundle import OfflineBundle
from certify.publication.log import LogPublication
from certify.publication.proofs import LabelProofs
from certify.publication.publisher import Publisher
from certify.publication.seen_checkpoints import SeenCheckpoints
from certify.publication.signature_log import SignatureLog
from certify.publication.statuses import StatusPublication
from certify.publication.witnesses import WitnessAway, WitnessRefused
from certify.register.database import Database
from certify.vault.published import FolderFiles
from labels.keys import KeyInMemory
from labels.log import checkpoints
from labels.log.checkpoints import Policy
from labels.log.notes import Note
from labels.log.tiles import Files
from labels.log.witness import Witness, WitnessRefusal, request_body

URL = "https://v.example.eu"
ORIGIN = "v.example.eu/log"


def key(name: str) -> KeyInMemory:
    """A key that is the same in every run."""
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""Labels of these tests are issued before the tests are; the log of signatures is older than they."""
LOG_KEY, STATUS_KEY, WITNESS_KEY = key("log"), key("status"), key("witness")
POLICY = Policy(ORIGIN, (LOG_KEY.public_key,), (WITNESS_KEY.public_key,))


class WitnessNextDoor:
    """A witness with a folder of its own and no network between; it can be away.

    Attributes:
        seen: every root it cosigned, by its size: two of one size would be two logs.
    """

    url = "next door"

    def __init__(self, files: Files, signer: KeyInMemory = WITNESS_KEY) -> None:
        self._witness = Witness(files, "witness.example/1", signer, {ORIGIN: [LOG_KEY.public_key]})
        self.away = False
        self.now = datetime.now(UTC)
        self.seen: dict[int, set[bytes]] = {}

    async def add_checkpoint(self, older: int, growth: Sequence[bytes], note: Note) -> str:
        """Answer as over the network."""
        if self.away:
            raise WitnessAway("away")
        try:
            line = self._witness.add_checkpoint(request_body(older, growth, note), at=self.now)
        except WitnessRefusal as refusal:
            raise WitnessRefused(refusal.status, refusal.size) from refusal
        except OSError as error:  # over the network: a fault of the server
            raise WitnessRefused(500, None) from error
        checkpoint = checkpoints.read(note)
        self.seen.setdefault(checkpoint.size, set()).add(checkpoint.root)
        return line


class NoPapers:
    """The papers of labels where none are asked for: to make them takes seconds."""

    async def open(self) -> None:
        """Find nothing to make."""

    async def follow(self, proved: Iterable[str]) -> None:
        """Make nothing of what was proved."""

    async def make(self) -> bool:
        """Say that none waits."""
        return False


@dataclass
class Publishing:
    """What publishes, and where.

    Attributes:
        was_always_logged: its log of signatures is as old as the body; else it begins when the program starts.
    """

    database: Database
    folder: Path
    policy: Policy = POLICY
    witness: WitnessNextDoor = field(init=False)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    was_always_logged: bool = True
    files: Files = field(init=False)
    papers: Any = field(default_factory=NoPapers)
    keys: Callable[[], str] = lambda: '{"keys": []}'
    others: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = FolderFiles(self.folder / "published")
        self.watched_with(WITNESS_KEY)
        self.start()

    def watched_with(self, signer: KeyInMemory) -> None:
        """Give the witness a key; it remembers what it saw."""
        self.witness = WitnessNextDoor(FolderFiles(self.folder / "witness" / "seen"), signer)

    def start(self) -> None:
        """Let the program start, with nothing in its memory."""
        path = self.folder / "signatures.jsonl"
        if self.was_always_logged and not path.exists():
            SignatureLog(path, lambda: LONG_AGO)
        self.signatures = SignatureLog(path, lambda: self.now)
        self.begin()

    def begin(self) -> None:
        """Make the publisher anew."""
        witnesses: list[Any] = [self.witness, *self.others]
        self.log = LogPublication(self.database, self.files, LOG_KEY, self.policy, witnesses, self.signatures)
        statuses = StatusPublication(self.files, STATUS_KEY, URL, self.signatures)
        bundle = OfflineBundle(self.files, ORIGIN, URL, self.keys)
        proofs = LabelProofs(self.files, self.log, SeenCheckpoints(self.folder / "seen-checkpoints.jsonl"))
        self.publisher = Publisher(self.log, statuses, proofs, self.papers, bundle, lambda: self.now)  # type: ignore[arg-type]  # its contract
        self.is_open = False

    async def turn(self, **later: float) -> None:
        """Publish once, after some time."""
        self.now += timedelta(**later)
        self.witness.now = self.now
        if not self.is_open:
            await self.publisher.open()
            self.is_open = True
        await self.publisher.turn()

    async def turn_safely(self) -> None:
        """Publish once as the program does, which tells what keeps it from publishing."""
        self.witness.now = self.now
        await self.publisher._turn_safely()
