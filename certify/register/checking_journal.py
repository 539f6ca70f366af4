"""Checks the journal itself: each stream's chain, and what must hold across streams."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cells import Unopened
from certify.register.chain import problem_with
from certify.register.checking import Finding, columns_of, moment_of
from certify.register.entries import JournalBody, JournalEntry
from certify.register.places import place_findings

_ROWS_AT_A_TIME = 500


@dataclass(frozen=True)
class Link:
    """One entry of a stream as it stands: number, time, its body when there is one, and what is wrong with it."""

    number: int
    body: bytes | None
    problem: str | None
    recorded_at: datetime | None


async def streams(session: AsyncSession) -> Sequence[str]:
    """Return the names of all streams that have an entry."""
    found = await session.exec(select(JournalEntry.stream).distinct().order_by(JournalEntry.stream))
    # SQLite would keep a name that is no text; its entries are then missing where they belong.
    return [stream for stream in found if isinstance(stream, str)]


async def links(session: AsyncSession, stream: str) -> AsyncIterator[Link]:
    """Yield the entries of a stream in order, each verified against the one before it."""
    query = (
        select(*columns_of(JournalEntry), *columns_of(JournalBody, "salt", "body"))
        .select_from(JournalEntry)
        .outerjoin(
            JournalBody,
            (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number),
        )
        .where(JournalEntry.stream == stream)
        .order_by(col(JournalEntry.number))
    )
    connection = await session.connection()
    number, previous = 0, None
    async with connection.stream(query.execution_options(yield_per=_ROWS_AT_A_TIME)) as rows:
        async for row in rows:
            number += 1
            problem = problem_with(row, row if row.salt is not None else None, number, previous)
            # After a gap the count goes on from what stands there: one missing entry is one finding.
            number, previous = (row.number if isinstance(row.number, int) else number), row.digest
            at = moment_of(row.recorded_at)
            recorded_at = at if isinstance(at, datetime) else None
            if isinstance(row.body, Unopened):
                problem = f"the body {row.body.why}"
            body = None if isinstance(row.body, Unopened) else row.body
            yield Link(number=number, body=body, problem=problem, recorded_at=recorded_at)


async def across_streams(session: AsyncSession) -> AsyncIterator[Finding]:
    """Yield what is wrong between streams: an act recorded twice, a body of no entry, a place or time changed."""
    twice = select(JournalEntry.act_id).group_by(col(JournalEntry.act_id)).having(func.count() > 1)
    for act_id in await session.exec(twice.where(col(JournalEntry.act_id).is_not(None))):
        yield Finding(where=f"act {act_id}", what="is recorded more than once", code="act_twice")
    entry = select(JournalEntry.number).where(
        JournalEntry.stream == JournalBody.stream, JournalEntry.number == JournalBody.number
    )
    for stream, number in await session.exec(select(JournalBody.stream, JournalBody.number).where(~entry.exists())):
        yield Finding(where=f"{stream} {number}", what="a body without an entry", code="body_without_entry")
    async for finding in place_findings(session):
        yield finding
