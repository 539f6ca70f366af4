"""What an applicant sees and does: drafts, lodging, evidence, the outcome and the label (procedure, stages 1 to 3)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts import colleagues
from certify.web.act_pages import receipt_shown, show_act, take_act
from certify.web.applicant import (
    amending,
    appeals,
    beginning,
    drafts,
    evidence,
    holder_image,
    label_preview,
    labels,
    one_file,
    organisation,
    practices,
    questions,
)
from certify.web.applicant.drafts import drafts_of
from certify.web.applicant.renewals import renewal_step
from certify.web.applicant.room import ROOM
from certify.web.applicant.waiting import NOT_YET, due_at, duty_of, stands, waiting
from certify.web.casework import ListedCase, ballots_needed, findings_by_criterion, list_cases
from certify.web.language import language_of
from certify.web.matters.appeal_views import appeals_of_case
from certify.web.matters.awaited import awaited_in, urgent_first
from certify.web.openings import show_openings
from certify.web.people import Someone
from certify.web.permissions import permission, room
from certify.web.rendering import render
from certify.web.requirements import checklist, fitting
from certify.web.services import Serviced
from certify.web.work import signed_in_bar
from schemas.identifiers import Identifier

router = APIRouter(prefix="/applicant", dependencies=[room("enter_applicants_room")])
# Before `/{application}`, which would take their addresses for a case.
router.include_router(beginning.router)
router.include_router(drafts.router)
router.include_router(questions.router)
router.include_router(labels.router)
# Before the next one, which would take its address for any act.
router.include_router(holder_image.router)
router.include_router(organisation.router)
router.include_router(appeals.router)
router.include_router(practices.router)
router.include_router(evidence.router)
router.include_router(one_file.router)
router.include_router(amending.router)
router.include_router(label_preview.router)

_MATTERS = (
    labels.ROOM,
    organisation.ROOM,
    appeals.ROOM,
    questions.ROOM,
    practices.ROOM,
)
"""The rooms of matters whose readers begin their work here."""


@router.get("", dependencies=[permission("list_cases")])
async def start(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show what waits for the applicant, and all their applications."""
    language = language_of(request, remembered=True)
    listed: list[ListedCase] = [
        one for one in await list_cases(services, principal) if ROOM.parts & set(one.reading.parts)
    ]
    begun = await drafts_of(services, principal)
    async with services.database.reading() as session:
        asking = (await colleagues.of(session, principal)).asking
    awaited = await awaited_in(services, principal, _MATTERS, language, datetime.now(UTC))
    return render(
        request,
        "applicant/start.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        waiting=urgent_first(waiting(language, listed, begun, asking), awaited.tasks),
        counts=awaited.counts,
        listed=[(one, stands(language, one.reading)) for one in listed],
        drafts=begun,
        lodged=request.query_params.get("lodged", "")[:64],
    )


@router.get("/{application}", dependencies=[permission("read_case")])
async def case(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show one case of the applicant's organisation."""
    opened = await ROOM.open(services, principal, application)
    language = language_of(request, remembered=True)
    return render(
        request,
        "applicant/case.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        stands=stands(language, opened.reading),
        duty=duty_of(language, opened.reading),
        not_yet=NOT_YET,
        due_at=due_at(opened.reading),
        checklist=checklist(opened.reading),
        fitting=lambda criterion: fitting(language, opened.scheme, criterion),
        findings=findings_by_criterion(opened),
        needed=ballots_needed,
        renewal=await renewal_step(services, principal, language, opened.case.lodged.renews),
        appeals=await appeals_of_case(
            services, principal, application, about=opened.reading.system.name, language=language
        ),
        lodged="lodged" in request.query_params,
        done="done" in request.query_params,
        receipt=await receipt_shown(request, services, application),
        **opened.context,
    )


@router.get("/{application}/submit-evidence", dependencies=[permission("read_case")])
async def submission(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show what will be frozen, or what is still missing."""
    opened = await ROOM.open(services, principal, application)
    if opened.reading.may["submit_evidence"] != "evidence_incomplete":
        return await show_act(request, services, principal, ROOM, application, "submit-evidence")
    bar = signed_in_bar(request, principal)
    return render(request, "applicant/missing_evidence.html", person=bar, room=ROOM.path, **opened.context)


@router.get("/{application}/openings", dependencies=[permission("read_openings")])
async def openings(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show who opened which file of a case, and when."""
    return await show_openings(request, services, principal, ROOM, application)


@router.get("/{application}/{act}", dependencies=[permission("read_case")])
async def form(request: Request, application: Identifier, act: str, principal: Someone, services: Serviced) -> Response:
    """Show the page of one act."""
    return await show_act(request, services, principal, ROOM, application, act)


@router.post("/{application}/{act}", dependencies=[permission("act_in_case")])
async def send(request: Request, application: Identifier, act: str, principal: Someone, services: Serviced) -> Response:
    """Do one act."""
    return await take_act(request, services, principal, ROOM, application, act)
