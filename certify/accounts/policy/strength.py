"""Actions for which one has just shown who one is (I17; ASVS 5.0, 7.5.3): a session alone is not enough."""

from datetime import datetime, timedelta
from typing import Final

from certify.accounts.principal import Principal
from schemas.errors import NotPermitted
from workflows.rules.permission import ALLOWED, Permission

STRONG_FOR: Final = timedelta(minutes=5)
"""For so long after a passkey or a second factor was shown an action of the table is taken (I17)."""

NEEDS_STRONG: Final = frozenset(
    {
        # votes and signatures
        "cast_ballot",
        "cast_vote",
        "release_label",
        # roles and seats
        "invite_person",
        "record_election",
        "confirm_election",
        "confirm_vacancy",
        # corrections of the record, erasure
        "propose_correction",
        "confirm_correction",
        "erase_complainant_contact",
        # rules
        "hand_in_scheme",
        "propose_scheme",
        "put_scheme_to_vote",
        # a label that was suspended is in force again
        "put_restoration_to_vote",
        # one's own ways in
        "create_token",
    }
)
"""What needs a strong sign-in at most five minutes ago."""


def strength_refusal(principal: Principal, action: str, now: datetime) -> Permission:
    """Whether somebody has shown lately enough who they are; a demonstration's link is its own proof."""
    if action not in NEEDS_STRONG or principal.authn == "link":
        return ALLOWED
    at = principal.strong_at
    if at is not None and timedelta(0) <= now - at <= STRONG_FOR:
        return ALLOWED
    return Permission(NotPermitted("strong_sign_in_needed", "Show again who you are; then this can be done."))
