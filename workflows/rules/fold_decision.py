"""What hearings, substitutes, voided rounds and reopened decisions change in a case (stages 8 and 9)."""

from collections.abc import Callable
from typing import Any

from schemas import events as ev
from schemas.case import Case
from schemas.event import Event
from schemas.stages import Stage

Changes = dict[str, Any]


def _in_last_round(case: Case, **changes: Any) -> Changes:
    return {"rounds": (*case.rounds[:-1], case.rounds[-1].model_copy(update=changes))}


def _sent_back(case: Case, event: ev.CaseSentBack) -> Changes:
    return {
        "stage": Stage.EVIDENCE,
        "sent_back": case.sent_back + 1,
        "evidence_due_at": event.evidence_due_at,
        "results": (),
        "recommendation": None,
        "hearing": None,
        "hearing_due_at": None,
        "hearing_waived": False,
        "stops": {},
        "due": {},
    }


def _reopened(case: Case, _: ev.DecisionReopened) -> Changes:
    assert case.decision is not None
    return {
        "stage": Stage.DECISION,
        "reopened": (*case.reopened, case.decision),
        "decision": None,
        "released_by": None,
        "signing_refused": None,
    }


OF_DECISION: dict[type[Event], Callable[[Case, Any], Changes]] = {
    ev.SubstituteDrawn: lambda case, e: _in_last_round(case, electorate=(*case.rounds[-1].electorate, e.member)),
    ev.HearingCalled: lambda _, e: {"hearing_due_at": e.due_at, "hearing_waived": False},
    ev.HearingWaived: lambda _case, _e: {"hearing_waived": True},
    ev.CaseSentBack: _sent_back,
    ev.RoundVoided: lambda case, e: _in_last_round(case, closed_at=e.at),
    ev.DecisionReopened: _reopened,
    ev.SigningRefused: lambda _, e: {"signing_refused": e.code},
}
