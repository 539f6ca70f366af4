"""Who holds which seat: as elected; before any election, as the roles say (Code, II-2.3)."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters, people
from schemas.institution import THE_BODY, Institution
from schemas.people import InstitutionFacts, Role
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.seats import day_of, facts_of


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
