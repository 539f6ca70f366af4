"""Verifies a stream: dense numbers, each entry naming the one before, each body the one that was hashed."""

from collections.abc import AsyncIterator

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.entries import JournalBody, JournalEntry, body_digest, entry_digest
from schemas.records import Entry


class ChainBroken(Exception):  # noqa: N818  # a finding, not a fault of the program
    """An entry is not what the chain says; the message names it."""


async def verified_events(session: AsyncSession, stream: str) -> AsyncIterator[bytes]:
    """Yield the bodies of a stream, each after its entry was verified.

    Raises:
        ChainBroken: at the first entry that does not hold.
    """
    query = (
        select(JournalEntry, JournalBody)
        .outerjoin(
            JournalBody,
            (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number),
        )
        .where(JournalEntry.stream == stream)
        .order_by(col(JournalEntry.number))
    )
    number, previous = 0, None
    for row, body in (await session.exec(query)).all():
        number += 1
        problem = problem_with(row, body, number, previous)
        if problem:
            raise ChainBroken(f"{stream} {number}: {problem}")
        previous = row.digest
        yield body.body


def problem_with(row: JournalEntry, body: JournalBody | None, number: int, previous: str | None) -> str | None:
    """Return what is wrong with an entry at a place in its stream, None when all holds."""
    if row.number != number:
        return f"the number {row.number} stands here"
    if entry_digest(row.content) != row.digest:
        return "the entry is not the one that was hashed"
    entry = Entry.model_validate_json(row.content)
    if (entry.stream, entry.number, entry.kind, entry.act_id) != (row.stream, row.number, row.kind, row.act_id):
        return "a column differs from the entry"
    if entry.previous != previous:
        return "does not follow the entry before it"
    if body is None:
        return "the body is missing"
    if body_digest(body.salt, body.body) != entry.body_digest:
        return "the body is not the one that was hashed"
    return None
