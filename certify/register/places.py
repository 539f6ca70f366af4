"""Where each entry of the journal came and when: the two columns that no entry's own bytes speak of, under a seal.

The database gives a position and the clock a time only once an entry is written, so its bytes cannot hold them. The
seal of a place is SHA-256 over the seal before it, position, stream, number and time: order and times cannot be
changed in one cell, nor in one row (docs/decisions/0045).
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.checking import Finding, columns_of, moment_of
from certify.register.entries import JournalEntry

FIRST = "0" * 64
_ROWS_AT_A_TIME = 500


class JournalPlace(SQLModel, table=True):
    """The seal of one position of the journal."""

    __tablename__ = "journal_place"

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seal: str


def seal_of(previous: str, position: int, stream: str, number: int, recorded_at: datetime) -> str:
    """Return the seal of a place; what is hashed never changes, or every journal would have to be sealed anew."""
    time = recorded_at.isoformat(timespec="microseconds")
    return hashlib.sha256(f"{previous}\n{position}\n{number}\n{time}\n{stream}".encode()).hexdigest()


async def seal(session: AsyncSession) -> None:
    """Seal every place that is not sealed yet; the caller holds the journal.

    Usually that is one batch; after a program of an earlier version wrote, it is what that wrote too.
    """
    last = (await session.exec(select(JournalPlace).order_by(col(JournalPlace.position).desc()).limit(1))).first()
    previous, position = (last.seal, last.position) if last is not None else (FIRST, 0)
    query = select(JournalEntry).where(col(JournalEntry.position) > position).order_by(col(JournalEntry.position))
    for entry in (await session.exec(query)).all():
        assert entry.position is not None
        previous = seal_of(previous, entry.position, entry.stream, entry.number, entry.recorded_at)
        session.add(JournalPlace(position=entry.position, seal=previous))
    await session.flush()


async def place_findings(session: AsyncSession) -> AsyncIterator[Finding]:
    """Yield what is wrong with places: one without an entry, one with another seal, an entry without a place."""
    of_entry = columns_of(JournalEntry, "stream", "number", "recorded_at")
    is_there = col(JournalPlace.position) == JournalEntry.position
    query = (
        select(*columns_of(JournalPlace, "position", "seal"), *of_entry)
        .select_from(JournalPlace)
        .outerjoin(JournalEntry, is_there)
        .order_by(col(JournalPlace.position))
    )
    connection, previous = await session.connection(), FIRST
    async with connection.stream(query.execution_options(yield_per=_ROWS_AT_A_TIME)) as rows:
        async for row in rows:
            if row.stream is None:
                yield Finding(where=f"journal_place {row.position}", what="has no entry", code="place_without_entry")
            elif not _holds(row, previous):
                what = "was not recorded at this place and time, or comes after another entry"
                yield Finding(where=f"{row.stream} {row.number}", what=what, code="place_differs")
            previous = row.seal
    without = select(JournalEntry.stream, JournalEntry.number).where(
        ~select(JournalPlace.position).where(is_there).exists()
    )
    for stream, number in await session.exec(without):
        yield Finding(where=f"{stream} {number}", what="its place has no seal", code="place_not_sealed")


def _holds(row: Any, previous: str) -> bool:
    at = moment_of(row.recorded_at)
    seal: str = row.seal
    return isinstance(at, datetime) and seal == seal_of(previous, row.position, row.stream, row.number, at)
