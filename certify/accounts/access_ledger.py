"""The ledger of openings: the stream `access/…` of each case says who opened which item; no entry, no bytes (T28).

That of a complaint says who saw or erased how the complainant can be reached.
"""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import bindparam, func, text
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from certify.accounts.security_events import tell
from certify.register import journal, streams
from certify.register.database import hold
from schemas.errors import Unavailable
from schemas.event import Event
from schemas.record_events import ContactErased, ContactOpened, EvidenceOpened
from schemas.records import Batch, Entry, PendingEntry

WINDOW: Final = timedelta(hours=1)


class TooManyOpenings(Unavailable):
    """A person opened as many items in an hour as one may; `seconds` until the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too_many_openings", "You opened very many files within an hour; please go on a little later.")
        self.seconds = seconds


class OpeningCount(SQLModel, table=True):
    """Working table: how many items a person opened in a minute."""

    __tablename__ = "opening_count"

    person: str = Field(primary_key=True)
    minute: datetime = Field(primary_key=True)
    count: int


def stream_of(application: str) -> str:
    """Return the stream that tells who opened the evidence of a case, or the contact of a complaint."""
    return f"access/{application}"


async def enter(
    session: AsyncSession, application: str, event: EvidenceOpened, *, authn: str, request_id: str, an_hour: int
) -> int:
    """Enter an opening and return its number; the bytes may go when the transaction has ended.

    Raises:
        TooManyOpenings: the person opened `an_hour` items within an hour; nothing is entered.
    """
    await _count(session, event.person, event.at, an_hour)
    return await _append(session, stream_of(application), event, authn=authn, request_id=request_id)


async def enter_contact(
    session: AsyncSession, complaint: str, event: ContactOpened | ContactErased, *, authn: str, request_id: str
) -> int:
    """Enter that somebody saw or erased how a complainant can be reached, and tell whoever watches (I11).

    Raises:
        Unavailable: `not_told`.
    """
    tell(session, event.kind, event.person, at=event.at, authn=authn, request_id=request_id)
    return await _append(session, stream_of(complaint), event, authn=authn, request_id=request_id)


async def _append(session: AsyncSession, stream: str, event: Event, *, authn: str, request_id: str) -> int:
    entry = PendingEntry.of(event, await journal.next_number(session, stream), authn=authn, request_id=request_id)
    return await journal.append(session, Batch(stream=stream, entries=(entry,)))


async def openings(session: AsyncSession, application: str) -> list[tuple[Entry, EvidenceOpened]]:
    """Return every opening of a case's evidence, in order; an entry whose body was erased is left out."""
    rows = await streams.entries_with_bodies(session, stream_of(application))
    return [(Entry.model_validate_json(row.content), EvidenceOpened.model_validate(body)) for row, body in rows]


# One statement: on PostgreSQL two openings at once would both read and one count would be lost.
_ONE_MORE = text(
    "INSERT INTO opening_count (person, minute, count) VALUES (:person, :minute, 1) "
    "ON CONFLICT (person, minute) DO UPDATE SET count = opening_count.count + 1"
).bindparams(bindparam("minute", type_=UTCDateTime()))


async def _count(session: AsyncSession, person: str, now: datetime, an_hour: int) -> None:
    await hold(session, f"openings/{person}")
    await session.exec(delete(OpeningCount).where(col(OpeningCount.minute) <= now - WINDOW))
    mine = select(func.coalesce(func.sum(OpeningCount.count), 0), func.min(OpeningCount.minute)).where(
        OpeningCount.person == person
    )
    number, first = (await session.exec(mine)).one()
    if number >= an_hour:
        raise TooManyOpenings(_seconds_until(first, now))
    minute = now.replace(second=0, microsecond=0)
    await (await session.connection()).execute(_ONE_MORE, {"person": person, "minute": minute})


def _seconds_until(first: datetime, now: datetime) -> int:
    """Return after how many seconds the first minute that counts is an hour old."""
    begun = first if first.tzinfo else first.replace(tzinfo=UTC)
    return max(1, ceil((begun + WINDOW - now).total_seconds()))
