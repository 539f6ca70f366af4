"""Declaring interests in a label, and what follows when somebody turns out to have one (ISO/IEC 17065, 4.2)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from schemas.errors import Unacceptable
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import ENGINE
from schemas.label_life import LabelLife, Subject
from schemas.matter import DeclareMatterInterests, ElectorLeft, MatterInterestsDeclared
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules import motions
from workflows.rules.label.people import has_part
from workflows.rules.label.standing import vote_set_aside
from workflows.rules.permission import Permission


def may_declare(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may declare: members, experts who were asked to judge, and who may keep the label."""
    return motions.may_declare_interests_in(life, person, has_part=_declares(life, person))


def _declares(life: LabelLife, person: PersonFacts) -> bool:
    return has_part(life, person) or person.has(Role.SECRETARIAT)


def declare(life: LabelLife, act: DeclareMatterInterests, now: datetime, _: SchemeRules) -> Events:
    """Declare interests; who has one leaves the vote, or what they judged is judged by others.

    As in the case, who only keeps the label is asked for no declaration that they have none.
    """
    declared, *_left = motions.declare_interests_in(life, act, now, has_part=_declares(life, act.actor))
    is_elector = life.open_motion is not None and act.actor.person in life.open_motion.electorate
    if not act.has_interest and not is_elector and not has_part(life, act.actor):
        raise Unacceptable("only_an_interest", "Whoever only keeps the label declares an interest, if they have one.")
    assert isinstance(declared, MatterInterestsDeclared)
    if not act.has_interest:
        return (declared,)
    return declared, *steps_aside(life, act.actor.person, now, act.statement)


def steps_aside(life: LabelLife, person: str, now: datetime, reason: TextRef | None) -> Iterator[Event]:
    """Yield what follows in the open vote from an interest of somebody.

    A vote that rests on what they judged is set aside; else they leave its electorate.
    """
    vote, proposal = life.open_motion, life.proposal
    if vote is None:
        return
    rests = proposal is not None and proposal.subject in {Subject.MAINTAIN, Subject.RESTORE}
    numbers = (proposal.surveillance, *proposal.ends) if proposal is not None and rests else ()
    if any(number is not None and person in life.judged_by(number).judges for number in numbers):
        yield from vote_set_aside(life, now, "reviewer_has_interest")
    elif person in vote.base:
        yield ElectorLeft(at=now, actor=ENGINE, member=person, motion=vote.number, reason=reason)


def without_judge(life: LabelLife, person: str) -> dict[str, Any]:
    """Return what changes in open surveillances when somebody who was asked to judge may not: others judge anew.

    What they found stays in the record; the label carries it no longer.
    """
    judging, surveillances = dict(life.judging), []
    for one in life.surveillances:
        held = life.judged_by(one.number).assignments.get(person)
        if held is None or held.accepted is False or not one.is_open:
            surveillances.append(one)
            continue
        ours = judging[one.number]
        declined = {**ours.assignments, person: held.model_copy(update={"accepted": False})}
        reviews = {who: review for who, review in ours.reviews.items() if who != person}
        brief = {who: told for who, told in ours.brief.items() if who != person}
        judging[one.number] = ours.model_copy(update={"assignments": declined, "reviews": reviews, "brief": brief})
        surveillances.append(one.model_copy(update={"results": {}, "judged_at": None}))
    return {"judging": judging, "surveillances": tuple(surveillances)}
