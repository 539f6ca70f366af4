"""An interest that somebody did not declare: one person reports it, another confirms or rejects it (procedure, rule 2).

Two people, as for a correction of the record: nobody takes a vote or a review away from another alone. What is
confirmed counts as if it had been declared. After the label is issued, it is reported in the label's own matter, and
what nobody had settled by then waits there (`label_beginnings`).
"""

from datetime import datetime
from typing import Final

from schemas import events as ev
from schemas.case import Case
from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.interest_acts import ConfirmUndeclaredInterest, RejectUndeclaredInterest, ReportUndeclaredInterest
from schemas.people import PersonFacts, Role
from schemas.review import InterestReport, Interests
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules import second_person
from workflows.rules.case.interests import (
    DECLARABLE,
    acts_for_secretariat,
    check_room,
    declared_none,
    declares_as,
    free_of_interest,
    what_interest_undoes,
)
from workflows.rules.permission import ALLOWED, Permission, first_refusal, in_stage

KIND_REPORT: Final = "report_undeclared_interest"
KIND_CONFIRM: Final = "confirm_undeclared_interest"
KIND_REJECT: Final = "reject_undeclared_interest"
REPORTS_MAX: Final = 8
REPORTS_EACH_MAX: Final = 2
"""Of one person, unless confirmed: nobody uses up the room that others may need."""


def may_report(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may report an interest of somebody else: who keeps the case, decides it or has a part in it."""
    return first_refusal(
        _knows_the_case(case, person),
        in_stage(case, *DECLARABLE, Stage.ATTESTATION),
        acts_for_secretariat(case, person) if person.has(Role.SECRETARIAT) else free_of_interest(case, person),
        _has_room(case, person),
    )


def _knows_the_case(case: Case, person: PersonFacts) -> Permission:
    if declares_as(case, person) is not None:
        return ALLOWED
    return Permission(NotPermitted("no_part_in_case", "You have no part in this case."))


def _has_room(case: Case, person: PersonFacts) -> Permission:
    own = [one for one in case.interest_reports if one.reported_by == person.person and not one.is_confirmed]
    if len(case.interest_reports) < REPORTS_MAX and len(own) < REPORTS_EACH_MAX:
        return ALLOWED
    return Permission(OutOfOrder("too_many_reports", "You cannot report more interests in this case."))


def report(case: Case, act: ReportUndeclaredInterest, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Report that somebody with a part in the case has an interest they did not declare."""
    may_report(case, act.actor, rules).require()
    role = _part_in_question(case, act)
    if case.has_interest(act.person):
        raise AlreadyDecided("interest_known", "An interest of this person is on record in this case.")
    if case.open_report(act.person) is not None:
        raise AlreadyDecided("already_reported", "An interest of this person was reported before.")
    found = InterestReport(
        person=act.person, role=role, statement=act.statement, reported_by=act.actor.person, reported_at=now
    )
    return (ev.UndeclaredInterestReported(at=now, actor=act.actor.person, report=found),)


def _part_in_question(case: Case, act: ReportUndeclaredInterest) -> Role:
    if act.person == act.actor.person:
        raise Unacceptable("own_interest", "Declare an interest of your own; only those of others are reported.")
    facts = act.people.get(act.person)
    if facts is None:
        raise NotFound("unknown_person", "There is no such person.")
    role = declares_as(case, facts)
    # Who reviews is the secretariat's to know: nobody else learns it from this answer.
    if role is None or not second_person.knows_of(role, act.actor):
        raise Unacceptable("had_no_part", "That person has no part in this case.")
    return role


def may_settle_one(case: Case, found: InterestReport, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may settle this report."""
    return first_refusal(may_settle(case, person, rules), second_person.is_another(found, person))


def may_settle(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may confirm or reject: of the secretariat or a member, with no interest, not who reported."""
    return first_refusal(
        _settles(case, person),
        in_stage(case, *DECLARABLE, Stage.ATTESTATION),
        second_person.waits_for(case.interest_reports, person),
        ALLOWED if person.has(Role.SECRETARIAT) else declared_none(case, person),
    )


def _settles(case: Case, person: PersonFacts) -> Permission:
    if person.has(Role.SECRETARIAT):
        return acts_for_secretariat(case, person)
    if person.has(Role.COMMISSIONER):
        return ALLOWED
    named = f"{Role.SECRETARIAT} or {Role.COMMISSIONER}"
    return Permission(NotPermitted("role_missing", f"Only a person with the role {named} may do this."))


def confirm(case: Case, act: ConfirmUndeclaredInterest, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Confirm a reported interest: from now on it counts as if the person had declared it."""
    found = _to_settle(case, act, rules)
    check_room(case, found.person)
    interests = Interests(person=found.person, has_interest=True, statement=found.statement, declared_at=now)
    declared = ev.InterestsDeclared(at=now, actor=ENGINE, interests=interests, role=found.role)
    confirmed = ev.UndeclaredInterestConfirmed(at=now, actor=act.actor.person, person=found.person)
    return (confirmed, declared, *what_interest_undoes(case, found.person, found.statement, now))


def reject(case: Case, act: RejectUndeclaredInterest, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Reject a reported interest, with reasons; the person's declaration stands."""
    found = _to_settle(case, act, rules)
    rejected = ev.UndeclaredInterestRejected(at=now, actor=act.actor.person, person=found.person, reasons=act.reasons)
    return (rejected,)


def _to_settle(
    case: Case, act: ConfirmUndeclaredInterest | RejectUndeclaredInterest, rules: SchemeRules
) -> InterestReport:
    may_settle(case, act.actor, rules).require()
    found = case.open_report(act.person)
    if found is None or not second_person.knows_of(found.role, act.actor):
        raise NotFound("unknown_report", "No interest of this person waits for a second person.")
    second_person.is_another(found, act.actor).require()
    return found


def settled(
    case: Case, event: ev.UndeclaredInterestConfirmed | ev.UndeclaredInterestRejected
) -> tuple[InterestReport, ...]:
    """Return the reports once one of them was confirmed or rejected."""
    answer = {
        "settled_by": event.actor,
        "settled_at": event.at,
        "reasons": event.reasons if isinstance(event, ev.UndeclaredInterestRejected) else None,
    }
    return tuple(
        one.model_copy(update=answer) if one.is_open and one.person == event.person else one
        for one in case.interest_reports
    )
