"""`decide`: one answer to who may do what now. Default deny; any refusal overrides what a table allows."""

from datetime import UTC, datetime
from typing import Final

from certify.accounts.matter_parts import interest_in, parts_of
from certify.accounts.parts import parts_in
from certify.accounts.policy.case_table import CASE_PERMISSIONS, READERS, is_blind_to
from certify.accounts.policy.exclusions import exclusion_refusal
from certify.accounts.policy.facts import NOTHING, CaseFacts, Facts, MatterFacts
from certify.accounts.policy.matter_table import MATTER_ACTIONS, MATTER_READINGS
from certify.accounts.policy.outside_table import LODGING, OF_ONESELF, OUTSIDE_CASES, ROOMS
from certify.accounts.policy.scopes import scope_of, scope_refusal
from certify.accounts.principal import Principal
from certify.accounts.strength import needs_proof
from schemas.case import Case, Lodged
from schemas.errors import ConflictOfInterest, NotFound, NotPermitted
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.rules.case import intake, procedure
from workflows.rules.case.interests import free_of_interest
from workflows.rules.kernels import KERNELS
from workflows.rules.permission import ALLOWED, Permission, first_refusal
from workflows.rules.second_person import free_behind

IN_CASES: Final = frozenset({*READERS, *CASE_PERMISSIONS})
OUTSIDE: Final = frozenset({*OUTSIDE_CASES, *ROOMS, *OF_ONESELF})
IN_MATTERS: Final = frozenset(
    {*MATTER_READINGS, *MATTER_ACTIONS, *(act for kernel in KERNELS.values() for act in kernel.acts)}
)
FAMILIES: Final = frozenset({"act_in_case", "act_in_matter"})
"""What a page declares whose address names the act: the act itself is decided when it is sent."""

ACTIONS: Final = IN_CASES | OUTSIDE
"""Every action there is a rule for, besides those in matters."""
_ADMITTED: Final = ACTIONS | IN_MATTERS | FAMILIES


def decide(principal: Principal, action: str, facts: Facts, now: datetime) -> Permission:
    """Whether somebody may do or read something now: the table of the facts, then the strength of their sign-in.

    Args:
        principal: who asks.
        action: the kind of an act, or a name of the tables.
        facts: what it is about, as it stands.
        now: aware, UTC.
    """
    return first_refusal(_permitted(principal, action, facts, now), _proved(principal, action, now))


def _proved(principal: Principal, action: str, now: datetime) -> Permission:
    if not needs_proof(principal, action, now):
        return ALLOWED
    return Permission(NotPermitted("step_up_needed", "Please confirm that it is you."))


def admit(principal: Principal, action: str) -> Permission:
    """Whether somebody comes as far as to have the facts looked up: way in, roles; the rest is `decide`'s."""
    if action in OUTSIDE:
        return permit(principal, action)
    return _may_begin(principal, action) if action in _ADMITTED else _denied()


def permit(principal: Principal, action: str, case: Case | None = None, rules: SchemeRules | None = None) -> Permission:
    """Whether somebody may do or read something in a case, or outside cases where no case is given.

    As `decide`, without the strength of the sign-in: a button may be shown that leads to a second factor first.
    """
    return _permitted(principal, action, NOTHING if action in OUTSIDE else CaseFacts(case, rules), datetime.now(UTC))


def permit_in_matter(principal: Principal, action: str, facts: MatterFacts) -> Permission:
    """Whether somebody may do or read something in a matter; as `decide`, without the strength of the sign-in."""
    return _permitted(principal, action, facts, datetime.now(UTC))


def _permitted(principal: Principal, action: str, facts: Facts, now: datetime) -> Permission:
    begun = _may_begin(principal, action)
    if not begun:
        return begun
    if isinstance(facts, CaseFacts):
        return _in_case(principal, action, facts, now)
    if isinstance(facts, MatterFacts):
        return _in_matter(principal, action, facts)
    return _outside(principal.facts, action)


def _may_begin(principal: Principal, action: str) -> Permission:
    scope = scope_of(action)
    refusal = scope_refusal(principal, scope)
    return exclusion_refusal(principal.facts, writes=scope == "act") if refusal else refusal


def _outside(person: PersonFacts, action: str) -> Permission:
    if action in OUTSIDE_CASES:
        return _holds_one(person, OUTSIDE_CASES[action])
    if action in ROOMS:
        roles, told = ROOMS[action]
        return ALLOWED if roles & set(person.roles) else Permission(NotPermitted("role_missing", told))
    return ALLOWED if action in OF_ONESELF else _denied()


def _in_case(principal: Principal, action: str, facts: CaseFacts, now: datetime) -> Permission:
    case = facts.case
    parts = parts_in(case, principal.facts, principal.hears) if case is not None else frozenset()
    if case is None or not parts:
        return _unknown(case, principal.facts)
    if action in READERS:
        reads = any(parts & readers and holds(case, principal.facts) for holds, readers in READERS[action])
        return ALLOWED if reads and not is_blind_to(action, case, principal.facts) else _denied()
    if action in CASE_PERMISSIONS and facts.rules is not None:
        return procedure.may(action, case, principal.facts, facts.rules, now)
    return _denied()


def _in_matter(principal: Principal, action: str, facts: MatterFacts) -> Permission:
    kernel, matter, person = facts.kernel, facts.matter, principal.facts
    if matter is None and facts.opens:
        return ALLOWED  # who may open a matter, its rules say when the act is judged
    parts = parts_of(kernel.name, matter, person, facts.kept_out)
    if not parts:
        return _unknown_matter(interest_in(matter, person, facts.kept_out))
    row = MATTER_READINGS.get(action) or MATTER_ACTIONS.get(action)
    if row is not None:
        return ALLOWED if row.holds(kernel.name, parts, person) else _denied()
    if action in kernel.acts and facts.rules is not None:
        return first_refusal(kernel.may(action, matter, person, facts.rules), free_behind(facts.kept_out))
    return _denied()


def _denied() -> Permission:
    return Permission(NotPermitted("not_permitted", "You may not do this."))


def _unknown(case: Case | None, person: PersonFacts) -> Permission:
    hides = free_of_interest(case, person).interest if case is not None else None
    return Permission(NotFound("unknown_application", "There is no such application.", hides=hides))


def _unknown_matter(hides: ConflictOfInterest | None) -> Permission:
    return Permission(NotFound("unknown_matter", "There is no such matter.", hides=hides))


def _holds_one(person: PersonFacts, roles: frozenset[Role]) -> Permission:
    if roles & set(person.roles):
        return ALLOWED
    named = " or ".join(sorted(roles))
    return Permission(NotPermitted("role_missing", f"Only a person with the role {named} may do this."))


def permit_lodging(principal: Principal, lodged: Lodged) -> Permission:
    """Whether somebody may lodge this application."""
    return first_refusal(_may_begin(principal, LODGING), intake.may_lodge(lodged, principal.facts))


def require_sendable(principal: Principal, kind: str, case: Case | None) -> Case:
    """Return the case that somebody may send an act of this kind to.

    Only what the case cannot know is asked here: the scope of a token, roles that exclude each other, and whether the
    person may know of the case. The rest the case judges itself with the same predicates, so that its refusal goes on
    record.

    Raises:
        NotFound: `unknown_application`.
        NotPermitted: `scope_missing` or `roles_apart`.
    """
    _may_begin(principal, kind).require()
    if case is None or not parts_in(case, principal.facts, principal.hears):
        _unknown(case, principal.facts).require()
    assert case is not None
    return case


def require_readable(principal: Principal, case: Case | None) -> Case:
    """Return a case that somebody may read.

    Raises:
        NotFound: `unknown_application`, whether there is none or it is not for them.
        NotPermitted: `scope_missing`.
    """
    permit(principal, "read_case", case).require()
    assert case is not None
    return case
