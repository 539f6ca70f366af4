"""Decisions as the record has them: the document from which one is recomputed, made from verified entries."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.chain import ChainBroken, verified_events
from certify.register.schemes import scheme_in_record
from certify.register.signed_acts import signed_acts
from schemas.decision_record import DecisionRecord, record_of
from schemas.errors import NotFound, OutOfOrder, Unavailable
from schemas.event import Event
from schemas.events import CASE_EVENTS, DecisionTaken
from workflows.options import case_stream
from workflows.rules.case.fold import fold


async def decision_record(session: AsyncSession, application: str) -> DecisionRecord:
    """Return the record of a case's decision: the case as that entry left it, and its scheme.

    What happened after the decision, an interest declared late for example, is no part of it.

    Raises:
        NotFound: `unknown_application`.
        OutOfOrder: `not_decided`: there is no decision, or a round is open again.
        Unavailable: `record_broken`: the chain does not hold; `certify check` names the entry.
    """
    try:
        events = [CASE_EVENTS.validate_json(body) async for body in verified_events(session, case_stream(application))]
        if not events:
            raise NotFound("unknown_application", "There is no such application.")
        case = fold(_up_to_the_decision(events))
        signed = await signed_acts(session, events)
        return record_of(case, await scheme_in_record(session, case.lodged.scheme), signed)
    except ChainBroken as broken:
        raise Unavailable("record_broken", f"The record does not hold: {broken}.") from broken


def _up_to_the_decision(events: Sequence[Event]) -> Sequence[Event]:
    """Return the events up to the decision that stands: the last one, unless a round was opened after it."""
    decisions = [place for place, event in enumerate(events, start=1) if isinstance(event, DecisionTaken)]
    if not decisions or fold(events).open_round is not None:
        raise OutOfOrder("not_decided", "This case is not decided.")
    return events[: decisions[-1]]
