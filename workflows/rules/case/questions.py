"""Stages 2 and 5: numbered questions to the applicant, and the clock that they stop (ISO/IEC 17065, 7.4)."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import AnswerQuestion, AskQuestion
from schemas.case import Case
from schemas.clocks import ClockResumed, ClockStopped
from schemas.errors import AlreadyDecided, NotFound, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.questions import Question
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.evaluation import is_reviewer
from workflows.rules.case.interests import acts_for_secretariat
from workflows.rules.clocks import EVALUATION, INTAKE, resumed, stopped
from workflows.rules.deadlines import days_after
from workflows.rules.permission import (
    ALLOWED,
    Permission,
    acts_for_applicant,
    first_refusal,
    holds,
    in_stage,
    whole_procedure,
)

QUESTIONS_MAX = 40
ASKED_IN = (Stage.INTAKE, Stage.EVALUATION)
_STAGE_OF = {INTAKE: Stage.INTAKE, EVALUATION: Stage.EVALUATION}
"""Stage in which a clock runs that questions stop."""


def may_ask_question(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may ask the applicant: the secretariat at the intake, a reviewer in the evaluation."""
    return first_refusal(_may_ask(case, person), in_stage(case, *ASKED_IN), whole_procedure(case), _has_room(case))


def _may_ask(case: Case, person: PersonFacts) -> Permission:
    if case.stage == Stage.EVALUATION:
        return first_refusal(is_reviewer(case, person), holds(person, Role.EXPERT))
    return acts_for_secretariat(case, person)


def _has_room(case: Case) -> Permission:
    if len(case.questions) < QUESTIONS_MAX:
        return ALLOWED
    return Permission(OutOfOrder("too_many_questions", f"At most {QUESTIONS_MAX} questions are asked in a case."))


def ask(case: Case, act: AskQuestion, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Ask the applicant a numbered question."""
    may_ask_question(case, act.actor, rules).require()
    unknown = [criterion for criterion in act.criteria if criterion not in rules.criteria]
    if unknown:
        raise Unacceptable("unknown_criterion", f"The scheme has no criterion {', '.join(unknown)}.")
    question = Question(
        number=len(case.questions) + 1,
        asked_by=act.actor.person,
        stage=case.stage,
        criteria=act.criteria,
        text=act.text,
        asked_at=now,
        due_at=days_after(now, rules.clocks.question_days),
    )
    return (ev.QuestionAsked(at=now, actor=act.actor.person, question=question),)


def may_answer_question(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may answer for the applicant: while the stage lasts in which a question was asked."""
    return first_refusal(
        acts_for_applicant(case, person), in_stage(case, *ASKED_IN), whole_procedure(case), _is_asked(case)
    )


def _is_asked(case: Case) -> Permission:
    if any(one.stage == case.stage for one in case.open_questions):
        return ALLOWED
    return Permission(OutOfOrder("no_open_question", "No question waits for an answer."))


def answer(case: Case, act: AnswerQuestion, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Answer a question."""
    may_answer_question(case, act.actor, rules).require()
    question = next((one for one in case.questions if one.number == act.number and one.stage == case.stage), None)
    if question is None:
        raise NotFound("no_such_question", f"There is no question {act.number} to answer now.")
    if not question.is_open:
        raise AlreadyDecided("question_answered", f"Question {act.number} was answered before.")
    return (ev.QuestionAnswered(at=now, actor=act.actor.person, number=act.number, answer=act.answer),)


def clock_moved(case: Case, now: datetime, rules: SchemeRules) -> ClockStopped | ClockResumed | None:
    """Let a clock stand still while the applicant or the Commission owes something, and run again after that.

    A clock whose time has passed is not stopped any more: nothing of it is left to be kept.
    """
    if case.edition == 1:
        return None
    for clock in clocks_of(case, rules):
        reason = _reason_to_stop(case, clock.name, now)
        stop = case.stops.get(clock.name)
        if stop is None and reason is not None and now < clock.due_at:
            return stopped(clock, reason, now)
        if stop is not None and reason is None:
            return resumed(clock.name, stop, now, rules.clocks.calendar)
    return None


def _reason_to_stop(case: Case, clock: str, now: datetime) -> str | None:
    stage = _STAGE_OF.get(clock)
    if stage == Stage.EVALUATION:
        if case.disputed_tier is not None:
            return "tier_dispute"
        return "question" if is_asked_in_time(case, now) else None
    return "question" if any(one.stage == stage for one in case.open_questions) else None


def is_asked_in_time(case: Case, now: datetime) -> bool:
    """Whether reviewers wait for an answer of the applicant; they go on without one that does not come."""
    return any(one.stage == Stage.EVALUATION and now < one.due_at for one in case.open_questions)
