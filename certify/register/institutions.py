"""Who holds which seat: as elected; before any election, as the roles say (Code, II-2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters, people
from schemas.institution import THE_BODY, Institution
from schemas.people import InstitutionFacts, PersonFacts, Role
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.seats import day_of, facts_of


@dataclass(frozen=True)
class Seats:
    """Who may form an electorate now: what acts that open one come with, and pages show before.

    Attributes:
        people: what is known of members and substitutes, and of the appeal pool where it was asked for.
    """

    seated: tuple[str, ...]
    institution: InstitutionFacts
    people: Mapping[str, PersonFacts]

    def as_facts(self) -> dict[str, Any]:
        """Return them as fields of an act."""
        return {"seated": self.seated, "institution": self.institution, "people": self.people}


async def find(session: AsyncSession) -> Institution | None:
    """Return the institutions as folded, None before anything was recorded of them."""
    return await matters.find(session, Institution, INSTITUTION.name, THE_BODY)


async def facts(session: AsyncSession, *, now: datetime | None = None) -> InstitutionFacts:
    """Return who holds which seat now, or at another moment."""
    members = await people.serving(session, Role.COMMISSIONER)
    pool = await people.serving(session, Role.APPEAL_MEMBER)
    by_roles = InstitutionFacts(
        commission=tuple(member.person for member in members), appeal_pool=tuple(one.person for one in pool)
    )
    state = await find(session)
    return by_roles if state is None else facts_of(state, by_roles, day_of(now or datetime.now(UTC)))


async def seats(session: AsyncSession, *, appeal_pool: bool = False) -> Seats:
    """Return who may form an electorate now, of the appeal pool too where that decides."""
    held = await facts(session)
    pool = held.appeal_pool if appeal_pool else ()
    known = await people.facts_of(session, sorted({*held.commission, *held.substitutes, *pool}))
    return Seats(seated=held.commission, institution=held, people=known)
