"""People as the record knows them: opaque ids with roles; names and sign-in live in `certify.accounts`."""

from collections.abc import Iterable, Sequence

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import access_ends, account_views, ties
from certify.register.columns import from_words, words
from certify.register.entries import JournalEntry
from schemas.account_events import AccountEvent
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted, RetentionApplied, TiesDeclared
from schemas.records import Entry


class PersonRecord(SQLModel, table=True):
    """A view: the roles of a person."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    roles: str
    organisation: str | None = Field(default=None, index=True)
    areas: str
    entry: int

    @property
    def facts(self) -> PersonFacts:
        """What an act by or about this person is judged by."""
        return PersonFacts(
            person=self.id,
            roles=tuple(Role(role) for role in from_words(self.roles)),
            organisation=self.organisation,
            areas=from_words(self.areas),
            entry=self.entry,
        )


async def admitted_by(session: AsyncSession, person: str) -> str | None:
    """Return who admitted somebody, `engine` for the operator; None where the record tells of no admission."""
    at_entry = (col(JournalEntry.stream) == "people") & (col(JournalEntry.number) == PersonRecord.entry)
    query = select(JournalEntry.content).join(PersonRecord, at_entry).where(PersonRecord.id == person)
    content = (await session.exec(query)).first()
    return Entry.model_validate_json(content).actor if content is not None else None


PeopleEvent = PersonAdmitted | TiesDeclared | AccountEvent | RetentionApplied


async def apply(session: AsyncSession, _: str, number: int, event: PeopleEvent) -> None:
    """Admit a person, or keep what they declared or how they prove who they are."""
    if isinstance(event, TiesDeclared):
        await ties.apply(session, number, event)
    elif isinstance(event, PersonAdmitted):
        session.add(row_of(number, event))
        await session.flush()
    elif not isinstance(event, RetentionApplied):  # what it tells of stands in no view
        await account_views.apply(session, number, event)


def row_of(number: int, event: PersonAdmitted) -> PersonRecord:
    """Return the row of a person who was admitted."""
    return PersonRecord(
        id=event.person,
        roles=words(event.roles),
        organisation=event.organisation,
        areas=words(event.areas),
        entry=number,
    )


async def find(session: AsyncSession, person: str) -> PersonFacts | None:
    """Return a person's facts."""
    row = await session.get(PersonRecord, person)
    return (await ties.with_ties(session, [row.facts]))[0] if row else None


async def with_role(session: AsyncSession, role: Role) -> Sequence[PersonFacts]:
    """Return everyone who holds a role."""
    everyone = (row.facts for row in (await session.exec(select(PersonRecord))).all())
    found = sorted((facts for facts in everyone if facts.has(role)), key=lambda facts: facts.person)
    return await ties.with_ties(session, found)


async def serving(session: AsyncSession, role: Role) -> Sequence[PersonFacts]:
    """Return everyone who holds a role and whose access has not ended: whom one may ask or draw."""
    gone = await access_ends.ended(session)
    return [facts for facts in await with_role(session, role) if facts.person not in gone]


async def facts_of(session: AsyncSession, people: Iterable[str]) -> dict[str, PersonFacts]:
    """Return the facts of those of these people who are known."""
    found = [await find(session, person) for person in people]
    return {facts.person: facts for facts in found if facts is not None}


async def serving_of(session: AsyncSession, people: Iterable[str]) -> dict[str, PersonFacts]:
    """Return the facts of those of these people who are known and whose access has not ended: whom one may ask."""
    gone = await access_ends.ended(session)
    return await facts_of(session, (one for one in people if one not in gone))
