"""Relieving somebody who said yes and is heard of no more, so that others can go on (ISO/IEC 17065, 6.1 and 7.4).

A reviewer leaves by saying no as long as they owe findings, a drawn third party as long as they owe their report.
Whoever does not even say no, the secretariat relieves with reasons, once their time is over or their role has ended.
What follows is what follows a no: the plan is approved anew (decision 9), or the next of the pool is drawn.
"""

from datetime import datetime

from schemas import events as ev
from schemas.acts import RelieveReviewer
from schemas.case import Case
from schemas.errors import OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.assignment import not_disputed, owes_review
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.interests import acts_for_secretariat, stands_as_third_party
from workflows.rules.case.questions import is_asked_in_time
from workflows.rules.case.third_party import DRAWN_IN, can_act, report_time, reports_next
from workflows.rules.clocks import EVALUATION
from workflows.rules.permission import ALLOWED, Permission, first_refusal, in_stage, no_open_round

RELIEVED_IN = (Stage.PLANNING, Stage.EVALUATION, Stage.RECOMMENDATION, Stage.DECISION)


def may_relieve_reviewer(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may relieve somebody: of the secretariat, while somebody who said yes owes something."""
    return first_refusal(
        acts_for_secretariat(case, person), in_stage(case, *RELIEVED_IN), no_open_round(case), _somebody_owes(case)
    )


def _somebody_owes(case: Case) -> Permission:
    if owing(case):
        return ALLOWED
    return Permission(OutOfOrder("nobody_owes", "Nobody who said yes owes anything now."))


def owing(case: Case) -> tuple[str, ...]:
    """Return who said yes and owes findings, and who was drawn and owes the report, sorted."""
    reviewers = {person for person in case.assignments if owes_review(case, person)}
    drawn = case.third_party_drawn
    return tuple(sorted(reviewers | ({drawn} if drawn is not None and _owes_report(case, drawn) else set())))


def _owes_report(case: Case, drawn: str) -> bool:
    return case.stage in DRAWN_IN and reports_next(case) and can_act(case, drawn)


def relieve(case: Case, act: RelieveReviewer, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Relieve somebody who does not do what they said yes to."""
    may_relieve_reviewer(case, act.actor, rules).require()
    if act.person not in owing(case):
        raise Unacceptable("owes_nothing", "This person owes nothing in this case.")
    not_disputed(case, act.person).require()
    if holds_role(case, act.person, act.people.get(act.person)) and not is_late(case, act.person, now, rules):
        raise OutOfOrder("not_late", "Their time is not over, and their role has not ended.")
    return (ev.ReviewerRelieved(at=now, actor=act.actor.person, person=act.person, reasons=act.reasons),)


def holds_role(case: Case, person: str, serving: PersonFacts | None) -> bool:
    """Whether somebody, as the record of people has them now, still holds the role of their part."""
    role = Role.NEUTRAL_THIRD_PARTY if stands_as_third_party(case, person) else Role.EXPERT
    return serving is not None and serving.has(role)


def is_late(case: Case, person: str, now: datetime, rules: SchemeRules) -> bool:
    """Whether somebody's own time is over: nobody is relieved because others are late, or as soon as they are asked.

    A reviewer has the time of the evaluation for what the plan gives them; it starts anew with every plan, and stands
    still while the applicant is asked in time. A third party has as many working days.
    """
    if stands_as_third_party(case, person):
        _, due_at = report_time(case, rules)
        return now >= due_at
    if case.plan is None or person not in {*case.plan.criteria, case.plan.lead} or is_asked_in_time(case, now):
        return False
    return any(
        clock.name == EVALUATION and clock.stopped_at is None and now >= clock.due_at
        for clock in clocks_of(case, rules)
    )
