"""Did the log only grow since the monitor was last here? Pure but for the files it is given (security, I10, T27).

The procedure, whose numbers the code and its tests repeat:

    (1) the log signed the checkpoint, and enough witnesses saw it
    (2) it is not smaller than the one remembered
    (3) the published hashes make its root, and the tree that is remembered is the beginning of its tree
    (4) every entry since then is given out, at its index, under that root
    (5) witnesses saw it at most `age` before the moment asked about
    (6) what held is remembered; of what did not, the two signed checkpoints are kept

Three answers, never merged. False: what is given out contradicts what was signed. Unchecked: it was not given out, or
is old; who shows nothing proves nothing. Else the log only grew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from labels.log import checkpoints, notes
from labels.log.checkpoints import Checkpoint, Policy, Witnessed
from labels.log.notes import Note
from labels.log.sequencer import CHECKPOINT
from labels.log.tiles import HEIGHT, WIDTH, StoredFiles, TiledLog, tile_path
from labels.log.tree import EMPTY, check_consistency, complete_root, consistency_proof, leaf_hash, root_of
from labels.mirror.report import Difference
from labels.monitor.memory import Memory
from schemas.errors import CouldNotCheck, VerificationError

AGE = timedelta(minutes=10)
"""How old the last cosignature may be: a log at rest is witnessed every minute (I10)."""

_LOG = "log"
_NOT_GIVEN = frozenset({"tile_missing"})


@dataclass
class Observation:
    """What one look at the log found.

    Attributes:
        since: entries of the log that was remembered before; None on the first visit.
        size: entries of the log that is published, `root` over them; 0 and empty where no checkpoint was believed.
        seen_at: by when witnesses had seen it.
        entries: how many of them were fetched and hashed this time.
        false: what contradicts what was signed.
        unchecked: what was not given out, or is old.
        evidence: folder of the two signed checkpoints, where they contradict each other.
        remembered: whether the published checkpoint is remembered now.
    """

    origin: str
    since: int | None = None
    size: int = 0
    root: str = ""
    seen_at: datetime | None = None
    entries: int = 0
    false: list[Difference] = field(default_factory=list)
    unchecked: list[Difference] = field(default_factory=list)
    evidence: Path | None = None
    remembered: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the answer for programs."""
        return {
            "verified": not self.false and not self.unchecked,
            "origin": self.origin,
            "since": self.since,
            "size": self.size,
            "root": self.root,
            "seen_at": self.seen_at.isoformat().replace("+00:00", "Z") if self.seen_at else None,
            "entries": self.entries,
            "false": [vars(one) for one in self.false],
            "unchecked": [vars(one) for one in self.unchecked],
            "evidence": str(self.evidence) if self.evidence else None,
        }


def observe(files: StoredFiles, memory: Memory, policy: Policy, *, at: datetime, age: timedelta = AGE) -> Observation:
    """Look at a log once.

    Args:
        files: those of the log, as they are published.
        memory: what was found before; it changes only as step (6) says.
        policy: whom to believe.
        at: moment asked about.
        age: how old the last cosignature may be.

    Raises:
        CouldNotCheck: `memory_unreadable`, `memory_unwritable`; `other_log_remembered`: the folder is of another log.
    """
    known = memory.checkpoint()
    if known is not None and known[0].origin != policy.origin:
        raise CouldNotCheck("other_log_remembered", f"{memory.folder} remembers {known[0].origin}, another log.")
    look = _Look(files, memory, known, policy)
    with _told(look.found):
        look.at(at, age)
    return look.found


class _Look:
    """One look, step by step; it ends at the first that fails."""

    def __init__(
        self, files: StoredFiles, memory: Memory, known: tuple[Checkpoint, Note] | None, policy: Policy
    ) -> None:
        self._files, self._memory, self._policy = files, memory, policy
        self._known = known[0] if known is not None else Checkpoint(policy.origin, 0, EMPTY)
        self._note = known[1] if known is not None else None
        self.found = Observation(policy.origin, since=known[0].size if known else None)

    def at(self, moment: datetime, age: timedelta) -> None:
        seen = self._seen()  # (1)
        if seen.checkpoint.size < self._known.size:
            self._shrunk(seen)  # (2)
            return
        log = TiledLog(self._files, seen.checkpoint.size)
        if self._grew(log, seen):  # (3)
            check_growth(log, self._known.size)  # (4)
            self.found.entries = seen.checkpoint.size - self._known.size
            self._check_age(seen, moment, age)  # (5)
            self._memory.remember(seen.note)  # (6)
            self.found.remembered = True

    def _seen(self) -> Witnessed:
        content = self._files.read(CHECKPOINT)
        if content is None:
            raise CouldNotCheck("checkpoint_missing", "No checkpoint is published.")
        try:
            checkpoints.read(notes.parse(content))
        except VerificationError as error:  # nobody's word: an error page with a friendly status, say
            raise CouldNotCheck("checkpoint_malformed", "What is published there is no checkpoint.") from error
        try:
            seen = checkpoints.witnessed(content, self._policy)
        except VerificationError as error:
            raise VerificationError(f"checkpoint_{error.code}", error.message) from error
        found, said = self.found, seen.checkpoint
        found.size, found.root, found.seen_at = said.size, said.root.hex(), seen.at
        return seen

    def _shrunk(self, seen: Witnessed) -> None:
        """Tell an earlier checkpoint that is shown again from a log that became smaller."""
        size, known = seen.checkpoint.size, self._known.size
        if self._is_another_log(seen.checkpoint):
            self._contradicted("log_forked", "is no beginning of the log that was seen before", seen)
        elif self._was_seen_before(seen):
            what = f"An earlier checkpoint is shown again, of {size} entries; {known} were seen."
            raise CouldNotCheck("checkpoint_earlier", what)
        else:
            what = f"had {known} entries and now has {size}, as its witnesses say too"
            self._contradicted("log_shrunk", what, seen)

    def _is_another_log(self, smaller: Checkpoint) -> bool:
        """Whether a smaller tree is known to be no beginning of the remembered one, whose hashes may be gone."""
        log = TiledLog(self._files, self._known.size)
        try:
            return log.root() == self._known.root and root_of(smaller.size, log.subtree) != smaller.root
        except VerificationError:
            return False

    def _was_seen_before(self, seen: Witnessed) -> bool:
        """Whether witnesses saw it no later than the remembered one, as whoever keeps old answers shows it.

        Where the present keys do not tell when that was, nobody is accused.
        """
        try:
            return seen.at <= checkpoints.witnessed(str(self._note), self._policy).at
        except VerificationError:
            return True

    def _grew(self, log: TiledLog, seen: Witnessed) -> bool:
        mine, theirs = self._known, seen.checkpoint
        if mine.size != theirs.size and log.root() != theirs.root:
            raise VerificationError("root_differs", "The published hashes make another root than was signed.")
        try:
            hashes = consistency_proof(mine.size, theirs.size, log.subtree)
            check_consistency(mine.size, theirs.size, hashes, mine.root, theirs.root)
        except VerificationError as error:
            if error.code != "not_consistent":
                raise
            self._contradicted("log_forked", "did not grow out of the log that was seen before", seen)
            return False
        return True

    def _contradicted(self, code: str, what: str, seen: Witnessed) -> None:
        assert self._note is not None
        self.found.evidence = self._memory.keep(code, self._note, seen.note)
        self.found.false.append(Difference(_LOG, what, code))

    def _check_age(self, seen: Witnessed, moment: datetime, age: timedelta) -> None:
        when = f"{seen.at:%Y-%m-%d %H:%M:%S} UTC"
        if moment - seen.at > age:
            what = f"was last seen by its witnesses at {when}: it stands still, or an old one is shown"
            self.found.unchecked.append(Difference(_LOG, what, "checkpoint_stale"))
        elif seen.at - moment > age:
            what = f"was seen by its witnesses at {when}, which is not yet: somebody's clock is wrong"
            self.found.unchecked.append(Difference(_LOG, what, "checkpoint_ahead"))


def check_growth(log: TiledLog, since: int) -> None:
    """Check that every entry from the index `since` on is given out and lies under the root of the log.

    The root over the hashes, and that the first `since` leaves are the known ones, is what the caller checked; so each
    new hash has only to be the hash of what lies below it.

    Raises:
        VerificationError: `tile_missing`, `tile_malformed`; `root_differs`: an entry or a hash is another one.
    """
    if since == log.size:
        return
    for number in range(since // WIDTH, -(-log.size // WIDTH)):
        if [leaf_hash(entry) for entry in log.bundle(number)] != list(log.tile(0, number)):
            raise _differs(tile_path(0, number))
    level, first = 1, since // WIDTH
    while count := log.size >> HEIGHT * level:
        for place in range(first, count):
            number, within = divmod(place, WIDTH)
            if log.tile(level, number)[within] != complete_root(log.tile(level - 1, place)):
                raise _differs(tile_path(level, number))
        level, first = level + 1, first // WIDTH


def _differs(path: str) -> VerificationError:
    return VerificationError("root_differs", f"{path} is not the hash of what lies below it.")


@contextmanager
def _told(found: Observation) -> Iterator[None]:
    """Put each error where it belongs: what was not given out is not false."""
    try:
        yield
    except VerificationError as error:
        where = found.unchecked if error.code in _NOT_GIVEN else found.false
        where.append(Difference.of(_LOG, error))
    except CouldNotCheck as error:
        if error.code.startswith("memory_"):
            raise
        found.unchecked.append(Difference.of(_LOG, error))
