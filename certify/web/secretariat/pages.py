"""What the secretariat keeps and an auditor reads: the board, the cases, their record, people and the Register."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts.parts import Part
from certify.accounts.policy import permit
from certify.web.act_pages import Room, receipt_shown, show_act, take_act
from certify.web.casework import ballots_needed, findings_by_criterion, list_cases
from certify.web.language import language_of
from certify.web.matters.appeal_views import appeals_of_case
from certify.web.matters.awaited import awaited_in, urgent_first
from certify.web.matters.open_matter import may_open
from certify.web.openings import show_openings
from certify.web.people import Someone
from certify.web.permissions import permission, room
from certify.web.rendering import render
from certify.web.secretariat import (
    accessions,
    appeals,
    complaints,
    corrections,
    erasures,
    institutions,
    labels,
    legal_holds,
    people,
    practices,
    questions,
    register,
    schemes,
)
from certify.web.secretariat.acts import PAGES
from certify.web.secretariat.board import board, tasks_of, waiting
from certify.web.secretariat.found_ties import found_ties
from certify.web.secretariat.intake import intake_check
from certify.web.secretariat.record import record_of
from certify.web.secretariat.waited_for import waited_for
from certify.web.services import Serviced
from certify.web.work import signed_in_bar
from schemas.identifiers import Identifier
from workflows.rules.matter.legal_holds import LEGAL_HOLD
from workflows.rules.matter.record_corrections import RECORD_CORRECTION

router = APIRouter(prefix="/secretariat", dependencies=[room("enter_secretariats_room")])
# Before `/{application}`, which would take their addresses for a case.
router.include_router(people.router)
router.include_router(register.router)
router.include_router(accessions.router)
router.include_router(institutions.router)
router.include_router(questions.router)
router.include_router(complaints.router)
router.include_router(appeals.router)
router.include_router(labels.router)
router.include_router(practices.router)
router.include_router(corrections.router)
router.include_router(erasures.router)
router.include_router(legal_holds.router)
router.include_router(schemes.router)

ROOM = Room(path="/secretariat", parts=frozenset({Part.SECRETARIAT, Part.AUDITOR}), pages=PAGES)
MATTERS = (
    labels.ROOM,
    complaints.ROOM,
    appeals.ROOM,
    accessions.ROOM,
    institutions.ROOM,
    questions.ROOM,
    practices.ROOM,
    corrections.ROOM,
    erasures.ROOM,
    legal_holds.ROOM,
    schemes.ROOM,
)
"""The rooms of matters whose readers begin their work here."""
LISTED = ROOM.parts | {Part.TIED_SECRETARIAT}
"""Who is tied to an applicant sees that the case is there: others have to keep it."""


@router.get("", dependencies=[permission("list_cases")])
async def start(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show what waits for the secretariat, and every case by its stage."""
    now, language = datetime.now(UTC), language_of(request, remembered=True)
    listed = [one for one in await list_cases(services, principal) if LISTED & set(one.reading.parts)]
    awaited = await awaited_in(services, principal, MATTERS, language, now)
    return render(
        request,
        "secretariat/start.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        waiting=urgent_first(waiting(language, listed, now), awaited.tasks),
        counts=awaited.counts,
        board=board(listed, now),
        sample=await services.draw.open_sample(services.database, now) if permit(principal, "read_draws") else None,
        done="done" in request.query_params,
        receipt=await receipt_shown(request, services, request.query_params.get("left", "")),
    )


@router.get("/waiting", dependencies=[permission("list_cases")])
async def who_waits(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show who waits for whom in all that the reader may see, what is due first at the top."""
    return render(
        request,
        "secretariat/waiting.html",
        person=signed_in_bar(request, principal),
        lines=await waited_for(services, principal, MATTERS, language_of(request, remembered=True), datetime.now(UTC)),
    )


@router.get("/{application}", dependencies=[permission("read_case")])
async def case(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show one case."""
    opened = await ROOM.open(services, principal, application)
    language = language_of(request, remembered=True)
    return render(
        request,
        "secretariat/case.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        tasks=tasks_of(language, opened.reading, opened.scheme.rules),
        intake=await intake_check(services, principal, opened),
        found_ties=await found_ties(services, opened),
        findings=findings_by_criterion(opened),
        appeals=await appeals_of_case(
            services, principal, application, about=opened.reading.system.name, language=language
        ),
        needed=ballots_needed,
        may_hold=bool(may_open(principal, LEGAL_HOLD.name)),
        done="done" in request.query_params,
        receipt=await receipt_shown(request, services, application),
        **opened.context,
    )


@router.get("/{application}/record", dependencies=[permission("read_record")])
async def record(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show every entry of a case's stream, with its receipt."""
    opened = await ROOM.open(services, principal, application)
    return render(
        request,
        "secretariat/record.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        entries=await record_of(services, principal, opened, language_of(request, remembered=True)),
        may_correct=bool(may_open(principal, RECORD_CORRECTION.name)),
        **opened.context,
    )


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
