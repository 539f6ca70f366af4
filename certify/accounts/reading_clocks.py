"""The clocks of a case as somebody may see them: both sides the same, less the names of those who were asked."""

from collections.abc import Iterable

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from schemas.case import Case
from schemas.clocks import Clock, Waiting
from schemas.scheme import SchemeRules
from workflows.rules.case.clocks import shown_clocks
from workflows.rules.case.waiting import waiting

_ASSIGNMENT = "assignment"


def clocks_for(case: Case, principal: Principal, rules: SchemeRules) -> tuple[Clock, ...]:
    """Return the clocks; of those who were asked to review, one stands for all where their names are not shown."""
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
    kind, _, person = name.partition("/")
    hidden = kind == _ASSIGNMENT and person != principal.person and not permit(principal, "read_participants", case)
    return kind if hidden else name


def first_of_each(clocks: Iterable[Clock]) -> list[Clock]:
    """Return of all clocks of one name the first that is due, in the order of their days."""
    found: dict[str, Clock] = {}
    for clock in sorted(clocks, key=lambda one: one.due_at):
        found.setdefault(clock.name, clock)
    return list(found.values())
