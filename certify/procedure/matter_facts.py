"""The facts an act in a matter is judged by, as the record has them just before it is sent."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import institutions, labels, participants, people
from schemas.accession import ApplyToJoin, OpenAccessionVote
from schemas.act import Act
from schemas.matter import Matter
from schemas.organisation import Organisation


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
    if isinstance(act, ApplyToJoin | OpenAccessionVote):
        facts["namesake"] = await _namesake(session, act, state)
    if "labels" in act.needs and organisation is not None:
        facts["labels"] = await labels.not_ended(session, organisation, datetime.now(UTC))
    return act.model_copy(update=facts)


async def _namesake(session: AsyncSession, act: ApplyToJoin | OpenAccessionVote, state: Matter | None) -> str | None:
    named = act if isinstance(act, ApplyToJoin) else state.application if isinstance(state, Organisation) else None
    if named is None:
        return None
    return await participants.namesake(session, named.name, named.country, apart_from=act.matter)
