"""What hearings, substitutes, voided rounds and reopened decisions change in a case (stages 8 and 9)."""

from collections.abc import Callable
from typing import Any

from schemas import events as ev
from schemas.case import Case
from schemas.event import Event
from schemas.stages import Stage
from workflows.rules.case.fold_correction import CORRECTION
from workflows.rules.case.fold_tier import NOT_REPORTED
from workflows.rules.case.hearing import ON_REQUEST_SINCE

Changes = dict[str, Any]

HEARING_CALLED = "hearing_called"
SENT_BACK = "sent_back"
REOPENED = "reopened"
RAN_OUT = "evidence_ran_out"
NOT_HEARD: Changes = {"hearing": None, "hearing_due_at": None, "hearing_waived": False}


def in_last_round(case: Case, **changes: Any) -> Changes:
    """Return the change of the last round."""
    return {"rounds": (*case.rounds[:-1], case.rounds[-1].model_copy(update=changes))}


def without_part_of(case: Case, person: str) -> Changes:
    """Return what an interest takes out of a case: a recommendation or a report that others must give anew."""
    changes: Changes = {}
    if person == case.rapporteur:
        changes |= {"rapporteur": None, "recommendation": None}
        if case.stage in {Stage.DECISION, Stage.ATTESTATION}:
            changes["stage"] = Stage.RECOMMENDATION
    if person == case.third_party:
        changes |= NOT_REPORTED
    return changes


def _called(case: Case, event: ev.HearingCalled) -> Changes:
    changes: Changes = {"hearing_due_at": event.due_at, "hearing_waived": False}
    last = case.rounds[-1] if case.rounds else None
    if last is None or last.proposed_tier is not None or last.tally is None or not last.tally.quorum_reached:
        return changes
    if last.set_aside is not None and case.edition >= ON_REQUEST_SINCE:
        # Whoever asks after a decision was reopened changes nothing about why it was.
        return changes
    return {**changes, **in_last_round(case, set_aside=HEARING_CALLED)}


def _back_to_applicant(case: Case, event: ev.CaseSentBack | ev.EvidenceRanOut) -> Changes:
    """What was found stays to be read: it says what is to be supplemented."""
    return {
        "stage": Stage.EVIDENCE,
        "evidence_due_at": event.evidence_due_at,
        "recommendation": None,
        "stops": {name: stop for name, stop in case.stops.items() if name == CORRECTION},
        "due": {},
        **NOT_HEARD,
    }


def _sent_back(case: Case, event: ev.CaseSentBack) -> Changes:
    back = _back_to_applicant(case, event)
    return {**back, "sent_back": case.sent_back + 1, **in_last_round(case, set_aside=SENT_BACK)}


def _ran_out(case: Case, event: ev.EvidenceRanOut) -> Changes:
    """A round that was counted and not set aside is, whatever was voted: nothing follows from it."""
    back, last = _back_to_applicant(case, event), case.rounds[-1] if case.rounds else None
    if last is None or last.proposed_tier is not None or last.tally is None or not last.tally.quorum_reached:
        return back
    return back if last.set_aside is not None else {**back, **in_last_round(case, set_aside=RAN_OUT)}


def _voided(case: Case, event: ev.RoundVoided) -> Changes:
    """Its ballots were never counted, and nobody is to read them."""
    return in_last_round(case, closed_at=event.at, set_aside=event.reason, ballots={})


def _reopened(case: Case, _: ev.DecisionReopened) -> Changes:
    assert case.decision is not None
    changes: Changes = {
        "stage": Stage.DECISION,
        "reopened": (*case.reopened, case.decision),
        "decision": None,
        "released_by": None,
        "release_proof": None,
        "signing_refused": None,
        **in_last_round(case, set_aside=REOPENED),
    }
    for person in (case.rapporteur, case.third_party):
        if person is not None and case.has_interest(person):
            changes |= without_part_of(case, person)
    return changes


OF_DECISION: dict[type[Event], Callable[[Case, Any], Changes]] = {
    ev.SubstituteDrawn: lambda case, e: in_last_round(case, electorate=(*case.rounds[-1].electorate, e.member)),
    ev.HearingAskedFor: lambda _, e: {"hearing_asked": e.statement},
    ev.HearingCalled: _called,
    ev.HearingWaived: lambda _case, _e: {"hearing_waived": True},
    ev.CaseSentBack: _sent_back,
    ev.EvidenceRanOut: _ran_out,
    ev.RoundVoided: _voided,
    ev.DecisionReopened: _reopened,
    ev.SigningRefused: lambda _, e: {"signing_refused": e.code},
}
