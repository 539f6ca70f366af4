"""People declare their standing ties: employer, clients, paid work, ownership, family (ISO/IEC 17065, 4.2)."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.people import STREAM
from certify.register import journal
from schemas.record_events import TiesDeclared
from schemas.records import Batch, PendingEntry
from schemas.ties import Ties


async def declare(
    session: AsyncSession, *, person: str, ties: Ties, now: datetime, authn: str, request_id: str = "none"
) -> int:
    """Record all ties of a person, in the place of what they declared before; returns the entry's number."""
    event = TiesDeclared(at=now, actor=person, person=person, ties=ties)
    number = await journal.next_number(session, STREAM)
    entry = PendingEntry(
        number=number,
        kind=event.kind,
        version=event.version,
        at=now,
        actor=person,
        authn=authn,
        request_id=request_id,
        body=event.model_dump(mode="json"),
    )
    return await journal.append(session, Batch(stream=STREAM, entries=(entry,)))
