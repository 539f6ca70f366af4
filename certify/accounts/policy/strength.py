"""Acts for which one has just shown who one is (I17; ASVS 5.0, 7.5.3): a session alone is not enough."""

from datetime import datetime

from certify.accounts.principal import Principal
from certify.accounts.strength import STEP_UP, is_strong
from schemas.errors import NotPermitted
from workflows.rules.permission import ALLOWED, Permission


def strength_refusal(principal: Principal, action: str, now: datetime) -> Permission:
    """Whether somebody has shown lately enough who they are; what that takes is `certify.accounts.strength`'s."""
    if action not in STEP_UP or is_strong(principal, now):
        return ALLOWED
    return Permission(NotPermitted("strong_sign_in_needed", "Show again who you are; then this can be done."))
