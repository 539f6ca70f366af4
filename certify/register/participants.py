"""The Register of participants (Code, II-2.4): who joined, whom to ask, and who has left."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters, relations
from certify.register.columns import words
from schemas.accession import GroupDeclared
from schemas.event import Event
from schemas.extract import SignedExtract
from schemas.organisation import EntryProposal, JoinApplication, OfficerState, Organisation
from schemas.people import ParticipantFacts


class ParticipantRecord(SQLModel, table=True):
    """A view: an organisation that joined the Code; it stays when it leaves, with the day.

    Attributes:
        address: as the organisation gave it for publication, None where it gave none.
        entry: the last entry of its stream that changed what the Register says.
        officer_contact: as published.
        extract: the last signed extract, as JSON.
    """

    __tablename__ = "participant"

    organisation: str = Field(primary_key=True)
    name: str = Field(index=True)
    country: str
    address: str | None = None
    roles: str
    entered_at: datetime
    left_at: datetime | None = None
    ethics_officer: str | None = None
    officer_contact: str | None = None
    officer_due_at: datetime | None = None
    officer_state: str
    has_ethics_commission: bool
    ethics_commission: str | None = None
    extract: str | None = Field(default=None, sa_type=Text)
    entry: int

    @property
    def is_participant(self) -> bool:
        """Whether it stands in the Register now."""
        return self.left_at is None

    @property
    def signed_extract(self) -> SignedExtract | None:
        """The last extract that the signer made."""
        return SignedExtract.model_validate_json(self.extract) if self.extract else None


async def follow(session: AsyncSession, state: Organisation, event: Event) -> None:
    """Bring the Register up to date with an organisation."""
    following = row_of(state)
    if following is not None:
        row = await session.get(ParticipantRecord, state.id)
        session.add(following if row is None else row.sqlmodel_update(following.model_dump()))
        await session.flush()
    if isinstance(event, GroupDeclared):
        await relations.replace(session, state)


def row_of(state: Organisation) -> ParticipantRecord | None:
    """Return the Register entry of an organisation; None before its first."""
    if state.entered_at is None or state.name is None or state.country is None:
        return None
    return ParticipantRecord(
        organisation=state.id,
        name=state.name,
        country=state.country,
        address=state.address,
        roles=words(state.roles),
        entered_at=state.entered_at,
        left_at=state.left_at,
        ethics_officer=state.officer,
        officer_contact=state.public_contact,
        officer_due_at=state.officer_due_at,
        officer_state=state.officer_state.value,
        has_ethics_commission=state.has_ethics_commission,
        ethics_commission=state.ethics_commission,
        extract=state.extract.model_dump_json() if state.extract else None,
        entry=state.register_entry,
    )


def rows_of(state: Organisation) -> tuple[SQLModel, ...]:
    """Return every row that an organisation makes of the views."""
    row = row_of(state)
    return (*([row] if row is not None else []), *relations.rows_of(state))


async def find(session: AsyncSession, organisation: str) -> ParticipantRecord | None:
    """Return the Register entry of an organisation, also of one that has left."""
    return await session.get(ParticipantRecord, organisation)


async def address_of(session: AsyncSession, organisation: str) -> str | None:
    """Return the postal address of an organisation: as in the Register, else as in its application to join."""
    state = await matters.find(session, Organisation, "organisation", organisation)
    if state is None:
        return None
    if state.is_participant or state.application is None:
        return state.address
    return state.application.address


async def joining(session: AsyncSession, organisation: str) -> JoinApplication | EntryProposal | None:
    """Return the entry that an organisation waits for: as it applied to join, or as the secretariat proposed it."""
    state = await matters.find(session, Organisation, "organisation", organisation)
    if state is None:
        return None
    applied = state.application
    return applied if applied is not None and applied.is_undecided else state.waiting_entry


async def every(session: AsyncSession) -> Sequence[ParticipantRecord]:
    """Return the whole Register, by name, with those who have left."""
    return (await session.exec(select(ParticipantRecord).order_by(col(ParticipantRecord.name)))).all()


async def namesake(session: AsyncSession, name: str, country: str, *, apart_from: str) -> str | None:
    """Return another organisation that stands in the Register of a country under a name, in any case of letters."""
    query = select(ParticipantRecord).where(
        ParticipantRecord.country == country,
        col(ParticipantRecord.left_at).is_(None),
        ParticipantRecord.organisation != apart_from,
    )
    found = (await session.exec(query)).all()
    return next((row.organisation for row in found if row.name.casefold() == name.casefold()), None)


async def facts(session: AsyncSession, organisation: str) -> ParticipantFacts:
    """Return what the Register says of an organisation now; one that has left is in it no more."""
    row = await find(session, organisation)
    if row is None:
        return ParticipantFacts(organisation=organisation)
    return ParticipantFacts(
        organisation=organisation,
        entered_at=row.entered_at if row.is_participant else None,
        officer_named=row.officer_state == OfficerState.NAMED,
        officer_reachable=row.officer_contact is not None,
        entry=row.entry,
    )


async def group_of(session: AsyncSession, organisation: str) -> tuple[str, ...]:
    """Return the group of an organisation, itself included, over any number of parents and subsidiaries, sorted."""
    return await relations.group_of(session, organisation)
