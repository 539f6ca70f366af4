"""Who comes into the applicants' room, and which scheme they apply under."""

from typing import Final

from certify.web.people import Someone
from schemas.errors import NotPermitted
from schemas.people import Role

PATH: Final = "/applicant"
SCHEME: Final = "ai-ethics-code"


def require_applicant(principal: Someone) -> None:
    """Let in whoever applies for an organisation.

    Raises:
        NotPermitted: `role_missing`.
    """
    if not principal.facts.has(Role.APPLICANT):
        raise NotPermitted("role_missing", "These pages belong to applicants.")
