"""What concerns security and is no entry of the record: one line each, through the logger `certify.security`.

ASVS 5.0, 16.2.1 and 16.3.1: when, who, how strongly signed in, what, and the request. Never a password, a code, a
token, an address of mail, or a name.
"""

import logging
from datetime import datetime
from typing import Final

from schemas.identifiers import WITHOUT_ACCOUNT

LOGGER: Final = logging.getLogger("certify.security")
LOGGER.setLevel(logging.INFO)


def note(
    kind: str,
    person: str | None,
    *,
    at: datetime,
    actor: str | None = None,
    strength: str = WITHOUT_ACCOUNT,
    request_id: str = "none",
    **more: str | int | None,
) -> None:
    """Write one line.

    Args:
        kind: snake_case name of what happened, `signed_in`.
        person: whose account it concerns; None where nobody is known, as at a wrong address.
        at: when.
        actor: who did it; the person by default.
        strength: how the actor was signed in (`certify.accounts.principal.Authn`).
        request_id: the request it came with.
        more: further facts, of opaque ids, codes and counts only.
    """
    fields = {"kind": kind, "person": person, "actor": actor or person, "strength": strength, "at": at.isoformat()}
    LOGGER.info(kind, extra={"security": {**fields, "request_id": request_id, **more}})
