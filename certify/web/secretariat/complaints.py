"""Complaints as the secretariat keeps them: who handles one, by when; and how to reach whoever complained."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from certify.accounts import complainants
from certify.accounts.access_ledger import enter_contact
from certify.accounts.matter_parts import MatterPart
from certify.accounts.people import names_of
from certify.accounts.principal import Principal
from certify.register import complaints, matters
from certify.register import people as record
from certify.register.involvement import concerned_by
from certify.web.acting import Before
from certify.web.language import language_of, marked
from certify.web.matters.complaint_pages import DECIDING, HANDLING, OWN
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.matter_reasons import reason_about
from certify.web.matters.open_matter import OpenMatter
from certify.web.people import RequestId, Someone
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.complaint import Complaint
from schemas.errors import NotPermitted, OutOfOrder
from schemas.identifiers import MatterId
from schemas.people import Role
from schemas.record_events import ContactErased, ContactOpened
from workflows.rules.matter.complaints import HANDLERS, may_handle


async def _handlers(before: Before[OpenMatter]) -> dict[str, object]:
    """Return who can handle the complaint, and why others cannot."""
    opened, language = before.opened, language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        complaint = await matters.get(session, Complaint, opened.reading.kind, opened.reading.id)
        concerned = await concerned_by(session, complaint.label)
        held = {one.person: one for role in HANDLERS for one in await record.serving(session, role)}
        names = await names_of(session, held)
    found = []
    for person, facts in held.items():
        refusal = may_handle(complaint, facts, concerned).refusal
        code = "already_assigned" if complaint.handler == person else refusal.code if refusal else None
        why_not = reason_about(language, code) if code else None
        found.append({"person": person, "name": names.get(person, person), "why_not": why_not})
    return {"candidates": sorted(found, key=lambda one: str(one["name"]))}


ROOM = MatterRoom(
    path="/secretariat/complaints",
    kind="complaint",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR, MatterPart.HANDLER}),
    title=marked("Complaints"),
    intro=marked("What anybody reports about labels, their misuse, harm, or our own work (ISO/IEC 17065, 7.13)."),
    own=OWN,
    links={"contact": marked("How to reach the complainant")},
    pages={
        "assign-handler": MatterPage(
            kind="assign_handler",
            name=marked("Name who handles it"),
            template="secretariat/assign_handler.html",
            fields=lambda typed: {"handler": typed.one("handler")},
            anchor="handler",
            required={"handler": marked("Choose who handles it.")},
            more=_handlers,
            is_done=lambda reading: reading.facts.get("handler") is not None,
            unlisted=frozenset({"already_decided"}),
        ),
        **HANDLING,
        **DECIDING,
    },
)
router = APIRouter()


@router.get("/complaints/{matter}/contact", dependencies=[permission("read_complainant_contact")])
async def contact(
    request: Request, matter: MatterId, principal: Someone, services: Serviced, by: RequestId
) -> Response:
    """Show how the complainant can be reached; who saw it is on record."""
    await _require_keeper(services, principal, matter)
    opened = await ROOM.open(services, principal, matter)
    async with services.database.writing() as session:
        found = await complainants.find(session, matter)
        if found is not None:
            seen = ContactOpened(at=datetime.now(UTC), actor=principal.person, person=principal.person)
            await enter_contact(session, matter, seen, authn=principal.authn, request_id=by)
    return render(
        request,
        "secretariat/complainant.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        contact=found,
        erased="erased" in request.query_params,
        **opened.context,
    )


@router.post("/complaints/{matter}/contact", dependencies=[permission("erase_complainant_contact")])
async def erase(matter: MatterId, principal: Someone, services: Serviced, by: RequestId) -> Response:
    """Erase how the complainant can be reached."""
    await _require_keeper(services, principal, matter)
    async with services.database.writing() as session:
        if await complaints.is_held(session, matter):
            raise OutOfOrder("legal_hold", "A legal hold stands; nothing it covers is erased.")
        if await complainants.erase(session, matter):
            gone = ContactErased(at=datetime.now(UTC), actor=principal.person, person=principal.person)
            await enter_contact(session, matter, gone, authn=principal.authn, request_id=by)
    return RedirectResponse(f"{ROOM.path}/{matter}/contact?erased", status_code=303)


async def _require_keeper(services: Services, principal: Principal, matter: str) -> None:
    """Let in the secretariat alone: an auditor reads the record, and this is no part of it.

    Raises:
        NotFound: `unknown_matter`.
        NotPermitted: `role_missing`.
    """
    opened = await ROOM.open(services, principal, matter)
    if MatterPart.KEEPER not in opened.reading.parts or not principal.facts.has(Role.SECRETARIAT):
        raise NotPermitted("role_missing", "Only the secretariat sees how a complainant can be reached.")


# After the routes above, whose addresses it would take for acts.
router.include_router(routes_of(ROOM))
