"""What readers of the published log believe: the policy out of the present keys, and the last entry witnesses saw."""

from collections.abc import Callable

from certify.vault.published import PublishedFiles
from certify.vault.published_paths import LOG
from labels.key_set import KeySet
from labels.log import checkpoints, notes
from labels.log.checkpoints import Checkpoint, Policy
from labels.log.policy import policy_of
from labels.log.sequencer import CHECKPOINT, HEAD
from labels.log.tiles import TiledLog
from schemas.errors import CouldNotCheck, VerificationError
from schemas.public_log import LogEntry


class PresentPolicy:
    """Whom a reader of the log believes at this moment; the same object as long as the keys are the same."""

    def __init__(self, keys: Callable[[], KeySet], *, origin: str, quorum: int = 1) -> None:
        self._keys, self._origin, self._quorum = keys, origin, quorum
        self._known = KeySet(())
        self._policy = Policy(origin, (), (), quorum)

    def __call__(self) -> Policy:
        """Return the policy of the keys as they are published.

        Raises:
            CouldNotCheck: the keys cannot be read.
        """
        keys = self._keys()
        if keys != self._known:
            self._policy, self._known = policy_of(keys, self._origin, quorum=self._quorum), keys
        return self._policy


class LogFiles:
    """The files of the log among all that are published."""

    def __init__(self, files: PublishedFiles) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        """Return a file of the log."""
        return self._files.read(LOG + path)

    def write(self, path: str, content: bytes) -> None:
        """Keep a file of the log."""
        self._files.write(LOG + path, content)

    def remove_folder(self, path: str) -> None:
        """Take away partial tiles that nobody needs any more."""
        self._files.remove_folder(LOG + path)


def last_witnessed(files: PublishedFiles, policy: Callable[[], Policy]) -> LogEntry | None:
    """Return the last entry of the log that witnesses saw, None while they saw none.

    Raises:
        CouldNotCheck: `log_unreadable`: what is published does not hold; or as `policy`.
        OSError: the published files cannot be reached now.
    """
    return _last_under(LogFiles(files), CHECKPOINT, lambda note: checkpoints.witnessed(note, policy()).checkpoint)


def last_logged(files: PublishedFiles) -> LogEntry | None:
    """Return the last entry that the log signed for, witnessed or not; None where there is no log.

    The signature is not looked at: the record holds more than the log in any case, and must hold this.

    Raises:
        CouldNotCheck, OSError: as `last_witnessed`.
    """
    return _last_under(LogFiles(files), HEAD, lambda note: checkpoints.read(notes.parse(note)))


def _last_under(log: LogFiles, path: str, read: Callable[[bytes], Checkpoint]) -> LogEntry | None:
    note = log.read(path)
    if note is None:
        return None
    try:
        size = read(note).size
        found = [LogEntry.from_bytes(one) for one in TiledLog(log, size).entries(max(size - 1, 0), size)]
    except (VerificationError, ValueError) as error:
        raise CouldNotCheck("log_unreadable", "The published log does not hold.") from error
    return found[-1] if found else None
