"""An interest found after the label was signed: the label is looked at again, and two people keep somebody out (I14).

The review harms nobody, so one report opens it. That a member or a judge is kept out takes a second person.
"""

from datetime import datetime
from itertools import chain
from typing import Final

from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.label_acts import ConfirmInterest, RejectInterest, ReportInterest
from schemas.label_events import InterestConfirmed, InterestRejected, InterestReported
from schemas.label_life import LabelLife, ReportedInterest
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.surveillance import Cause
from schemas.surveillance_events import SurveillanceOpened
from workflows.kernel import Events
from workflows.rules import second_person
from workflows.rules.label.editions import COUNTS_REPORTERS, holds
from workflows.rules.label.interests import steps_aside
from workflows.rules.label.people import free_in_label
from workflows.rules.label.surveillance import opened
from workflows.rules.permission import ALLOWED, Permission, first_refusal

INTERESTS_MAX: Final = 6
"""Besides those that were reported in the case and came along."""
INTERESTS_EACH_MAX: Final = 2
"""Of one person, unless confirmed, as in the case: nobody uses up the room that others may need."""

_NO_ROOM: Final = Permission(OutOfOrder("too_many_interests", "You cannot report more interests in this label."))


def knows_the_case(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether a person had a part in the case or the label, or keeps or decides it; who only reads does not act."""
    known = person.person in {*life.shares, *life.electors, *life.judges}
    if known or person.has(Role.SECRETARIAT) or person.has(Role.COMMISSIONER):
        return ALLOWED
    return Permission(NotPermitted("no_part_in_matter", "You have no part in this matter."))


def may_report_interest(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may report an interest found after signing: the secretariat, or anyone with a part."""
    return first_refusal(_may_report(life, person), _own_room(life, person))


def _may_report(life: LabelLife, person: PersonFacts) -> Permission:
    return first_refusal(knows_the_case(life, person), free_in_label(life, person), _room(life))


def _room(life: LabelLife) -> Permission:
    return ALLOWED if len(_of_the_label(life)) < INTERESTS_MAX else _NO_ROOM


def _own_room(life: LabelLife, person: PersonFacts) -> Permission:
    own = [one for one in _of_the_label(life) if one.reported_by == person.person and not one.counts]
    return ALLOWED if len(own) < INTERESTS_EACH_MAX else _NO_ROOM


def _of_the_label(life: LabelLife) -> list[ReportedInterest]:
    return [one for one in life.reported_interests if one.role is None]


def report(life: LabelLife, act: ReportInterest, now: datetime, rules: SchemeRules) -> Events:
    """Report an interest found after signing: what the person had a hand in is judged again, by others (rule 2)."""
    _may_report(life, act.actor).require()
    if holds(COUNTS_REPORTERS, act):
        _own_room(life, act.actor).require()
    if act.person not in life.everyone_with_a_part:
        raise Unacceptable("had_no_part", "That person took no part in the case or in this label.")
    if any(known.person == act.person and known.rejected is None for known in life.reported_interests):
        raise AlreadyDecided("already_reported", "An interest of this person was reported before.")
    found = ReportedInterest(
        person=act.person, statement=act.statement, reported_by=act.actor.person, reported_at=now, takes_two=True
    )
    reported = InterestReported(at=now, actor=act.actor.person, interest=found)
    # Who voted on all of it, or had another part in it, found no criterion met: the sample stands for their share. No
    # name: the holder reads this.
    review = opened(
        life, Cause.INTEREST, now, rules,
        criteria=_found_by(life, act), about=f"interest {len(life.reported_interests) + 1}",
        needs_holder=False,
    )  # fmt: skip
    return reported, review


def _found_by(life: LabelLife, act: ReportInterest) -> set[str]:
    """Return the criteria that somebody evaluated for the case, or judged in a surveillance that has ended.

    Reports of before, which tell nothing of reporters, led to a look at what was evaluated for the case alone.
    """
    person = act.person
    if not holds(COUNTS_REPORTERS, act):
        return {*life.shares.get(person, ())}
    judged = (one for one in life.surveillances if not one.is_open and person in life.judged_by(one.number).reviews)
    return {*life.shares.get(person, ()), *chain.from_iterable(one.results for one in judged)}


def found_in_case(life: LabelLife) -> tuple[str, ...]:
    """Return of whom an interest was found in the case that nobody dealt with there, as the label's life begins.

    One that was reported and waits for a second person, or of somebody with a part that came on record after the
    decision: the signer had signed.
    """
    late = {who for who, one in life.interests.items() if one.has_interest and one.declared_at > life.issued_at}
    return (*(one.person for one in life.reported_interests), *sorted(late & life.everyone_with_a_part))


def review_of_case(life: LabelLife, now: datetime, rules: SchemeRules) -> SurveillanceOpened:
    """Look at a label again for all interests that were found in its case and that nobody dealt with there.

    One review for all: they became known together. The sample stands for whoever evaluated nothing.
    """
    shares = [life.shares.get(who, ()) for who in found_in_case(life)]
    return opened(
        life, Cause.INTEREST, now, rules,
        criteria=chain.from_iterable(shares), with_sample=not all(shares), about="interests of the case",
        needs_holder=False,
    )  # fmt: skip


def may_settle_interest(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may confirm or reject a report: of the secretariat or a member, free, and not part of it."""
    return first_refusal(
        _keeps_or_decides(person), free_in_label(life, person), second_person.waits_for(life.reported_interests, person)
    )


def _keeps_or_decides(person: PersonFacts) -> Permission:
    if person.has(Role.SECRETARIAT) or person.has(Role.COMMISSIONER):
        return ALLOWED
    named = f"{Role.SECRETARIAT} or {Role.COMMISSIONER}"
    return Permission(NotPermitted("role_missing", f"Only a person with the role {named} may do this."))


def confirm(life: LabelLife, act: ConfirmInterest, now: datetime, rules: SchemeRules) -> Events:
    """Confirm a reported interest: the person leaves the open vote, and what they judge is judged by others."""
    found = _to_settle(life, act, rules)
    confirmed = InterestConfirmed(at=now, actor=act.actor.person, person=found.person)
    return confirmed, *steps_aside(life, found.person, now, found.statement)


def reject(life: LabelLife, act: RejectInterest, now: datetime, rules: SchemeRules) -> Events:
    """Reject a reported interest, with reasons."""
    found = _to_settle(life, act, rules)
    return (InterestRejected(at=now, actor=act.actor.person, person=found.person, reasons=act.reasons),)


def _to_settle(life: LabelLife, act: ConfirmInterest | RejectInterest, rules: SchemeRules) -> ReportedInterest:
    may_settle_interest(life, act.actor, rules).require()
    found = next((one for one in life.reported_interests if one.is_open and one.person == act.person), None)
    if found is None or not second_person.knows_of(found.role, act.actor):
        raise NotFound("unknown_report", "No interest of this person waits for a second person.")
    second_person.is_another(found, act.actor).require()
    return found
