"""The facts an act in a matter is judged by, as the record has them just before it is sent."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.procedure.label_facts import with_fresh_file, with_label_facts
from certify.register import institutions, participants, people
from schemas.act import Act
from schemas.label_acts import AssignSurveillanceReviewer, LabelAct, OfferFreshEvidence
from schemas.label_life import LabelLife
from schemas.matter import Matter


async def with_stored(session: AsyncSession, act: Act, state: Matter | None) -> Act:
    """Return the act with the content that the store knows of it, if there is any.

    Raises:
        NotFound: `not_in_store`.
    """
    if isinstance(act, OfferFreshEvidence) and isinstance(state, LabelLife):
        return await with_fresh_file(session, act, state)
    return act


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
    if isinstance(act, AssignSurveillanceReviewer):
        facts["people"] = await people.facts_of(session, [act.reviewer])
    organisation = state.organisation if state is not None else act.actor.organisation
    if "participant" in act.needs and organisation is not None:
        facts["participant"] = await participants.facts(session, organisation)
    act = act.model_copy(update=facts)
    if isinstance(act, LabelAct) and isinstance(state, LabelLife):
        return await with_label_facts(session, act, state)
    return act
