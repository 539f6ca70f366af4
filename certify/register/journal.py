"""The journal: append-only, chained by stream, written only through `append`.

An entry is stored as the very RFC 8785 bytes that were hashed. Its body lies in a table of its own with 16
random bytes of salt, so that a body can be erased one day and the chain still verifies.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.entries import JournalBody, JournalEntry, body_digest, entry_digest
from certify.register.projection import project
from schemas.canonical import canonical_json
from schemas.errors import Unavailable
from schemas.records import Batch, Entry, PendingEntry, Receipt


class StreamForked(Exception):  # noqa: N818  # the word of the design; an alarm, not a refusal
    """The stream holds something else at these numbers; nothing was written."""


async def append(session: AsyncSession, batch: Batch) -> int:
    """Append a batch to its stream, update the views, and return the number of its last entry.

    The same batch again changes nothing. The transaction is the caller's (`Database.writing`).

    Raises:
        StreamForked: the stream holds another entry at one of these numbers, or the act another entry.
        Unavailable: entries before this batch are not there yet; the same call may be made again.
    """
    await _lock(session, batch.stream)
    head = await head_of(session, batch.stream)
    last = head.number if head else 0
    if batch.entries[0].number > last + 1:
        raise Unavailable("stream_gap", f"{batch.stream} ends at {last}; entry {batch.entries[0].number} came early.")
    for pending in batch.entries:
        if pending.number <= last:
            await _compare(session, batch.stream, pending)
        else:
            head = await _insert(session, batch.stream, pending, head)
            last = head.number
    return batch.entries[-1].number


async def _lock(session: AsyncSession, stream: str) -> None:
    # SQLite needs none: a writing session holds the whole file from its first statement.
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:stream))"), {"stream": stream})


async def head_of(session: AsyncSession, stream: str) -> JournalEntry | None:
    """Return the last entry of a stream."""
    query = select(JournalEntry).where(JournalEntry.stream == stream).order_by(col(JournalEntry.number).desc())
    return (await session.exec(query.limit(1))).first()


async def next_number(session: AsyncSession, stream: str) -> int:
    """Return the number the next entry of a stream takes, and keep others from taking it meanwhile."""
    await _lock(session, stream)
    head = await head_of(session, stream)
    return head.number + 1 if head else 1


async def _compare(session: AsyncSession, stream: str, pending: PendingEntry) -> None:
    query = select(JournalEntry, JournalBody).where(
        JournalEntry.stream == stream,
        JournalEntry.number == pending.number,
        JournalBody.stream == stream,
        JournalBody.number == pending.number,
    )
    row = (await session.exec(query)).first()
    if row is None or row[0].act_id != pending.act_id or row[1].body != canonical_json(pending.body):
        raise StreamForked(f"{stream} holds another entry {pending.number}")


async def _insert(session: AsyncSession, stream: str, pending: PendingEntry, head: JournalEntry | None) -> JournalEntry:
    if pending.act_id is not None and await receipt_of(session, pending.act_id) is not None:
        raise StreamForked(f"act {pending.act_id} is recorded elsewhere than at {stream} {pending.number}")
    salt, body = secrets.token_bytes(16), canonical_json(pending.body)
    entry = Entry(
        stream=stream,
        previous=head.digest if head else None,
        body_digest=body_digest(salt, body),
        **pending.model_dump(exclude={"body"}),
    )
    content = canonical_json(entry)
    row = JournalEntry(
        stream=stream,
        number=entry.number,
        kind=entry.kind,
        act_id=entry.act_id,
        digest=entry_digest(content),
        content=content,
        recorded_at=datetime.now(UTC),
    )
    session.add(row)
    session.add(JournalBody(stream=stream, number=entry.number, salt=salt, body=body))
    await session.flush()
    await project(session, stream, pending.number, pending.body)
    return row


async def receipt_of(session: AsyncSession, act_id: str) -> Receipt | None:
    """Return the receipt of a recorded act."""
    row = (await session.exec(select(JournalEntry).where(JournalEntry.act_id == act_id))).first()
    if row is None:
        return None
    return Receipt(act_id=act_id, stream=row.stream, number=row.number, digest=row.digest, recorded_at=row.recorded_at)


async def recorded_act_digest(session: AsyncSession, act_id: str) -> str | None:
    """Return the digest of the act recorded under a key."""
    row = (await session.exec(select(JournalEntry).where(JournalEntry.act_id == act_id))).first()
    return Entry.model_validate_json(row.content).act_digest if row else None


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
