"""Officers of the body: who looks after other people's accounts, and never after their own."""

from datetime import datetime

from certify.accounts.policy.outside_table import OFFICERS
from certify.accounts.principal import Principal
from certify.accounts.strength import require_strong
from schemas.errors import ConflictOfInterest, NotPermitted


def is_officer(principal: Principal) -> bool:
    """Whether somebody may ask for, agree to, or stop what concerns another's account."""
    return bool(OFFICERS & set(principal.facts.roles)) and "act" in principal.scopes


def require_office(principal: Principal) -> None:
    """Refuse whoever is no officer.

    Raises:
        NotPermitted: `role_missing`.
    """
    if not is_officer(principal):
        raise NotPermitted("role_missing", "Only an officer of the body may do this.")


def require_officer(principal: Principal, act: str, now: datetime) -> None:
    """Refuse whoever is no officer, and ask one for a fresh proof where the act needs it.

    Raises:
        NotPermitted: `role_missing`.
        StepUpNeeded: the officer must prove who they are.
    """
    require_office(principal)
    require_strong(principal, act, now)


def not_free() -> ConflictOfInterest:
    """Return the one refusal for an officer whom a tie, an interest or the organisation's own wish keeps away.

    Which of them it is, it does not tell: whom an organisation keeps away is its own business (procedure, People).
    """
    return ConflictOfInterest(
        "interest_in_organisation",
        "A tie or an interest keeps you away from this organisation; ask another officer.",
    )
