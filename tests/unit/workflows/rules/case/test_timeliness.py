"""How long a step took, and whether within its clock; the two agree to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.identifiers import ENGINE
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import EXPERTS, SECRETARY, START, Walk, scheme
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.timeliness import KINDS, Happened, Step, is_within, steps_taken, working_days_between
from workflows.rules.deadlines import working_days_after

LOW = scheme().rules.tiers[Tier.LOW].sla_working_days
SECOND = timedelta(seconds=1)


def history(walk: Walk) -> list[Happened]:
    return [Happened(kind=event.kind, at=event.at, actor=event.actor) for event in walk.events if event.kind in KINDS]


def happened(kind: str, at: datetime, actor: str = "sofia") -> Happened:
    return Happened(kind=kind, at=at, actor=actor)


@pytest.mark.parametrize("days", [1, 4, 5, 6, 20])
@pytest.mark.parametrize("weekday", range(7))
def test_what_ends_at_the_end_of_a_clock_took_it_whole_and_a_second_later_one_day_more(days: int, weekday: int) -> None:
    start = START + timedelta(days=weekday)
    end = working_days_after(start, days)

    assert working_days_between(start, end) == days
    assert working_days_between(start, end + SECOND) == days + 1


def test_what_is_done_at_once_took_nothing() -> None:
    assert working_days_between(START, START) == 0


def test_a_weekend_counts_as_nothing() -> None:
    friday = START + timedelta(days=4)

    assert working_days_between(friday, friday + timedelta(days=3)) == 1


@pytest.mark.parametrize("step", list(Step))
def test_a_step_keeps_the_clock_that_the_scheme_names_after_it(step: Step) -> None:
    clock = getattr(LOW, step.value)

    assert is_within(step, clock, LOW)
    assert not is_within(step, clock + 1, LOW)


def test_the_steps_of_a_case_are_told_in_order_with_what_they_took() -> None:
    walk = Walk().to_intake().with_evidence()
    walk.now = working_days_after(walk.now, 2)
    walk.act("accept_application", SECRETARY)
    walk.now = working_days_after(walk.now, 7)
    walk.staffed(EXPERTS[0])
    walk.now = working_days_after(walk.now, 3)
    walk.reviewed().recommended().act("open_round", SECRETARY).all_declare()
    walk.now = working_days_after(walk.now, 4)
    walk.voted(*[Choice.GRANT] * len(walk.voters()))

    assert list(steps_taken(history(walk))) == [
        (Step.APPLICATION_REVIEW, 2),
        (Step.EVALUATION, 3),
        (Step.DECISION, 4),
    ]


def test_a_step_that_is_not_finished_is_not_told() -> None:
    assert list(steps_taken(history(Walk().to_intake()))) == []
    assert [step for step, _ in steps_taken(history(Walk().to_evaluation()))] == [Step.APPLICATION_REVIEW]


def test_a_plan_approved_anew_starts_the_clock_anew() -> None:
    later = START + timedelta(days=7)
    told = [happened("plan_approved", START), happened("plan_approved", later), happened("evaluation_closed", later)]

    assert list(steps_taken(told)) == [(Step.EVALUATION, 0)]


def test_a_public_holiday_counts_as_nothing_as_in_the_clock_itself() -> None:
    """Lodged on 30 December and finished at the very moment the clock of the case was due."""
    walk = Walk()
    walk.now = datetime(2026, 12, 30, 9, tzinfo=UTC)
    walk.to_intake()
    (clock,) = (one for one in clocks_of(walk.case, walk.rules) if one.name == "intake")
    told = [happened("application_lodged", clock.started_at), happened("application_accepted", clock.due_at)]

    ((_, taken),) = steps_taken(told, walk.rules.clocks.calendar)

    assert taken == LOW.application_review
    assert list(steps_taken(told)) != [(Step.APPLICATION_REVIEW, taken)], "there are holidays in between"


@pytest.mark.parametrize("seconds", [0, 1])
@pytest.mark.parametrize("asked_after", [0, 1, 3])
def test_while_the_applicant_owes_an_answer_the_clock_stands_still(asked_after: int, seconds: int) -> None:
    walk = Walk(edition=2).to_intake()
    walk.now = working_days_after(walk.now, asked_after, walk.rules.clocks.calendar)
    walk.asked()
    walk.now += timedelta(days=9)
    walk.answered()
    (clock,) = (one for one in clocks_of(walk.case, walk.rules) if one.name == "intake")
    told = [*history(walk), happened("application_accepted", clock.due_at + timedelta(seconds=seconds))]

    ((_, taken),) = steps_taken(told, walk.rules.clocks.calendar)

    assert taken == LOW.application_review + seconds


def test_what_the_secretariat_declines_was_reviewed_and_what_a_gate_declines_was_not() -> None:
    lodged = happened("application_lodged", START)

    assert list(steps_taken([lodged, happened("application_declined", START)])) == [(Step.APPLICATION_REVIEW, 0)]
    assert list(steps_taken([lodged, happened("application_declined", START, ENGINE)])) == []


def test_a_case_that_a_gate_refers_to_the_commission_is_decided_by_its_clock() -> None:
    referred = happened("referred_to_commission", START, ENGINE)
    decided = happened("decision_taken", working_days_after(START, 9))

    assert list(steps_taken([referred, decided])) == [(Step.DECISION, 9)]
