"""Who acts for an organisation, and whether anything stands on record in its name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, matters
from certify.register.entries import JournalEntry
from certify.register.matters import MatterRecord, state_of
from certify.register.people import PersonRecord
from schemas.people import PersonFacts, Role
from schemas.records import Entry
from workflows.options import matter_stream
from workflows.rules.case.interests import free_of_interest
from workflows.rules.matter.organisations import ORGANISATION
from workflows.rules.permission import free_of_party

_PEOPLE: Final = "people"


class ActsFor(NamedTuple):
    """Somebody who was admitted to act for an organisation; their access may have ended since."""

    facts: PersonFacts
    since: datetime


def acts_for(person: PersonFacts, organisation: str) -> bool:
    """Whether somebody acts for an organisation; who is only employed there does not."""
    return person.organisation == organisation and person.has(Role.APPLICANT)


async def everyone(session: AsyncSession, organisation: str) -> Sequence[ActsFor]:
    """Return everybody who was ever admitted to act for an organisation, in that order."""
    at_entry = (col(JournalEntry.stream) == _PEOPLE) & (col(JournalEntry.number) == PersonRecord.entry)
    query = (
        select(PersonRecord, JournalEntry.content)
        .join(JournalEntry, at_entry)
        .where(PersonRecord.organisation == organisation)
        .order_by(col(PersonRecord.entry))
    )
    rows = (await session.exec(query)).all()
    return [
        ActsFor(row.facts, Entry.model_validate_json(content).at)
        for row, content in rows
        if acts_for(row.facts, organisation)
    ]


async def is_empty(session: AsyncSession, organisation: str) -> bool:
    """Whether nobody ever acted for an organisation, and no case and no matter is in its name.

    Its place in the Register is a matter; drafts belong to people, so whoever has one acts for it.
    """
    if await everyone(session, organisation):
        return False
    own_place = await session.get(MatterRecord, matter_stream(ORGANISATION.name, organisation))
    return own_place is None and not (
        await cases.of_organisation(session, organisation) or await matters.of_organisation(session, organisation)
    )


async def is_free(session: AsyncSession, person: PersonFacts, organisation: str) -> bool:
    """Whether no tie and no interest binds somebody to an organisation, and it keeps them out of none of its cases."""
    of_cases = [free_of_interest(case, person) for case in await cases.of_organisation(session, organisation)]
    rows = await matters.of_organisation(session, organisation)
    of_matters = [state_of(row).has_interest(person.person) for row in rows]
    return bool(free_of_party(organisation, person)) and all(of_cases) and not any(of_matters)
