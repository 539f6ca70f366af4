"""The clocks of a complaint: its outcome, and the complainant's time to answer, during which the first stands still."""

from collections.abc import Iterator
from datetime import datetime

from schemas.clocks import Clock, ClockResumed, Party
from schemas.complaint import Complaint, ComplaintQuestionLapsed
from schemas.identifiers import ENGINE
from schemas.scheme import SchemeRules
from workflows.rules.clocks import resumed
from workflows.rules.deadlines import start_of_day

OUTCOME = "complaint"


def outcome_clock(complaint: Complaint) -> Clock:
    """Return the clock of the outcome (scheme, `complaint_days`)."""
    return Clock(
        name=OUTCOME,
        waits_for=Party.SECRETARIAT,
        started_at=start_of_day(complaint.opened_at),
        due_at=complaint.due_at,
        stopped_at=complaint.stop.stopped_at if complaint.stop else None,
    )


def clocks_of(complaint: Complaint, _: SchemeRules) -> Iterator[Clock]:
    """Return what runs until the complaint is decided."""
    if complaint.decision is not None:
        return
    yield outcome_clock(complaint)
    asked = complaint.open_question
    if asked is not None:
        yield Clock(
            name=f"complaint_question/{asked.number}",
            waits_for=Party.COMPLAINANT,
            started_at=asked.asked_at,
            due_at=asked.due_at,
            has_effect=True,
        )


def lapsed(complaint: Complaint, now: datetime, _: SchemeRules) -> ComplaintQuestionLapsed | None:
    """Wait no longer for an answer: whoever complained without an account may never come back."""
    asked = complaint.open_question
    if asked is None or now < asked.due_at:
        return None
    return ComplaintQuestionLapsed(at=now, actor=ENGINE, number=asked.number)


def runs_again(complaint: Complaint, now: datetime, _: SchemeRules) -> ClockResumed | None:
    """Let the clock of the outcome run again when nobody is waited for any more."""
    if complaint.stop is None or complaint.open_question is not None:
        return None
    return resumed(OUTCOME, complaint.stop, now)
