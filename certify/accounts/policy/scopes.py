"""Whether an action reads or changes something, and so which scope a way in needs for it."""

from certify.accounts.policy.case_table import READERS
from certify.accounts.policy.matter_table import MATTER_READINGS
from certify.accounts.policy.outside_table import READ_OUTSIDE
from certify.accounts.principal import Principal, Scope
from schemas.errors import NotPermitted
from workflows.rules.permission import ALLOWED, Permission

_READINGS = frozenset({*READERS, *MATTER_READINGS, *READ_OUTSIDE})


def scope_of(action: str) -> Scope:
    """Return the scope an action needs: whatever is not known to read only, acts."""
    return "read" if action in _READINGS else "act"


def scope_refusal(principal: Principal, needed: Scope) -> Permission:
    """Whether somebody's way in is good for reading, or for acting."""
    if needed in principal.scopes:
        return ALLOWED
    return Permission(NotPermitted("scope_missing", f"This token lacks the scope {needed}."))
