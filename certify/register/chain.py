"""Verifies a stream: dense numbers, each entry naming the one before, each body the one that was hashed."""

from collections.abc import AsyncIterator

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.entries import SALT_BYTES, JournalBody, JournalEntry, body_digest, entry_digest
from schemas.records import Entry

BODY_MISSING = "the body is missing"


class ChainBroken(Exception):  # noqa: N818  # a finding, not a fault of the program
    """An entry is not what the chain says; the message names it."""


async def verified_events(session: AsyncSession, stream: str) -> AsyncIterator[bytes]:
    """Yield the bodies of a stream, each after its entry was verified.

    Raises:
        ChainBroken: at the first entry that does not hold.
    """
    async for row, body in verified_entries(session, stream):
        if body is None:
            raise ChainBroken(f"{stream} {row.number}: {BODY_MISSING}")
        yield body


async def verified_entries(session: AsyncSession, stream: str) -> AsyncIterator[tuple[JournalEntry, bytes | None]]:
    """Yield the entries of a stream, each once it was verified, with its body; None where that was erased.

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
    previous = None
    for number, (row, body) in enumerate((await session.exec(query)).all(), start=1):
        problem = problem_with(row, body, number, previous)
        if problem and problem != BODY_MISSING:
            raise ChainBroken(f"{stream} {number}: {problem}")
        previous = row.digest
        yield row, body.body if body is not None else None


def problem_with(row: JournalEntry, body: JournalBody | None, number: int, previous: str | None) -> str | None:
    """Return what is wrong with an entry at a place in its stream, None when all holds."""
    try:
        return _problem_with(row, body, number, previous)
    except TypeError:
        return "a column holds another kind of value"  # SQLite takes any value in any column


def _problem_with(  # noqa: PLR0911  # one line a thing that can be wrong, in the order in which it is looked at
    row: JournalEntry, body: JournalBody | None, number: int, previous: str | None
) -> str | None:
    if row.number != number:
        return f"the number {row.number} stands here"
    if entry_digest(row.content) != row.digest:
        return "the entry is not the one that was hashed"
    try:
        entry = Entry.model_validate_json(row.content)
    except ValueError:
        return "is no entry"
    if (entry.stream, entry.number, entry.kind, entry.act_id) != (row.stream, row.number, row.kind, row.act_id):
        return "a column differs from the entry"
    if entry.previous != previous:
        return "does not follow the entry before it"
    if body is None:
        return BODY_MISSING
    # Salt and body are hashed as one string: without its length the border between them could be moved.
    if len(body.salt) != SALT_BYTES or body_digest(body.salt, body.body) != entry.body_digest:
        return "the body is not the one that was hashed"
    return None
