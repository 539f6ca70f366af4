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
from certify.vault.witnessed_log import PresentPolicy, last_witnessed
from labels.log.checkpoints import Policy
from schemas.errors import CouldNotCheck, Unavailable

log = structlog.get_logger()

ASKED_AGAIN_AFTER = timedelta(seconds=10)
BEHIND = "record_behind_log"


class WholeRecord:
    """The question, answered anew every few seconds."""

    def __init__(self, database: Database, files: PublishedFiles, policy: Callable[[], Policy]) -> None:
        self._database, self._files, self._policy = database, files, policy
        self._asked_at: datetime | None = None
        self._last_digest: str | None = None
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
        if self._asked_at is None or abs(now - self._asked_at) >= ASKED_AGAIN_AFTER:
            self._is_whole, self._asked_at = await self._ask(), now
        if not self._is_whole:
            raise behind()

    async def _ask(self) -> bool:
        try:
            last = await asyncio.to_thread(last_witnessed, self._files, self._policy())
            self._last_digest = last.digest if last is not None else self._last_digest
        except (OSError, CouldNotCheck) as error:
            # Files that are away keep nobody from the standing; what was read before still counts.
            log.warning("log_unreadable", error=type(error).__name__)
        if self._last_digest is None:
            return True
        async with self._database.reading() as session:
            return await public_log.holds(session, self._last_digest)


def behind() -> CouldNotCheck:
    """Return the refusal."""
    return CouldNotCheck(BEHIND, "The record lacks entries of the log; it is being restored.")
