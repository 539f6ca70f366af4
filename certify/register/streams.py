"""Reads the journal: streams in order, the last entry of one, receipts. Writing is `certify.register.journal`."""

import json
from collections.abc import Sequence

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.entries import JournalBody, JournalEntry, salted_digest
from schemas.records import Entry, Receipt


async def head_of(session: AsyncSession, stream: str) -> JournalEntry | None:
    """Return the last entry of a stream."""
    query = select(JournalEntry).where(JournalEntry.stream == stream).order_by(col(JournalEntry.number).desc())
    return (await session.exec(query.limit(1))).first()


async def last_of_kind(
    session: AsyncSession, stream: str, kind: str, *, before: int | None = None
) -> JournalEntry | None:
    """Return the last entry of a kind in a stream, or the last one before a number."""
    query = select(JournalEntry).where(JournalEntry.stream == stream, JournalEntry.kind == kind)
    if before is not None:
        query = query.where(JournalEntry.number < before)
    return (await session.exec(query.order_by(col(JournalEntry.number).desc()).limit(1))).first()


async def receipt_of(session: AsyncSession, act_id: str) -> Receipt | None:
    """Return the receipt of a recorded act."""
    row = (await session.exec(select(JournalEntry).where(JournalEntry.act_id == act_id))).first()
    if row is None:
        return None
    return Receipt(
        act_id=act_id,
        stream=row.stream,
        number=row.number,
        kind=row.kind,
        digest=row.digest,
        recorded_at=row.recorded_at,
    )


async def is_recorded_act(session: AsyncSession, act_id: str, act_digest: str) -> bool:
    """Whether this very act is what is recorded under its key."""
    query = (
        select(JournalEntry.content, JournalBody.salt)
        .join(
            JournalBody,
            (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number),
        )
        .where(JournalEntry.act_id == act_id)
    )
    row = (await session.exec(query)).first()
    return row is not None and Entry.model_validate_json(row[0]).act_digest == salted_digest(row[1], act_digest)


async def bodies(session: AsyncSession, stream: str) -> Sequence[bytes]:
    """Return the bodies of a stream in order."""
    query = select(JournalBody.body).where(JournalBody.stream == stream).order_by(col(JournalBody.number))
    return (await session.exec(query)).all()


async def entries_with_bodies(
    session: AsyncSession, stream: str
) -> Sequence[tuple[JournalEntry, dict[str, JsonValue]]]:
    """Return the entries of a stream in order, each with what it says."""
    found = zip(await entries(session, stream), await bodies(session, stream), strict=True)
    return [(entry, json.loads(body)) for entry, body in found]


async def entries(session: AsyncSession, stream: str) -> Sequence[JournalEntry]:
    """Return the entries of a stream in order."""
    query = select(JournalEntry).where(JournalEntry.stream == stream).order_by(col(JournalEntry.number))
    return (await session.exec(query)).all()


async def body_at(session: AsyncSession, stream: str, number: int) -> bytes | None:
    """Return the body of one entry of a stream, None when there is none."""
    query = select(JournalBody.body).where(JournalBody.stream == stream, JournalBody.number == number)
    return (await session.exec(query)).first()


async def entry_at(session: AsyncSession, stream: str, number: int) -> JournalEntry | None:
    """Return one entry of a stream, None when there is none."""
    query = select(JournalEntry).where(JournalEntry.stream == stream, JournalEntry.number == number)
    return (await session.exec(query)).first()
