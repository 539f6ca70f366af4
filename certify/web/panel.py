"""What a member of the appeal pool sees and does: the appeals they were drawn to decide (ISO/IEC 17065, 7.13)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts.matter_parts import MatterPart
from certify.accounts.parts import Part
from certify.register import labels
from certify.web.acting import Before
from certify.web.casework import ballots_needed, findings_by_criterion, lodged_application, open_case
from certify.web.language import marked
from certify.web.matters.appeal_pages import OWN, PUTTING_TO_VOTE
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.matter_voting import VOTING
from certify.web.matters.open_matter import OpenMatter
from certify.web.people import Someone
from certify.web.permissions import permission, room
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.appeal import PUBLIC_REASON_MAX
from schemas.errors import NotFound
from schemas.identifiers import MatterId


async def _limits(_: Before[OpenMatter]) -> dict[str, object]:
    return {"public_reason_max": PUBLIC_REASON_MAX}


_OTHERS = frozenset({"not_on_the_panel", "already_decided", "motion_is_open"})
ROOM = MatterRoom(
    path="/appeals",
    kind="appeal",
    parts=frozenset({MatterPart.PANEL}),
    title=marked("Appeals"),
    intro=marked("You find here the appeals that you were drawn to decide. Declare your interests first."),
    own=OWN,
    pages={
        "declare-matter-interests": VOTING["declare-matter-interests"],
        "record-appeal-hearing": MatterPage(
            kind="record_appeal_hearing",
            name=marked("Record the hearing of the party"),
            template="matters/record_appeal_hearing.html",
            fields=lambda typed: {"protocol": typed.one("protocol")},
            anchor="protocol",
            required={"protocol": marked("Write or paste the protocol.")},
            unlisted=_OTHERS | {"no_hearing_due"},
        ),
        "put-appeal-to-vote": PUTTING_TO_VOTE,
        "cast-vote": VOTING["cast-vote"],
        "give-appeal-reasons": MatterPage(
            kind="give_appeal_reasons",
            name=marked("Give the reasons of the decision"),
            template="matters/give_appeal_reasons.html",
            fields=lambda typed: {"reasons": typed.one("reasons"), "public_reason": typed.one("public_reason")},
            anchor="reasons",
            anchors={"public_reason_too_long": "public_reason"},
            required={
                "reasons": marked("Give the reasons."),
                "public_reason": marked("Write one or two sentences that everybody may read."),
            },
            check="matters/give_appeal_reasons_check.html",
            more=_limits,
            unlisted=frozenset({"not_voted", "already_decided"}),
        ),
        "leave-electorate": VOTING["leave-electorate"],
    },
)
router = APIRouter(dependencies=[room("enter_pools_room")])


@router.get("/appeals/{matter}/case", dependencies=[permission("read_matter")])
async def case(request: Request, matter: MatterId, principal: Someone, services: Serviced) -> Response:
    """Show the case that an appeal is about to those who decide the appeal.

    Raises:
        NotFound: `unknown_matter` or `unknown_application`; also before interests were declared, and after the end.
    """
    appeal = await ROOM.open(services, principal, matter)
    opened = await open_case(services, principal, await _case_of(services, str(appeal.reading.facts["stream"])))
    if Part.PANEL not in opened.reading.parts:
        raise NotFound("unknown_application", "There is no such application.")
    return render(
        request,
        "panel/case.html",
        person=signed_in_bar(request, principal),
        room=f"{ROOM.path}/{matter}",
        findings=findings_by_criterion(opened),
        needed=ballots_needed,
        lodged=await lodged_application(services, opened.reading),
        **opened.context,
    )


async def _case_of(services: Services, stream: str) -> str:
    """Return the case in whose stream an act stands, or of the label in whose stream it does."""
    kind, _, subject = stream.partition("/")
    if kind == "case":
        return subject
    async with services.database.reading() as session:
        label = await labels.find(session, subject) if kind == "label" else None
    if label is None:
        raise NotFound("unknown_application", "There is no such application.")
    return label.application


# After the route above, whose address it would take for an act.
router.include_router(routes_of(ROOM))
