"""The clocks of a case as somebody may see them: both sides the same, less what their names would tell.

Those who were asked to review are not named to everybody, and whoever is to judge does not learn from the clock of a
nonconformity under which criterion others raised one.
"""

from collections.abc import Iterable

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from schemas.case import Case
from schemas.clocks import Clock, Waiting
from schemas.scheme import SchemeRules
from workflows.rules.case.clocks import shown_clocks
from workflows.rules.case.fold_correction import CORRECTION
from workflows.rules.case.standing import owes_first_review
from workflows.rules.case.waiting import waiting

_ASSIGNMENT = "assignment"


def clocks_for(case: Case, principal: Principal, rules: SchemeRules) -> tuple[Clock, ...]:
    """Return the clocks; of those of a kind whose names are not shown, one stands for all."""
    named = [
        clock.model_copy(update={"name": _name_for(case, principal, clock.name)}) for clock in shown_clocks(case, rules)
    ]
    return tuple(first_of_each(named))


def waiting_for(case: Case, principal: Principal, rules: SchemeRules) -> tuple[Waiting, ...]:
    """Return who waits for whom, as `clocks_for` names the clocks."""
    found = [
        one.model_copy(update={"clock": _name_for(case, principal, one.clock)}) if one.clock else one
        for one in waiting(case, rules)
    ]
    return tuple({(one.waits_for, one.clock): one for one in reversed(found)}.values())[::-1]


def _name_for(case: Case, principal: Principal, name: str) -> str:
    kind, _, about = name.partition("/")
    named = kind == _ASSIGNMENT and about != principal.person and not permit(principal, "read_participants", case)
    found = kind == CORRECTION and owes_first_review(case, principal.person)
    return kind if named or found else name


def first_of_each(clocks: Iterable[Clock]) -> list[Clock]:
    """Return of all clocks of one name the first that is due, in the order of their days."""
    found: dict[str, Clock] = {}
    for clock in sorted(clocks, key=lambda one: one.due_at):
        found.setdefault(clock.name, clock)
    return list(found.values())
