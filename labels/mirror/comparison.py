"""Two mirrors of one log: the smaller is the beginning of the larger, or the body showed two logs to two people.

Both checkpoints are signed and witnessed; where neither log is the beginning of the other, the two signed checkpoints
are the proof of a fork that nobody can deny (RFC 9162, 11.3).
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from labels.log.checkpoints import Checkpoint
from labels.log.tiles import WIDTH, TiledLog
from labels.log.tree import check_consistency, consistency_proof
from labels.mirror.belief import Believed, believed_in
from labels.mirror.folder import MirrorFolder
from labels.mirror.report import Report
from labels.root import Root
from schemas.errors import CouldNotCheck, VerificationError


@dataclass(frozen=True)
class Compared:
    """One side of a comparison.

    Attributes:
        seen_at: by when witnesses had seen its log.
        note: its checkpoint as published, with all signatures.
    """

    checkpoint: Checkpoint
    seen_at: datetime
    note: str


@dataclass(frozen=True)
class Comparison:
    """The answer.

    Attributes:
        forked_at: index of the first entry in which the logs differ; None where one is the beginning of the other.
        hashes: the consistency proof that shows it.
    """

    older: Compared
    newer: Compared
    forked_at: int | None
    hashes: tuple[bytes, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return the answer for programs."""
        return {
            "consistent": self.forked_at is None,
            "origin": self.older.checkpoint.origin,
            "sizes": [self.older.checkpoint.size, self.newer.checkpoint.size],
            "forked_at": self.forked_at,
            "proof": [one.hex() for one in self.hashes],
            "checkpoints": [self.older.note, self.newer.note],
        }


def compare_mirrors(one: Path, other: Path, *, root: Root | None = None, quorum: int = 1) -> Comparison:
    """Compare two mirrors; whichever has the smaller log is the older one.

    Args:
        one: a folder.
        other: another one.
        root: that the reader pinned; without one, each mirror's own, which must be the same.
        quorum: how many witnesses must have seen each log.

    Raises:
        CouldNotCheck: `not_a_mirror`, `file_unreadable`, `root_unreadable`; `other_root`; `other_log`; a log that
            cannot be believed, under the code of what is wrong with it.
    """
    sides = [_believed(path, root, quorum) for path in (one, other)]
    (first, of_first), (second, of_second) = sides
    if of_first.root_fingerprint != of_second.root_fingerprint:
        raise CouldNotCheck("other_root", "The two mirrors have keys of two roots; say with --root which you pinned.")
    if of_first.origin != of_second.origin:
        raise CouldNotCheck("other_log", f"{of_first.origin} and {of_second.origin} are two logs.")
    older, newer = sorted((first, second), key=lambda side: side.log.size)
    hashes = consistency_proof(older.log.size, newer.log.size, newer.log.subtree)
    try:
        mine, theirs = older.seen.checkpoint, newer.seen.checkpoint
        check_consistency(mine.size, theirs.size, hashes, mine.root, theirs.root)
    except VerificationError:
        return Comparison(_compared(older), _compared(newer), _first_difference(older.log, newer.log))
    return Comparison(_compared(older), _compared(newer), None, hashes)


def _believed(path: Path, root: Root | None, quorum: int) -> tuple[Believed, Report]:
    files = MirrorFolder(path)
    manifest = files.manifest()
    report = Report(origin=manifest.origin)
    found = believed_in(files, manifest, report, root, quorum)
    if found is None:
        wrong = (*report.false, *report.unchecked)[-1]
        raise CouldNotCheck(wrong.code, f"{path}: {wrong.where}: {wrong.what}")
    return found, report


def _compared(side: Believed) -> Compared:
    return Compared(side.seen.checkpoint, side.seen.at, str(side.seen.note))


def _first_difference(older: TiledLog, newer: TiledLog) -> int:
    """Return the first entry in which two logs differ; both were checked against their roots."""
    for number in range(-(-older.size // WIDTH)):
        for place, (mine, theirs) in enumerate(zip(older.tile(0, number), newer.tile(0, number), strict=False)):
            if mine != theirs:
                return number * WIDTH + place
    raise AssertionError("logs of two roots differ in an entry")
