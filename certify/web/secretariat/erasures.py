"""Erasures in the secretariat's room, which asks for them, and what is due by the retention table."""

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts.matter_parts import MatterPart
from certify.accounts.policy import permit
from certify.procedure.due_evidence import due_erasures
from certify.procedure.retention import look
from certify.register.legal_holds import Held
from certify.web.language import marked
from certify.web.matters.erasures import ASKING, INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced
from certify.web.work import signed_in_bar

ROOM = MatterRoom(
    path="/secretariat/erasures",
    kind="erasure",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    opening="ask-erasure",
    pages={"ask-erasure": ASKING},
    beside={"/secretariat/erasures/due": marked("What is kept longer than it need be")},
)
router = APIRouter()
NAMES: Final = {
    "record": marked("Records of applications and labels"),
    "evidence": marked("Files of applicants"),
    "security_log": marked("Security log"),
    "attempts": marked("Refused acts"),
    "counters": marked("Counts by the minute"),
    "sign_in": marked("Sessions and links that are over"),
    "tokens": marked("API tokens that are over"),
    "drafts": marked("Drafts nobody went on with"),
    "invitations": marked("Invitations nobody confirmed"),
    "recoveries": marked("Recoveries nobody finished"),
    "contacts": marked("Contacts of complainants"),
    "credentials": marked("Second factors of people who left"),
    "accounts": marked("Accounts of people who left"),
}
"""What each class of the retention table is called."""


@router.get("/erasures/due", dependencies=[permission("read_retention")])
async def due(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show what is due of each class, and the cases whose erasure two people have to agree on."""
    permit(principal, "read_retention").require()
    now = datetime.now(UTC)
    classes = await look(services.database, services.settings.security_events_file, now)
    async with services.database.reading() as session:
        cases = await due_erasures(session, now, await Held.now(session))
    return render(
        request,
        "secretariat/due.html",
        person=signed_in_bar(request, principal),
        classes=[(NAMES[one.name], one) for one in classes],
        cases=cases,
        may_ask=bool(permit(principal, "enter_organisation")),
    )


# After the route above, whose address it would take for a matter.
router.include_router(routes_of(ROOM))
