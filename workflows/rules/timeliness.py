"""How long the steps of a case took, and whether within the scheme's clocks (procedure, What is public)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.identifiers import ENGINE
from schemas.scheme_tiers import SlaWorkingDays
from workflows.rules.deadlines import working_days_after


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
KINDS = frozenset({*_BEGINS, *_ENDS})
"""Kinds of entries by which steps begin and end."""


def steps_taken(history: Iterable[Happened]) -> Iterator[tuple[Step, int]]:
    """Yield each step that was finished, with the working days it took.

    A step that was begun again, as when a plan was approved anew, counts from its last beginning. What a gate
    declines by rule is no review.
    """
    begun: dict[Step, datetime] = {}
    for entry in history:
        ended = _ENDS.get(entry.kind)
        if ended in begun and not (entry.kind == "application_declined" and entry.actor == ENGINE):
            yield ended, working_days_between(begun.pop(ended), entry.at)
        if entry.kind in _BEGINS:
            begun[_BEGINS[entry.kind]] = entry.at


def working_days_between(start_at: datetime, end_at: datetime) -> int:
    """Return the shortest clock in working days within which something was done that ended at `end_at`."""
    moment, taken = start_at, 0
    while moment < end_at:
        moment, taken = working_days_after(moment, 1), taken + 1
    return taken


def is_within(step: Step, taken: int, clock: SlaWorkingDays) -> bool:
    """Tell whether a step kept the clock of its tier."""
    return taken <= int(getattr(clock, step.value))
