"""`certify check` of the published log: leaf n is entry n of the record with what the record says of it (I9, I10, F25).

What is published is read before the record, so that the record knows all of it; what the record has more, nobody has
logged yet, and that is no finding.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.config import Settings
from certify.publication.log import BATCH
from certify.register import public_log
from certify.register.checking import Finding
from certify.register.public_log import PublicLog
from certify.vault.published import FolderFiles, PublishedFiles, published_files
from certify.vault.published_paths import LOG
from certify.vault.witnessed_log import LogFiles
from labels.key_set import KeySet
from labels.log import checkpoints, notes
from labels.log.checkpoints import Checkpoint, Policy
from labels.log.notes import Note
from labels.log.policy import policy_of
from labels.log.sequencer import CHECKPOINT, HEAD, check_stored
from labels.log.tiles import WIDTH, TiledLog, bundled, place_of, width_of
from labels.log.tree import root_of
from labels.log.witness import memory_of
from labels.mirror.history import History
from schemas.errors import VerificationError
from schemas.public_log import LogEntry

MOST = 20
"""Entries that are named one by one; a log that was shifted by one differs in all of them."""


@dataclass(frozen=True)
class PublicSide:
    """What is published, and whom to believe about it.

    Attributes:
        witness: memory of the witness that this machine runs; None where it runs none.
        keys: of the register.
        signature_log: what the publisher signed (`certify.publication.signature_log`); None where nobody asks.
    """

    files: PublishedFiles
    witness: FolderFiles | None
    keys: Callable[[], KeySet]
    origin: str
    quorum: int = 1
    signature_log: Path | None = None

    @classmethod
    def of(cls, settings: Settings, keys: Callable[[], KeySet]) -> "PublicSide":
        """Return what these settings point to."""
        assert settings.witness_folder is not None
        memory = settings.witness_folder / "seen"
        return cls(
            published_files(settings.published_url),
            FolderFiles(memory) if memory.is_dir() else None,
            keys,
            settings.log_origin,
            settings.witness_quorum,
            settings.signature_log_file,
        )

    @property
    def policy(self) -> Policy:
        """Whom a reader of the log believes."""
        return policy_of(self.keys(), self.origin, quorum=self.quorum)


@dataclass
class PublishedLog:
    """The log as it was found published.

    Attributes:
        seen: the last checkpoint that enough witnesses saw.
        log: what is stored, of the size that the log signed for last; None where there is none that holds.
        history: what the record says that the log says, with what is not logged yet; filled by `compared`.
    """

    side: PublicSide
    findings: list[Finding] = field(default_factory=list)
    seen: Checkpoint | None = None
    log: TiledLog | None = None
    history: History = field(default_factory=History)

    @classmethod
    def read(cls, side: PublicSide) -> "PublishedLog":
        """Read and verify what is published; the witness is asked first, so that it does not know the newer log."""
        found = cls(side)
        memory = side.witness.read(memory_of(side.origin)) if side.witness is not None else None
        checkpoint, head = side.files.read(LOG + CHECKPOINT), side.files.read(LOG + HEAD)
        if checkpoint is None and head is None:
            if memory is not None:
                found._find("log", "is gone; its witness has seen one", "log_missing")
            return found
        found._believe(checkpoint, head)
        if found.log is not None:
            found._check_stored(found.log, head)
            found._check_memory(found.log, memory)
        return found

    @property
    def is_there(self) -> bool:
        """Whether there is a log at all: before the first one there is nothing to compare."""
        return self.seen is not None or self.log is not None or bool(self.findings)

    @property
    def size(self) -> int:
        """Entries that the log signed for and that are stored whole."""
        return self.log.size if self.log is not None else 0

    def _find(self, where: str, what: str, code: str) -> None:
        self.findings.append(Finding(where=where, what=what, code=code))

    def _believe(self, checkpoint: bytes | None, head: bytes | None) -> None:
        policy, signed = self.side.policy, None
        try:
            if checkpoint is not None:
                self.seen = checkpoints.witnessed(checkpoint, policy).checkpoint
        except VerificationError as error:
            self._find(LOG + CHECKPOINT, error.message, "checkpoint_not_valid")
        try:
            signed = checkpoints.of_log(notes.parse(head or b""), policy)
        except VerificationError as error:
            self._find(LOG + HEAD, error.message, "checkpoint_not_valid")
        known = [one for one in (self.seen, signed) if one is not None]
        if known:
            self.log = TiledLog(LogFiles(self.side.files), max(one.size for one in known))

    def _check_stored(self, log: TiledLog, head: bytes | None) -> None:
        """Check the entries and hashes, also of tiles that a smaller checkpoint speaks of."""
        try:
            root = log.root()
            check_stored(LogFiles(self.side.files), log.size, root)
            for path in _other_tiles(self.side.files, log):
                self._find(path, "is not the beginning of the tile that it became", "log_damaged")
            signed = [self.seen, *([_checkpoint_in(head)] if head is not None else [])]
            if any(one is not None and root_of(one.size, log.subtree) != one.root for one in signed):
                self._find("log", "has another root than was signed for it", "log_damaged")
        except VerificationError as error:
            self._find("log", error.message, "log_damaged")
            self.log = None

    def _check_memory(self, log: TiledLog, memory: bytes | None) -> None:
        try:
            known = checkpoints.read(Note(memory.decode(), ())) if memory is not None else None
        except (VerificationError, UnicodeError):
            self._find("witness", "its memory cannot be read", "witness_unreadable")
            return
        if known is None or self.log is None:
            return
        if known.size > log.size:
            what = f"has seen {known.size} entries; the log has {log.size}"
            self._find("witness", what, "log_behind_witness")
        elif root_of(known.size, log.subtree) != known.root:
            self._find("witness", "has seen another log", "log_forked")

    async def compared(self, session: AsyncSession) -> AsyncIterator[Finding]:
        """Yield where log and record differ: `log_differs`, `record_behind_log`."""
        erased, position, differing = await public_log.erased(session), 0, 0
        record, logged = PublicLog(), self._entries()
        while found := await record.entries(session, after=position, limit=BATCH):
            for position, expected in found:
                entry, told = expected.as_bytes(), next(logged, None)
                if told is not None and told != entry and not _is_erased(told, expected, position in erased):
                    differing += 1
                    if differing <= MOST:
                        what = "is not what the record says here"
                        yield Finding(where=f"log entry {self.history.size}", what=what, code="log_differs")
                self.history.follow(told if told is not None and position in erased else entry)
        if next(logged, None) is not None:
            what = f"has {self.history.size} entries; the log has more"
            yield Finding(where="record", what=what, code="record_behind_log")

    def _entries(self) -> Iterator[bytes]:
        return iter(()) if self.log is None else self.log.entries(0, self.log.size)


def _is_erased(told: bytes, expected: LogEntry, body_is_gone: bool) -> bool:
    try:
        return body_is_gone and LogEntry.from_bytes(told).digest == expected.digest
    except ValueError:
        return False


def _checkpoint_in(head: bytes) -> Checkpoint | None:
    try:
        return checkpoints.read(notes.parse(head))
    except VerificationError:
        return None


def _other_tiles(files: PublishedFiles, log: TiledLog) -> Iterator[str]:
    """Yield stored partial tiles that are not the beginning of what the log has in their place."""
    for path in files.paths(f"{LOG}tile"):
        place = place_of(path.removeprefix(LOG))
        if place is None:
            continue
        level, number, width = place
        # What lies beyond the signed size is of a writer that stopped half-way; the next one writes over it.
        is_signed = width <= width_of(0 if isinstance(level, str) else level, number, log.size)
        if is_signed and width < WIDTH and files.read(path) not in {_beginning(log, level, number, width), None}:
            yield path


def _beginning(log: TiledLog, level: int | str, number: int, width: int) -> bytes:
    if isinstance(level, str):
        return bundled(log.bundle(number)[:width])
    return b"".join(log.tile(level, number)[:width])
