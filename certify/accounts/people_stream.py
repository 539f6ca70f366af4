"""Appends to the stream `people`: everything that the record holds of people goes through here."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.security_events import tell
from certify.register import journal
from schemas.event import Event
from schemas.records import Batch, PendingEntry

STREAM = "people"


async def hold(session: AsyncSession) -> None:
    """Keep other writers from the stream until this transaction ends: whoever looks first finds what is there."""
    await journal.next_number(session, STREAM)


async def record(session: AsyncSession, events: Sequence[Event], *, authn: str, request_id: str = "none") -> int:
    """Append events, tell of them, and return the number of the last one's entry; the transaction is the caller's.

    Raises:
        Unavailable: `not_told`.
    """
    first = await journal.next_number(session, STREAM)
    entries = tuple(
        PendingEntry.of(event, number, authn=authn, request_id=request_id)
        for number, event in enumerate(events, start=first)
    )
    for event in events:
        person = getattr(event, "person", None)
        tell(session, event.kind, person, actor=event.actor, authn=authn, request_id=request_id)
    return await journal.append(session, Batch(stream=STREAM, entries=entries))
