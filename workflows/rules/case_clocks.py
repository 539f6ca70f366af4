"""The deadlines of a certification: who is waited for, and by when (procedure, stages 2 to 9)."""

from collections.abc import Iterator

from schemas.case import Case
from schemas.clocks import Clock, Party
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.correction import correction_clocks
from workflows.rules.deadlines import working_days_after
from workflows.rules.hearing import hearing_clocks


def clocks_of(case: Case, rules: SchemeRules) -> tuple[Clock, ...]:
    """Return the deadlines that run in a case now, with those that stand still."""
    return tuple(_as_moved(case, clock) for clock in _clocks(case, rules))


def _as_moved(case: Case, clock: Clock) -> Clock:
    stop = case.stops.get(clock.name) or case.stops.get(clock.kind)
    due_at = case.due.get(clock.name, clock.due_at)
    return clock.model_copy(update={"due_at": due_at, "stopped_at": stop.stopped_at if stop else None})


def _clocks(case: Case, rules: SchemeRules) -> Iterator[Clock]:
    if case.stage == Stage.INTAKE:
        days = rules.tiers[case.tier].sla_working_days.application_review
        due_at = working_days_after(case.lodged_at, days, rules.clocks.calendar)
        yield Clock(name="intake", waits_for=Party.SECRETARIAT, started_at=case.lodged_at, due_at=due_at)
    if case.stage == Stage.EVIDENCE and case.accepted_at and case.evidence_due_at:
        yield Clock(
            name="evidence",
            waits_for=Party.APPLICANT,
            started_at=case.accepted_at,
            due_at=case.evidence_due_at,
            has_effect=True,
        )
    if case.stage in {Stage.CORRECTION, Stage.EVALUATION}:
        yield from correction_clocks(case)
    yield from hearing_clocks(case, rules)
    vote = case.open_round
    if case.stage == Stage.DECISION and vote is not None:
        yield Clock(
            name="round",
            waits_for=Party.COMMISSION,
            started_at=vote.opened_at,
            due_at=vote.closes_at,
            has_effect=True,
        )
