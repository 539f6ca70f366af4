"""What amendments, questions, clocks, the tier and the search for reviewers change in a case (stages 2 to 4)."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from schemas import events as ev
from schemas.case import Case, TierRaise
from schemas.clocks import Stop
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.stages import Stage
from workflows.rules.clocks import with_reminder

Changes = dict[str, Any]
T = TypeVar("T")
NOT_REPORTED: Changes = dict.fromkeys(
    ("third_party", "third_party_report", "third_party_summary", "third_party_signed")
)
"""What a case is without the neutral third party's report."""


def without(known: Mapping[str, T], name: str) -> dict[str, T]:
    """Return what is known by name, less one."""
    return {key: value for key, value in known.items() if key != name}


def without_stop(case: Case, clock: str) -> Changes:
    """Return the change by which a clock stands still no longer; nothing where it ran."""
    return {"stops": without(case.stops, clock)} if clock in case.stops else {}


def _amended(_: Case, event: ev.ApplicationAmended) -> Changes:
    return {"lodged": event.lodged, "not_applicable": event.not_applicable, "assessment": event.assessment}


def _answered(case: Case, event: ev.QuestionAnswered) -> Changes:
    return {
        "questions": tuple(
            one.model_copy(update={"answer": event.answer, "answered_at": event.at})
            if one.number == event.number
            else one
            for one in case.questions
        )
    }


def _stopped(case: Case, event: ev.ClockStopped) -> Changes:
    return {"stops": {**case.stops, event.clock: Stop(stopped_at=event.at, due_at=event.due_at)}}


def _resumed(case: Case, event: ev.ClockResumed) -> Changes:
    return {
        "stops": without(case.stops, event.clock),
        "due": {**case.due, event.clock: event.due_at},
        "resumed": {**case.resumed, event.clock: event.at},
    }


def _raised(case: Case, event: ev.TierRaised) -> Changes:
    """A higher tier is a new beginning at the evidence: what was judged stands where it still can."""
    step = TierRaise(
        before=case.tier,
        tier=event.tier,
        round=event.round,
        disputed=case.disputed_tier is not None,
        confirmation=case.confirmation if event.cause == "dispute" else None,
    )
    return {
        "stage": Stage.EVIDENCE,
        "raised_tier": event.tier,
        "raises": (*case.raises, step),
        "disputed_tier": None,
        "evidence_due_at": event.evidence_due_at,
        "plan": None,
        "results": (),
        "nonconformities": {},
        "rapporteur": None,
        "recommendation": None,
        "hearing": None,
        "hearing_due_at": None,
        "hearing_waived": False,
        "stops": {},
        "due": {},
    }


def _silent(case: Case, event: ev.AssignmentLapsed) -> Changes:
    lapsed = case.assignments[event.reviewer].model_copy(update={"accepted": False})
    return {"assignments": {**case.assignments, event.reviewer: lapsed}}


def _third_party_drawn(case: Case, event: ev.ThirdPartyDrawn) -> Changes:
    """Whoever is drawn reports; a report on earlier evidence by somebody drawn before counts no more.

    The next of the same pool is drawn by the same seed, which rests on the plan that was in force at first.
    """
    is_next = event.seed == case.third_party_seed and event.actor == ENGINE
    plan = case.plan.digest if case.plan else None
    return {
        "third_party_plan": case.third_party_plan if is_next else plan,
        "third_party_entry": event.entry,
        "third_party_drawn": event.person,
        "third_party_drawn_at": event.at,
        "third_party_pool": event.pool,
        "third_party_seed": event.seed,
        "third_party_origin": event.origin,
        **NOT_REPORTED,
    }


OF_TIER_AND_QUESTIONS: dict[type[Event], Callable[[Case, Any], Changes]] = {
    ev.ApplicationAmended: _amended,
    ev.QuestionAsked: lambda case, e: {"questions": (*case.questions, e.question)},
    ev.QuestionAnswered: _answered,
    ev.ReminderGiven: lambda case, e: {"reminded": with_reminder(case.reminded, e)},
    ev.ClockStopped: _stopped,
    ev.ClockResumed: _resumed,
    ev.AnswersConfirmed: lambda _, e: {"confirmation": e.confirmation, "disputed_tier": None},
    ev.TierDisputeReferred: lambda _, e: {"disputed_tier": e.tier},
    ev.TierKept: lambda _, e: {"disputed_tier": None, "tier_kept_in": e.round},
    ev.TierRaised: _raised,
    ev.ReviewersProposed: lambda _, e: {"bench": e.reserves, "proposal": e.proposal},
    ev.AssignmentLapsed: _silent,
    ev.ThirdPartyDrawn: _third_party_drawn,
}
