"""Every permission of the body, in one place: a table for what is read, the procedure's own rules for what is done.

Pure: facts come as arguments. What no row allows is refused, and what a person may not see looks like what
does not exist.
"""

from collections.abc import Callable
from typing import Final

from certify.accounts.parts import Part, parts_in
from certify.accounts.principal import Principal, Scope
from schemas.acts import ACTS
from schemas.case import Case, Lodged
from schemas.errors import NotFound, NotPermitted
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules import intake, procedure
from workflows.rules.permission import ALLOWED, Permission, first_refusal

LODGING: Final = "lodge_application"
CASE_ACTS: Final = tuple(kind for kind in ACTS if kind != LODGING)
"""Acts in a case that exists."""
CASE_PERMISSIONS: Final = (*CASE_ACTS, procedure.OPEN_TIER_ROUND)
"""What a person may do in a case: a round on a higher tier is opened by the same act as any other, for itself."""

Condition = Callable[[Case, PersonFacts], bool]
Row = tuple[Condition, frozenset[Part]]


def _always(_case: Case, _person: PersonFacts) -> bool:
    return True


def evaluation_closed(case: Case, _person: PersonFacts | None = None) -> bool:
    """Whether findings have met: until then reviewers are blind to each other (procedure, stage 5)."""
    return bool(case.results)


def _judged(case: Case, _person: PersonFacts) -> bool:
    return bool(case.results) and case.stage != Stage.EVALUATION


def _judges_nothing(case: Case, person: PersonFacts) -> bool:
    return person.person not in case.assignments


def _tier_contested(case: Case, _person: PersonFacts) -> bool:
    """Whether what the lead reviewer found is the applicant's to know: it moves the tier, or the findings have met."""
    return bool(case.raises) or case.disputed_tier is not None or bool(case.results)


def _decided(case: Case, _person: PersonFacts) -> bool:
    return case.decision is not None


_KEEPERS = frozenset({Part.SECRETARIAT, Part.AUDITOR})
_INFORMED = frozenset({Part.REVIEWER, Part.INFORMED_MEMBER, Part.INFORMED_THIRD_PARTY, Part.PANEL})
_CONTENT = _INFORMED | {Part.APPLICANT, Part.SECRETARIAT}
_OUTCOME = _KEEPERS | {Part.APPLICANT, Part.REVIEWER, Part.INFORMED_MEMBER, Part.PANEL}
_PAPERS = _KEEPERS | {Part.INFORMED_MEMBER, Part.PANEL}

_READERS: Final[dict[str, tuple[Row, ...]]] = {
    "read_case": ((_always, frozenset(Part)),),
    "read_application_text": ((_always, _CONTENT),),
    "read_evidence": ((_always, _CONTENT),),
    "read_openings": ((_judges_nothing, _KEEPERS), (_always, frozenset({Part.APPLICANT}))),
    "read_evidence_list": ((_always, _CONTENT | {Part.AUDITOR}),),
    "read_reviews": ((_judges_nothing, _KEEPERS), (evaluation_closed, _OUTCOME)),
    "read_agreement": ((_judged, _KEEPERS | {Part.INFORMED_MEMBER}),),
    "read_results": ((evaluation_closed, _OUTCOME),),
    "read_recommendation": (
        (_always, _PAPERS),
        (_decided, frozenset({Part.APPLICANT, Part.REVIEWER})),
    ),
    "read_third_party_report": ((_always, _PAPERS | {Part.INFORMED_THIRD_PARTY}),),
    "read_hearing": ((_always, _PAPERS | {Part.APPLICANT}),),
    "read_separate_opinions": ((_decided, _OUTCOME),),
    "read_reason": ((_always, _KEEPERS | {Part.APPLICANT, Part.PANEL}),),
    "read_questions": ((_always, _CONTENT | {Part.AUDITOR}),),
    "read_reviewers_questions": (
        (_judges_nothing, _KEEPERS),
        (_always, frozenset({Part.APPLICANT, Part.INFORMED_MEMBER, Part.INFORMED_THIRD_PARTY, Part.PANEL})),
        (evaluation_closed, frozenset({Part.REVIEWER})),
    ),
    "read_confirmation": (
        (_judges_nothing, _KEEPERS),
        (_always, frozenset({Part.INFORMED_MEMBER, Part.PANEL})),
        (_tier_contested, frozenset({Part.APPLICANT})),
        (evaluation_closed, frozenset({Part.REVIEWER})),
    ),
    "read_participants": ((_judges_nothing, _KEEPERS),),
    "read_ballots": ((_always, _KEEPERS | {Part.INFORMED_MEMBER}),),
    "read_record": ((_judges_nothing, _KEEPERS),),
    "read_decision_record": ((_judges_nothing, _KEEPERS),),
}
"""Who reads what of a case. `read_ballots` is about closed rounds: of an open one nobody reads a choice.

The decision record holds ballots and, by their ids, everyone who took part: whoever may read only one of the two may
not read it.
"""

_READING_ALL = (Role.AUDITOR, Role.IMPARTIALITY_MEMBER)
_EVERYBODY = frozenset(Role) - {Role.OPERATOR}
_OUTSIDE_CASES: Final[dict[str, frozenset[Role]]] = {
    LODGING: frozenset({Role.APPLICANT}),
    "list_cases": _EVERYBODY,
    "enter_organisation": frozenset({Role.SECRETARIAT}),
    "invite_person": frozenset({Role.SECRETARIAT}),
    "hand_in_scheme": frozenset({Role.SECRETARIAT}),
    "rehearse_scheme": frozenset({Role.SECRETARIAT, Role.COMMISSIONER, *_READING_ALL}),
    "read_people": frozenset({Role.SECRETARIAT, *_READING_ALL}),
    "read_draws": frozenset({Role.SECRETARIAT, *_READING_ALL}),
}

_READ_OUTSIDE: Final = frozenset({"list_cases", "read_people", "read_draws", "rehearse_scheme"})

ACTIONS: Final = frozenset({*_READERS, *_OUTSIDE_CASES, *CASE_PERMISSIONS})
"""Every action there is a rule for."""


def _denied() -> Permission:
    return Permission(NotPermitted("not_permitted", "You may not do this."))


def _unknown() -> Permission:
    return Permission(NotFound("unknown_application", "There is no such application."))


def permit(principal: Principal, action: str, case: Case | None = None, rules: SchemeRules | None = None) -> Permission:
    """Whether somebody may do or read something now.

    Args:
        principal: who asks.
        action: the kind of an act, or one of `ACTIONS`.
        case: for whatever is done or read in a case; None also where there is no such case.
        rules: of the scheme the case is pinned to; acts need them.
    """
    scope = _has_scope(principal, action)
    if not scope:
        return scope
    if action in _OUTSIDE_CASES:
        return _holds_one(principal.facts, _OUTSIDE_CASES[action])
    if case is None or not parts_in(case, principal.facts, principal.hears):
        return _unknown()
    if action in _READERS:
        return ALLOWED if _reads(principal, action, case) else _denied()
    if action in CASE_PERMISSIONS and rules is not None:
        return procedure.may(action, case, principal.facts, rules)
    return _denied()


def permit_lodging(principal: Principal, lodged: Lodged) -> Permission:
    """Whether somebody may lodge this application."""
    return first_refusal(_has_scope(principal, LODGING), intake.may_lodge(lodged, principal.facts))


def require_sendable(principal: Principal, kind: str, case: Case | None) -> Case:
    """Return the case that somebody may send an act of this kind to.

    Only what the case cannot know is asked here: the scope of a token, and whether the person may know of the
    case. The rest the case judges itself with the same predicates, so that its refusal goes on record.

    Raises:
        NotFound: `unknown_application`.
        NotPermitted: `scope_missing`.
    """
    _has_scope(principal, kind).require()
    if case is None or not parts_in(case, principal.facts, principal.hears):
        _unknown().require()
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


def scope_of(action: str) -> Scope:
    """Return the scope an action needs."""
    return "read" if action in _READERS or action in _READ_OUTSIDE else "act"


def _has_scope(principal: Principal, action: str) -> Permission:
    return scope_refusal(principal, scope_of(action))


def scope_refusal(principal: Principal, needed: Scope) -> Permission:
    """Whether somebody's way in is good for reading, or for acting."""
    if needed in principal.scopes:
        return ALLOWED
    return Permission(NotPermitted("scope_missing", f"This token lacks the scope {needed}."))


def _holds_one(person: PersonFacts, roles: frozenset[Role]) -> Permission:
    if roles & set(person.roles):
        return ALLOWED
    named = " or ".join(sorted(roles))
    return Permission(NotPermitted("role_missing", f"Only a person with the role {named} may do this."))


def _reads(principal: Principal, action: str, case: Case) -> bool:
    parts = parts_in(case, principal.facts, principal.hears)
    return any(parts & readers and holds(case, principal.facts) for holds, readers in _READERS[action])
