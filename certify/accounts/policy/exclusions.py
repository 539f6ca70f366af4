"""Roles that nobody holds together (security §10): who came to hold them all the same does nothing with them."""

from collections.abc import Collection
from typing import Final

from schemas.errors import NotPermitted
from schemas.people import PersonFacts, Role
from workflows.rules.permission import ALLOWED, Permission

APART: Final = (
    (Role.OPERATOR, frozenset(Role) - {Role.OPERATOR}),
    (Role.AUDITOR, frozenset(Role) - {Role.AUDITOR}),
    (Role.SECRETARIAT, frozenset({Role.EXPERT, Role.COMMISSIONER, Role.LABEL_OFFICER, Role.NEUTRAL_THIRD_PARTY})),
    (Role.NEUTRAL_THIRD_PARTY, frozenset({Role.EXPERT})),
    (Role.APPEAL_MEMBER, frozenset({Role.COMMISSIONER, Role.SECRETARIAT})),
    (Role.IMPARTIALITY_MEMBER, frozenset(Role) - {Role.IMPARTIALITY_MEMBER}),
)
"""Roles nobody holds together, in any case (procedure, People: "may never").

An expert may sit in the Commission, but not on a case they reviewed: the case itself knows that
(`workflows.rules.case.interests.took_no_part`).
"""


def apart(roles: Collection[Role]) -> tuple[Role, frozenset[Role]] | None:
    """Return a role with those held beside it that exclude it, None where nothing is excluded."""
    if len(roles) < 2:
        return None
    held = frozenset(roles)
    return next(((role, held & others) for role, others in APART if role in held and held & others), None)


def exclusion_refusal(person: PersonFacts, *, writes: bool) -> Permission:
    """Whether a person's roles bear each other: else they change nothing, and an operator reads nothing either."""
    clash = apart(person.roles)
    if clash is None or not (writes or clash[0] == Role.OPERATOR):
        return ALLOWED
    return Permission(NotPermitted("roles_apart", "You hold roles that exclude each other; write to the secretariat."))
