"""Who comes into the secretariat's room at all."""

from certify.web.people import Someone
from schemas.errors import NotPermitted
from schemas.people import Role

ROLES = frozenset({Role.SECRETARIAT, Role.AUDITOR, Role.IMPARTIALITY_MEMBER})


def require_desk(principal: Someone) -> None:
    """Let in the secretariat, and auditors and the impartiality committee, who change nothing in a case.

    Raises:
        NotPermitted: `role_missing`.
    """
    if not ROLES & set(principal.facts.roles):
        raise NotPermitted("role_missing", "These pages belong to the secretariat.")
