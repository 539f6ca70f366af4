"""The deadlines of a certification: who is waited for, and by when (procedure, stages 2 to 9)."""

from collections.abc import Callable, Iterator
from datetime import datetime

from schemas.case import Case
from schemas.clocks import Clock, Party
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.attestation import awaits_release
from workflows.rules.case.correction import correction_clocks
from workflows.rules.case.hearing import hearing_clocks
from workflows.rules.case.interests import lookups_stand, plan_stands
from workflows.rules.case.third_party import DRAWN_IN, can_act, report_time, reports_next
from workflows.rules.clocks import (
    EVALUATION,
    EVERY_STAGE_TIMED_SINCE,
    INTAKE,
    REPLANNING_AWAITED_SINCE,
    WHO_CAN_ACT_REMINDED_SINCE,
)
from workflows.rules.deadlines import working_days_after

Clocks = Iterator[Clock]


def clocks_of(case: Case, rules: SchemeRules) -> tuple[Clock, ...]:
    """Return the deadlines that run in a case now, with those that stand still."""
    if case.is_over:
        return ()
    found = _OF_STAGE[case.stage](case, rules)
    moved = (_as_moved(case, clock) for part in (found, _assignments(case), _round(case, rules)) for clock in part)
    if case.edition < WHO_CAN_ACT_REMINDED_SINCE:  # what reminders say goes on record
        return tuple(moved)
    return tuple(_of_who_can_act(case, clock) for clock in moved)


def shown_clocks(case: Case, rules: SchemeRules) -> tuple[Clock, ...]:
    """Return the deadlines that run, with the own time of a third party who owes a report.

    That one brings nothing about and reminds nobody: the secretariat may relieve whoever lets it pass. In cases of
    every edition a clock is shown to wait for who can act.
    """
    return (*(_of_who_can_act(case, clock) for clock in clocks_of(case, rules)), *_report(case, rules))


def _of_who_can_act(case: Case, clock: Clock) -> Clock:
    """Return a clock that waits for the secretariat where it first plans, looks up or draws anew."""
    goes_on = _GO_ON.get(clock.kind)
    return clock if goes_on is None or goes_on(case) else clock.model_copy(update={"waits_for": Party.SECRETARIAT})


def goes_on_to_commission(case: Case) -> bool:
    """Whether the rapporteur can recommend: one is named, and nobody judges or looks up anew before."""
    return case.rapporteur is not None and bool(plan_stands(case)) and bool(lookups_stand(case))


def goes_on_to_third_party(case: Case) -> bool:
    """Whether a round waits for the report of somebody drawn who can make it, and for nothing of the secretariat."""
    drawn = case.third_party_drawn
    stands = bool(plan_stands(case)) and bool(lookups_stand(case))
    return stands and drawn is not None and reports_next(case) and can_act(case, drawn)


_GO_ON: dict[str, Callable[[Case], bool]] = {
    EVALUATION: lambda case: bool(plan_stands(case)),
    "recommendation": goes_on_to_commission,
    "round_opening": goes_on_to_third_party,
}
"""By the kind of a clock that waits for others than the secretariat, whether they can act."""


def _report(case: Case, rules: SchemeRules) -> Clocks:
    drawn = case.third_party_drawn
    if case.stage in DRAWN_IN and drawn is not None and reports_next(case) and can_act(case, drawn):
        started_at, due_at = report_time(case, rules)
        yield Clock(name="third_party_report", waits_for=Party.THIRD_PARTY, started_at=started_at, due_at=due_at)


def _as_moved(case: Case, clock: Clock) -> Clock:
    """Return a clock as stops have moved it."""
    stop = case.stops.get(clock.name) or case.stops.get(clock.kind)
    moved: dict[str, object] = {"stopped_at": stop.stopped_at if stop else None}
    if clock.name in case.due:
        moved |= {"due_at": case.due[clock.name], "started_at": case.resumed.get(clock.name, clock.started_at)}
    return clock.model_copy(update=moved)


def _intake(case: Case, rules: SchemeRules) -> Clocks:
    days = rules.tiers[case.tier].sla_working_days.application_review
    due_at = working_days_after(case.lodged_at, days, rules.clocks.calendar)
    yield Clock(name=INTAKE, waits_for=Party.SECRETARIAT, started_at=case.lodged_at, due_at=due_at)
    yield from _questions(case)


def _questions(case: Case) -> Clocks:
    """Yield the clocks of what the applicant was asked; the last to pass sets the reviewers' clock going again."""
    asked = [one for one in case.open_questions if one.stage == case.stage]
    waiting = EVALUATION in case.stops and case.disputed_tier is None
    last = max((one.due_at for one in asked), default=None) if waiting else None
    for one in asked:
        yield Clock(
            name=f"question/{one.number}",
            waits_for=Party.APPLICANT,
            started_at=one.asked_at,
            due_at=one.due_at,
            has_effect=one.due_at == last,
        )


def _evidence(case: Case, _: SchemeRules) -> Clocks:
    started_at = case.stage_since or case.accepted_at
    if started_at is None or case.evidence_due_at is None:
        return
    yield Clock(
        name="evidence",
        waits_for=Party.APPLICANT,
        started_at=started_at,
        due_at=case.evidence_due_at,
        has_effect=True,
    )


def _assignments(case: Case) -> Clocks:
    for one in case.assignments.values():
        if one.accepted is None and one.answer_due_at is not None:
            yield Clock(
                name=f"assignment/{one.reviewer}",
                waits_for=Party.REVIEWER,
                started_at=one.assigned_at,
                due_at=one.answer_due_at,
                has_effect=True,
            )


def _evaluation(case: Case, _: SchemeRules) -> Clocks:
    if case.evaluation_due_at is None:
        return
    yield Clock(
        name=EVALUATION,
        waits_for=Party.REVIEWER if _somebody_judges(case) else Party.SECRETARIAT,
        started_at=case.stage_since or case.lodged_at,
        due_at=case.evaluation_due_at,
    )
    yield from _questions(case)
    yield from correction_clocks(case)


def _somebody_judges(case: Case) -> bool:
    return case.edition < REPLANNING_AWAITED_SINCE or bool(plan_stands(case))


def _correction(case: Case, _: SchemeRules) -> Clocks:
    yield from correction_clocks(case)


def _recommendation(case: Case, rules: SchemeRules) -> Clocks:
    """Yield the rapporteur's clock; without a figure of its own in the scheme it has the Commission's term."""
    if case.stage_since is not None:
        due_at = _term_of_decision(case, case.stage_since, rules)
        party = Party.COMMISSION if case.rapporteur else Party.SECRETARIAT
        yield Clock(name="recommendation", waits_for=party, started_at=case.stage_since, due_at=due_at)
    yield from hearing_clocks(case, rules)


def _term_of_decision(case: Case, started_at: datetime, rules: SchemeRules) -> datetime:
    return working_days_after(started_at, rules.tiers[case.tier].sla_working_days.decision, rules.clocks.calendar)


def _planning(case: Case, rules: SchemeRules) -> Clocks:
    """Yield the secretariat's clock; it runs while experts have their own time to say yes or no."""
    if case.edition >= EVERY_STAGE_TIMED_SINCE and case.stage_since is not None:
        due_at = working_days_after(case.stage_since, rules.clocks.planning_working_days, rules.clocks.calendar)
        yield Clock(name="planning", waits_for=Party.SECRETARIAT, started_at=case.stage_since, due_at=due_at)


def _round(case: Case, rules: SchemeRules) -> Clocks:
    vote = case.open_round
    if vote is None:
        yield from _round_opening(case, rules)
    else:
        yield Clock(
            name="round",
            waits_for=Party.COMMISSION,
            started_at=vote.opened_at,
            due_at=vote.closes_at,
            has_effect=True,
        )


def _round_opening(case: Case, rules: SchemeRules) -> Clocks:
    """Yield the clock of a round that is to be opened, of whoever it waits for; not while the applicant is heard."""
    since = case.round_awaited_since
    heard = not any(hearing_clocks(case, rules))
    if since is not None and (case.disputed_tier is not None or (case.stage == Stage.DECISION and heard)):
        reports = case.disputed_tier is None and reports_next(case)
        yield Clock(
            name="round_opening",
            waits_for=Party.THIRD_PARTY if reports else Party.SECRETARIAT,
            started_at=since,
            due_at=working_days_after(since, rules.clocks.round_opening_working_days, rules.clocks.calendar),
        )


def _attestation(case: Case, rules: SchemeRules) -> Clocks:
    """Yield the label officer's clock; without a figure of its own in the scheme it has the Commission's term."""
    if case.decision is not None and awaits_release(case):
        started_at = case.decision.decided_at
        due_at = _term_of_decision(case, started_at, rules)
        yield Clock(name="release", waits_for=Party.LABEL_OFFICER, started_at=started_at, due_at=due_at)


_OF_STAGE: dict[Stage, Callable[[Case, SchemeRules], Clocks]] = {
    Stage.INTAKE: _intake,
    Stage.EVIDENCE: _evidence,
    Stage.PLANNING: _planning,
    Stage.EVALUATION: _evaluation,
    Stage.CORRECTION: _correction,
    Stage.RECOMMENDATION: _recommendation,
    Stage.DECISION: hearing_clocks,
    Stage.ATTESTATION: _attestation,
}
