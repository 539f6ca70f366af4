"""The facts an act in a matter is judged by, as the record has them just before it is sent."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import institutions, participants, people
from certify.register.involvement import concerned_by
from schemas.act import Act
from schemas.complaint import Complaint, FileComplaint
from schemas.matter import Matter, MatterAct

Facts = dict[str, Any]


async def with_matter_facts(session: AsyncSession, act: Act, state: Matter | None) -> Act:
    """Return the act with its facts."""
    facts: Facts = {}
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
    for need in sorted(act.needs & set(_READERS)):
        facts |= await _READERS[need](session, act, state)
    return act.model_copy(update=facts)


async def _named(session: AsyncSession, act: Act, _: Matter | None) -> Facts:
    assert isinstance(act, MatterAct)
    return {"people": await people.facts_of(session, act.named)}


async def _concerned(session: AsyncSession, act: Act, state: Matter | None) -> Facts:
    label_id = act.label if isinstance(act, FileComplaint) else None
    if isinstance(state, Complaint):
        label_id = state.label
    return {"concerned": await concerned_by(session, label_id)}


_READERS: Final[dict[str, Callable[[AsyncSession, Act, Matter | None], Awaitable[Facts]]]] = {
    "concerned": _concerned,
    "named": _named,
}
"""How a fact is read that only some kinds of matter need."""
