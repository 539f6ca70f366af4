"""The journal: append-only, chained by stream, written only through `append`.

An entry is stored as the very RFC 8785 bytes that were hashed. Its body lies in a table of its own with 16
random bytes of salt, so that a body can be erased one day and the chain still verifies.
"""

import json
import secrets
from datetime import UTC, datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import places
from certify.register.database import hold
from certify.register.entries import SALT_BYTES, JournalBody, JournalEntry, body_digest, entry_digest, salted_digest
from certify.register.projection import project
from certify.register.streams import head_of, receipt_of
from schemas.canonical import canonical_json
from schemas.errors import Unavailable
from schemas.records import Batch, Entry, PendingEntry

JOURNAL = "journal"
"""What a writer holds until its entries are there: whoever reads up to a position has read all that lies before it, and
the public log takes the entries in that order (docs/decisions/0021)."""


class StreamForked(Exception):  # noqa: N818  # the word of the design; an alarm, not a refusal
    """The stream holds something else at these numbers; nothing was written."""


async def append(session: AsyncSession, batch: Batch) -> int:
    """Append a batch to its stream, update the views, and return the number of its last entry.

    The same batch again changes nothing. The transaction is the caller's (`Database.writing`).

    Raises:
        StreamForked: the stream holds another entry at one of these numbers, or the act another entry.
        Unavailable: entries before this batch are not there yet; the same call may be made again.
    """
    await hold(session, JOURNAL)
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
    await places.seal(session)
    return batch.entries[-1].number


async def next_number(session: AsyncSession, stream: str) -> int:
    """Return the number the next entry of a stream takes, and keep others from taking it meanwhile."""
    await hold(session, JOURNAL)
    head = await head_of(session, stream)
    return head.number + 1 if head else 1


async def _compare(session: AsyncSession, stream: str, pending: PendingEntry) -> None:
    query = select(JournalEntry, JournalBody).where(
        JournalEntry.stream == stream,
        JournalEntry.number == pending.number,
        JournalBody.stream == JournalEntry.stream,
        JournalBody.number == JournalEntry.number,
    )
    row = (await session.exec(query)).first()
    if row is None or row[0].act_id != pending.act_id or row[1].body != canonical_json(pending.body):
        raise StreamForked(f"{stream} holds another entry {pending.number}")


async def _insert(session: AsyncSession, stream: str, pending: PendingEntry, head: JournalEntry | None) -> JournalEntry:
    if pending.act_id is not None and await receipt_of(session, pending.act_id) is not None:
        raise StreamForked(f"act {pending.act_id} is recorded elsewhere than at {stream} {pending.number}")
    salt, body = secrets.token_bytes(SALT_BYTES), canonical_json(pending.body)
    salted = {"act_digest": salted_digest(salt, pending.act_digest)} if pending.act_digest else {}
    entry = Entry(
        stream=stream,
        previous=head.digest if head else None,
        body_digest=body_digest(salt, body),
        **{**pending.model_dump(exclude={"body"}), **salted},
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
    # From the stored bytes: views that are folded anew out of the journal are the same byte by byte (I9).
    await project(session, stream, pending.number, json.loads(body))
    return row
