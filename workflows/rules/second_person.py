"""Who may be the second person where one alone decides nothing (procedure, rules 2 and 5; security I17)."""

from collections.abc import Sequence
from typing import Final

from schemas.act import Act
from schemas.errors import ConflictOfInterest, NotFound, NotPermitted, OutOfOrder
from schemas.label_life import ReportedInterest
from schemas.people import PersonFacts, Role
from schemas.review import InterestReport
from workflows.rules.permission import ALLOWED, Permission

Reported = InterestReport | ReportedInterest
APPROVING = (Role.LABEL_OFFICER, Role.COMMISSIONER)
"""Of these is the second person of an erasure or a hold: a label officer, or who chairs the Commission."""
KEPT_AWAY: Final = "kept_away"
"""Why somebody is kept out whom the applicant keeps away: to them there is neither the case nor what rests on it."""


def is_second(person: PersonFacts, first: str) -> Permission:
    """Whether a person is another than who recorded or proposed what is to be confirmed."""
    if person.person != first:
        return ALLOWED
    return Permission(ConflictOfInterest("second_person_needed", "Whoever recorded this does not confirm it."))


def is_another(found: Reported, person: PersonFacts) -> Permission:
    """Whether a person is neither who reported an interest nor whose it is said to be."""
    if person.person not in {found.reported_by, found.person}:
        return ALLOWED
    return Permission(
        ConflictOfInterest("another_settles", "Another person confirms or rejects this; you are part of it.")
    )


def knows_of(role: Role | None, person: PersonFacts) -> bool:
    """Whether a person may know who held a part in the case: who reviewed is known to the secretariat alone."""
    return role != Role.EXPERT or person.has(Role.SECRETARIAT)


def waits_for(reports: Sequence[Reported], person: PersonFacts) -> Permission:
    """Whether one of the reports is open and waits for this person; of others they learn nothing."""
    answers = [is_another(one, person) for one in reports if one.is_open and knows_of(one.role, person)]
    if not answers:
        return Permission(OutOfOrder("nothing_reported", "No reported interest waits for a second person."))
    return next((answer for answer in answers if answer), answers[0])


def may_approve(person: PersonFacts) -> Permission:
    """Whether a person holds a role of which one can be the second person of an erasure or a hold."""
    return ALLOWED if any(person.has(role) for role in APPROVING) else _role_missing()


def did_not_ask(first: str | None, person: PersonFacts) -> Permission:
    """Whether a person is another than who asked for an erasure or a hold."""
    if person.person != first:
        return ALLOWED
    return Permission(ConflictOfInterest("same_person", "This takes two different people; you asked for it."))


def free_behind(kept_out: str | None, unknown: NotFound | None = None) -> Permission:
    """Whether no case or label that a matter is about keeps a person out, by a tie or an interest on record (rule 1).

    Args:
        kept_out: the code by which it does, as the record told just before; None where the person is free.
        unknown: what somebody is told whom the applicant keeps away.
    """
    if kept_out is None:
        return ALLOWED
    interest = ConflictOfInterest(
        kept_out, "You are not free in the case or label behind this; another person does it."
    )
    if kept_out != KEPT_AWAY:
        return Permission(interest)
    told = unknown or NotFound("unknown_matter", "There is no such matter.")
    return Permission(NotFound(told.code, told.message, hides=interest))


def chairs(act: Act) -> Permission:
    """Whether a person who is no label officer chairs the Commission now, or does so as deputy."""
    leads = {act.institution.chair, act.institution.deputy} if act.institution is not None else set()
    return ALLOWED if act.actor.has(Role.LABEL_OFFICER) or act.actor.person in leads else _role_missing()


def _role_missing() -> Permission:
    return Permission(NotPermitted("role_missing", "Only a label officer or the chair of the Commission may do this."))
