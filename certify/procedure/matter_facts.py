"""The facts an act in a matter is judged by, as the record has them just before it is sent."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import institutions, participants, people
from schemas.act import Act
from schemas.matter import Matter


async def with_matter_facts(session: AsyncSession, act: Act, state: Matter | None) -> Act:
    """Return the act with its facts."""
    facts: dict[str, Any] = {}
    if act.needs & {"seated", "institution"}:
        seats = await institutions.facts(session)
        everyone = {*seats.commission, *seats.substitutes, *seats.appeal_pool}
        facts |= {
            "institution": seats,
            "seated": seats.commission,
            "people": await people.facts_of(session, sorted(everyone)),
        }
    organisation = state.organisation if state is not None else act.actor.organisation
    if "participant" in act.needs and organisation is not None:
        facts["participant"] = await participants.facts(session, organisation)
    return act.model_copy(update=facts)
