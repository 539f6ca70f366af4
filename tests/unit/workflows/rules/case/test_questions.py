"""Stages 2 and 5: who asks whom, and the clock that stands still until the answer."""

from datetime import timedelta

import pytest

from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, EXPERTS, ORGANISATION, SECRETARY, Walk, person, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.procedure import may, next_due_at
from workflows.rules.clocks import EVALUATION, INTAKE
from workflows.rules.deadlines import working_time_between

EDDA, EMIL, ENZO = EXPERTS
DAY = timedelta(days=1)


def at_intake() -> Walk:
    return Walk(edition=2).to_intake()


def in_evaluation(tier: Tier = Tier.LOW) -> Walk:
    return Walk(tier, edition=2).to_evaluation()


def kinds(walk: Walk, since: int) -> list[str]:
    return [event.kind for event in walk.events[since:]]


def clock(walk: Walk, name: str) -> object:
    return next(one for one in clocks_of(walk.case, walk.rules) if one.name == name)


def left(walk: Walk, name: str) -> timedelta:
    """Working time that is left of a clock, also of one that stands still."""
    found = next(one for one in clocks_of(walk.case, walk.rules) if one.name == name)
    return working_time_between(found.stopped_at or walk.now, found.due_at, walk.rules.clocks.calendar)


def test_the_secretariat_asks_at_the_intake_and_its_clock_stands_still() -> None:
    walk = at_intake().pass_time(days=1)
    before = len(walk.events)
    walk.asked()

    asked, stopped = walk.events[before:]
    assert (asked.kind, asked.actor) == ("question_asked", SECRETARY.person)
    assert (stopped.kind, stopped.actor) == ("clock_stopped", "engine")
    assert walk.case.stops[INTAKE].stopped_at == walk.now
    question = walk.case.questions[0]
    assert (question.number, question.stage, question.is_open) == (1, Stage.INTAKE, True)
    assert question.due_at == walk.now + timedelta(days=walk.rules.clocks.question_days)


def test_the_clock_runs_again_from_the_answer_with_the_working_time_that_was_left() -> None:
    walk = at_intake().pass_time(days=2)
    kept = left(walk, INTAKE)
    walk.asked().pass_time(days=20)
    assert left(walk, INTAKE) == kept

    before = len(walk.events)
    walk.answered()

    assert kinds(walk, before) == ["question_answered", "clock_resumed"]
    assert walk.case.stops == {}
    assert left(walk, INTAKE) == kept


def test_several_open_questions_stop_the_clock_once_and_the_last_answer_sets_it_going() -> None:
    walk = at_intake().asked().asked().asked()
    assert [event.kind for event in walk.events].count("clock_stopped") == 1

    walk.answered(2).answered(1)
    assert INTAKE in walk.case.stops
    walk.answered(3)
    assert INTAKE not in walk.case.stops


def test_a_question_after_an_answer_stops_the_clock_again_and_nothing_is_lost() -> None:
    walk = at_intake().pass_time(days=1)
    kept = left(walk, INTAKE)
    for number in range(1, 5):
        walk.asked().pass_time(days=3).answered(number)
        assert left(walk, INTAKE) == kept


def test_at_the_intake_an_answer_that_does_not_come_brings_reminders_only_and_the_secretariat_may_decline() -> None:
    walk = at_intake().asked()
    due_at = walk.case.questions[0].due_at
    walk.pass_time(days=walk.rules.clocks.question_days + 30)

    of_question = [event for event in walk.events if event.kind == "reminder_given"]
    assert {(one.clock, one.due_at) for one in of_question} == {("question/1", due_at)}
    assert INTAKE in walk.case.stops
    assert walk.answered().case.questions[0].answered_at == walk.now

    silent = at_intake().asked().pass_time(days=400)
    assert silent.act("decline_application", SECRETARY, reasons=text()).case.stage == Stage.DECLINED


def test_in_the_evaluation_the_reviewers_clock_runs_again_at_the_questions_own_deadline() -> None:
    walk = in_evaluation().pass_time(days=1)
    kept = left(walk, EVALUATION)
    walk.asked(EDDA, criteria=("I-1.1-01",))
    due_at = walk.case.questions[0].due_at

    walk.now = due_at - timedelta(seconds=1)
    walk.pass_time(seconds=0)
    assert EVALUATION in walk.case.stops
    walk.now = due_at
    with refused("too_late"):
        walk.answered()
    walk.pass_time(seconds=0)

    assert walk.events[-1].kind == "clock_resumed"
    assert left(walk, EVALUATION) == kept
    assert walk.answered().case.questions[0].answer is not None


def test_the_last_of_several_questions_to_pass_sets_the_reviewers_clock_going() -> None:
    walk = in_evaluation(Tier.MEDIUM).asked(EDDA).pass_time(days=2).asked(EMIL)
    first, second = walk.case.questions
    walk.now = first.due_at
    walk.pass_time(seconds=0)
    assert EVALUATION in walk.case.stops

    walk.now = second.due_at
    walk.pass_time(seconds=0)
    assert EVALUATION not in walk.case.stops


def test_a_question_after_one_that_was_never_answered_stops_the_clock_again() -> None:
    walk = in_evaluation().asked(EDDA).pass_time(days=31)
    assert EVALUATION not in walk.case.stops
    walk.asked(EDDA)
    assert EVALUATION in walk.case.stops
    assert next_due_at(walk.case, walk.rules) is not None
    assert walk.answered(2).case.stops == {}


def test_a_clock_whose_time_has_passed_is_not_stopped() -> None:
    walk = at_intake().pass_time(days=30)
    walk.asked()
    assert walk.case.stops == {}
    assert clock(walk, INTAKE) == clock(at_intake(), INTAKE)


def test_the_evaluation_may_close_while_a_question_is_open_and_nobody_answers_it_afterwards() -> None:
    walk = in_evaluation().asked(EDDA).reviewed()
    assert (walk.case.stage, walk.case.stops) == (Stage.RECOMMENDATION, {})
    with refused("wrong_stage"):
        walk.answered()


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (APPLICANT, "role_missing"),
        (SECRETARY.model_copy(update={"organisation": ORGANISATION}), "own_organisation"),
        (EDDA, "role_missing"),
    ],
)
def test_at_the_intake_only_the_secretariat_asks(who: PersonFacts, code: str) -> None:
    with refused(code):
        at_intake().asked(who)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (SECRETARY, "not_assigned"),
        (EMIL, "not_assigned"),
        (EDDA.model_copy(update={"roles": ()}), "role_missing"),
        (EDDA.model_copy(update={"organisation": ORGANISATION}), "own_organisation"),
    ],
)
def test_in_the_evaluation_only_a_reviewer_who_said_yes_asks(who: PersonFacts, code: str) -> None:
    with refused(code):
        in_evaluation().asked(who)


def test_a_reviewer_who_has_an_interest_asks_no_more() -> None:
    walk = in_evaluation().act("declare_interests", EDDA, has_interest=True, statement=text())
    with refused("has_interest"):
        walk.asked(EDDA)


def test_only_the_applicant_answers_and_each_question_once() -> None:
    walk = at_intake().asked()
    stranger = person("zora", Role.APPLICANT, organisation="org-other")
    with refused("not_the_applicant"):
        walk.act("answer_question", stranger, number=1, answer=text())
    with refused("no_such_question"):
        walk.answered(2)
    with refused("no_open_question"):
        walk.answered(1).answered(1)
    with refused("question_answered"):
        at_intake().asked().asked().answered(1).answered(1)


def test_a_question_of_the_intake_is_not_answered_in_the_evaluation() -> None:
    walk = Walk(edition=2).to_intake().with_evidence().asked().act("accept_application", SECRETARY)
    walk.staffed(EDDA)
    with refused("no_open_question"):
        walk.answered()
    with refused("no_such_question"):
        walk.asked(EDDA).answered(1)


def test_a_question_names_criteria_of_the_scheme() -> None:
    with refused("unknown_criterion"):
        at_intake().asked(criteria=("I-9.9-99",))


def test_a_case_takes_forty_questions() -> None:
    walk = at_intake()
    for _ in range(40):
        walk.asked()
    with refused("too_many_questions"):
        walk.asked()


def test_a_case_of_the_first_edition_knows_no_questions() -> None:
    with refused("earlier_edition"):
        Walk().to_intake().asked()
    with refused("earlier_edition"):
        Walk().to_intake().answered()
    assert not may("ask_question", Walk().to_evaluation().case, EDDA, Walk().rules)


def test_a_plan_approved_anew_gives_the_reviewers_their_whole_time_also_when_their_clock_stood_still() -> None:
    walk = in_evaluation(Tier.MEDIUM).asked(EDDA).pass_time(days=3)
    walk.act("declare_interests", EMIL, has_interest=True, statement=text()).answered()
    walk.act("assign_reviewer", SECRETARY, reviewer="enzo", areas=("ethics_or_law",))
    walk.act("declare_interests", ENZO, has_interest=False).act("answer_assignment", ENZO, accepts=True)
    walk.pass_time(days=10).act("approve_plan", SECRETARY)

    assert walk.case.evaluation_due_at is not None
    assert left(walk, EVALUATION) == working_time_between(
        walk.now, walk.case.evaluation_due_at, walk.rules.clocks.calendar
    )
    assert EVALUATION not in walk.case.due
