"""How long the steps of a case took, and whether within the scheme's clocks (procedure, What is public)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.identifiers import ENGINE
from schemas.scheme_calendar import EVERY_WEEK, Calendar
from schemas.scheme_tiers import SlaWorkingDays
from workflows.rules.deadlines import after_working_time, working_days_after, working_time_between


class Step(StrEnum):
    """A step that the body owes by a clock, named as in the scheme's tiers."""

    APPLICATION_REVIEW = "application_review"
    EVALUATION = "evaluation"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of a case: what, when, and by whom."""

    kind: str
    at: datetime
    actor: str


_BEGINS = {
    "application_lodged": Step.APPLICATION_REVIEW,
    "plan_approved": Step.EVALUATION,
    "evaluation_closed": Step.DECISION,
    "referred_to_commission": Step.DECISION,
}
_ENDS = {
    "application_accepted": Step.APPLICATION_REVIEW,
    "application_declined": Step.APPLICATION_REVIEW,
    "evaluation_closed": Step.EVALUATION,
    "decision_taken": Step.DECISION,
}
_STOPPED, _RESUMED = "clock_stopped", "clock_resumed"
KINDS = frozenset({*_BEGINS, *_ENDS, _STOPPED, _RESUMED})
"""Kinds of entries by which steps begin and end, and by which their clock stands still in between."""

Stops = Sequence[tuple[datetime, datetime]]
"""Since when a clock stood still, and when it ran again."""


def steps_taken(history: Iterable[Happened], calendar: Calendar = EVERY_WEEK) -> Iterator[tuple[Step, int]]:
    """Yield each step that was finished, with the working days it took.

    A step that was begun again, as when a plan was approved anew, counts from its last beginning. What a gate
    declines by rule is no review. Of the steps one at most is under way when a clock stops, and it is that one's.
    """
    begun: dict[Step, datetime] = {}
    stops: list[tuple[datetime, datetime]] = []
    stopped: datetime | None = None
    for entry in history:
        ended = _ENDS.get(entry.kind)
        if ended in begun and not (entry.kind == "application_declined" and entry.actor == ENGINE):
            yield ended, working_days_between(begun.pop(ended), entry.at, stops, calendar)
        if entry.kind in _BEGINS:
            begun[_BEGINS[entry.kind]], stops = entry.at, []
        if entry.kind == _STOPPED:
            stopped = stopped or entry.at
        if entry.kind == _RESUMED and stopped is not None:
            stops.append((stopped, entry.at))
            stopped = None


def working_days_between(
    start_at: datetime, end_at: datetime, stops: Stops = (), calendar: Calendar = EVERY_WEEK
) -> int:
    """Return the shortest clock in working days within which something was done that ended at `end_at`."""
    due_at, taken = start_at, 0
    while _moved(due_at, stops, calendar) < end_at:
        due_at, taken = working_days_after(due_at, 1, calendar), taken + 1
    return taken


def _moved(due_at: datetime, stops: Stops, calendar: Calendar) -> datetime:
    """Return a deadline as the stops of its clock move it (`workflows.rules.clocks.resumed`)."""
    for stopped_at, resumed_at in stops:
        if stopped_at < due_at:
            due_at = after_working_time(resumed_at, working_time_between(stopped_at, due_at, calendar), calendar)
    return due_at


def is_within(step: Step, taken: int, clock: SlaWorkingDays) -> bool:
    """Tell whether a step kept the clock of its tier."""
    return taken <= int(getattr(clock, step.value))
