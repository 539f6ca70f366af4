"""Who is the second person of what takes two: a label officer, or who chairs the Commission; never the first (I17)."""

from schemas.act import Act
from schemas.errors import ConflictOfInterest, NotPermitted
from schemas.people import PersonFacts, Role
from workflows.rules.permission import ALLOWED, Permission

APPROVING = (Role.LABEL_OFFICER, Role.COMMISSIONER)


def may_be_second(person: PersonFacts) -> Permission:
    """Whether a person holds a role of which one can be the second person."""
    if any(person.has(role) for role in APPROVING):
        return ALLOWED
    return _role_missing()


def is_another(first: str | None, person: PersonFacts) -> Permission:
    """Whether a person is not the one who asked."""
    if person.person == first:
        return Permission(ConflictOfInterest("same_person", "This takes two different people; you asked for it."))
    return ALLOWED


def chairs(act: Act) -> Permission:
    """Whether a person who is no label officer chairs the Commission now, or does so as deputy."""
    leads = {act.institution.chair, act.institution.deputy} if act.institution is not None else set()
    if act.actor.has(Role.LABEL_OFFICER) or act.actor.person in leads:
        return ALLOWED
    return _role_missing()


def _role_missing() -> Permission:
    return Permission(NotPermitted("role_missing", "Only a label officer or the chair of the Commission may do this."))
