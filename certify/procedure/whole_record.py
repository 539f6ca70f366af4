"""Does the record still hold all that witnesses saw in the log? A database restored to an earlier state does not.

Then a label that was withdrawn since could look as if it were in force, and one issued since as if it had never been.
Until people have restored the rest, neither is said, and nothing is decided, changed or recorded (security I6, I22,
F24).
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Self

import structlog

from certify.config import Settings
from certify.register import public_log
from certify.register.database import Database
from certify.vault.public_keys import PublicKeys
from certify.vault.published import PublishedFiles, published_files
from certify.vault.published_paths import STOPPED
from certify.vault.witnessed_log import PresentPolicy, last_logged, last_witnessed
from labels.log.checkpoints import Policy
from schemas.errors import CouldNotCheck, Unavailable
from schemas.public_log import LogEntry

log = structlog.get_logger()

ASKED_AGAIN_AFTER = timedelta(seconds=10)
BEHIND_ASKED_AGAIN_AFTER = timedelta(seconds=1)
BEHIND = "record_behind_log"


class WholeRecord:
    """The question, answered anew every few seconds."""

    def __init__(self, database: Database, files: PublishedFiles, policy: Callable[[], Policy]) -> None:
        self._database, self._files, self._policy = database, files, policy
        self._asked_at: datetime | None = None
        self._last_digests: dict[str, str] = {}
        self._is_whole = True

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """Return the question about an installation's record and what it published."""
        assert settings.key_set_file is not None
        keys = PublicKeys(settings.key_set_file)
        policy = PresentPolicy(keys, origin=settings.log_origin, quorum=settings.witness_quorum)
        return cls(database, published_files(settings.published_url), policy)

    async def require_for_acts(self) -> None:
        """Refuse to change a record that lacks what was logged.

        Raises:
            Unavailable: `record_behind_log`.
        """
        try:
            await self.require(datetime.now(UTC))
        except CouldNotCheck as error:
            raise Unavailable(BEHIND, "The record is being restored; nothing can be done until it is whole.") from error

    async def require(self, now: datetime) -> None:
        """Refuse to answer out of a record that lacks what was logged.

        Raises:
            CouldNotCheck: `record_behind_log`.
        """
        again = ASKED_AGAIN_AFTER if self._is_whole else BEHIND_ASKED_AGAIN_AFTER
        if self._asked_at is None or abs(now - self._asked_at) >= again:
            self._is_whole, self._asked_at = await self._ask(), now
        if not self._is_whole:
            raise behind()

    async def _ask(self) -> bool:
        try:
            code = await asyncio.to_thread(self._files.read, STOPPED + "code")
            can_tell = await asyncio.to_thread(self._read_log)
        except OSError as error:
            # Files that are away keep nobody from the standing; what was read before still counts, and a label is in
            # force by its proof only, which lies there too.
            log.warning("log_away", error=type(error).__name__)
            code, can_tell = None, True
        if code is not None or not can_tell:
            return False
        async with self._database.reading() as session:
            return all([await public_log.holds(session, digest) for digest in self._last_digests.values()])

    def _read_log(self) -> bool:
        """Read the last entry that was logged and that was witnessed; tell whether anything is known of a log there is.

        Raises:
            OSError: the files are away.
        """
        failed = 0
        for name, read in (("logged", last_logged), ("witnessed", self._last_witnessed)):
            try:
                last = read(self._files)
            except CouldNotCheck as error:
                log.warning("log_unreadable", error=error.code)
                failed += 1
            else:
                self._last_digests |= {name: last.digest} if last is not None else {}
        return failed == 0 or bool(self._last_digests)

    def _last_witnessed(self, files: PublishedFiles) -> LogEntry | None:
        return last_witnessed(files, self._policy)


def behind() -> CouldNotCheck:
    """Return the refusal."""
    return CouldNotCheck(BEHIND, "The record lacks entries of the log; it is being restored.")
