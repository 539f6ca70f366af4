"""Who holds which seat: as elected; before any election, as the roles say (Code, II-2.3)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import people
from schemas.people import InstitutionFacts, Role


async def facts(session: AsyncSession) -> InstitutionFacts:
    """Return who holds which seat now."""
    members = await people.with_role(session, Role.COMMISSIONER)
    pool = await people.with_role(session, Role.APPEAL_MEMBER)
    return InstitutionFacts(
        commission=tuple(member.person for member in members), appeal_pool=tuple(one.person for one in pool)
    )
