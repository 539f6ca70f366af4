"""The Register of participants (Code, II-2.4)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.columns import words
from schemas.people import ParticipantFacts
from schemas.record_events import ParticipantEntered


class ParticipantRecord(SQLModel, table=True):
    """A view: an organisation that joined the Code."""

    __tablename__ = "participant"

    organisation: str = Field(primary_key=True)
    name: str = Field(index=True)
    country: str
    roles: str
    entered_at: datetime
    ethics_officer: str | None = None
    officer_contact: str | None = None
    entry: int


async def apply(session: AsyncSession, organisation: str, number: int, event: ParticipantEntered) -> None:
    """Enter an organisation."""
    session.add(row_of(organisation, number, event))
    await session.flush()


def row_of(organisation: str, number: int, event: ParticipantEntered) -> ParticipantRecord:
    """Return the row of an entry in the Register."""
    return ParticipantRecord(
        organisation=organisation,
        name=event.name,
        country=event.country,
        roles=words(event.roles),
        entered_at=event.at,
        ethics_officer=event.ethics_officer,
        officer_contact=event.officer_contact,
        entry=number,
    )


async def find(session: AsyncSession, organisation: str) -> ParticipantRecord | None:
    """Return the Register entry of an organisation."""
    return await session.get(ParticipantRecord, organisation)


async def every(session: AsyncSession) -> Sequence[ParticipantRecord]:
    """Return the whole Register, by name."""
    return (await session.exec(select(ParticipantRecord).order_by(col(ParticipantRecord.name)))).all()


async def facts(session: AsyncSession, organisation: str) -> ParticipantFacts:
    """Return what the Register says of an organisation now."""
    row = await find(session, organisation)
    if row is None:
        return ParticipantFacts(organisation=organisation)
    return ParticipantFacts(
        organisation=organisation,
        entered_at=row.entered_at,
        officer_named=row.ethics_officer is not None,
        officer_reachable=row.officer_contact is not None,
        entry=row.entry,
    )
