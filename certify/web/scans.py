"""Counts the answers about labels in memory, and writes the counts now and then; a crash loses half a minute of them.

Only what the answer itself says is counted: which label, which UTC day, which way. The request is not looked at.
"""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from enum import StrEnum

import structlog
from sqlalchemy.exc import SQLAlchemyError

from certify.register import scan_counts
from certify.register.database import Database

log = structlog.get_logger()

EVERY = 30.0
"""Seconds between two writings."""


class Way(StrEnum):
    """How somebody came to an answer about a label."""

    CODE = "code"
    NUMBER = "number"
    BADGE = "badge"


class ScanCounter:
    """What was counted since it was last written."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, date, str]] = Counter()

    def count(self, label_id: str, way: Way, at: datetime) -> None:
        """Count one answer about a label of the directory."""
        self._counts[label_id, at.astimezone(UTC).date(), way.value] += 1

    async def write(self, database: Database) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        counted, self._counts = self._counts, Counter()
        if not counted:
            return
        try:
            async with database.writing() as session:
                await scan_counts.add(session, counted)
        except (SQLAlchemyError, OSError) as error:
            self._counts.update(counted)
            log.warning("scans_not_written", error=type(error).__name__)

    async def keep_writing(self, database: Database) -> None:
        """Write until cancelled; a writing that is under way then ends first: cut off, it would lose what it took."""
        while True:
            await asyncio.sleep(EVERY)
            writing = asyncio.ensure_future(self.write(database))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing
                raise
