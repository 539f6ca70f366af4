"""What the Commission, a neutral third party and a label officer see and do (procedure, stages 7 to 9)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts.parts import Part
from certify.web.act_pages import Room, receipt_shown, show_act, take_act
from certify.web.casework import ballots_needed, findings_by_criterion, list_cases
from certify.web.commission import (
    complaints,
    corrections,
    erasures,
    institutions,
    labels,
    legal_holds,
    organisations,
    practices,
    questions,
    schemes,
)
from certify.web.commission.acts import PAGES
from certify.web.commission.waiting import decided, tasks_of, voting, waiting
from certify.web.language import language_of
from certify.web.matters.awaited import awaited_in, urgent_first
from certify.web.people import Someone
from certify.web.permissions import permission, room
from certify.web.rendering import render
from certify.web.services import Serviced
from certify.web.work import signed_in_bar
from schemas.identifiers import Identifier

ROOM = Room(
    path="/commission",
    parts=frozenset({Part.MEMBER, Part.THIRD_PARTY, Part.LABEL_OFFICER}),
    pages=PAGES,
)

_MATTERS = (
    institutions.ROOM,
    organisations.ROOM,
    labels.ROOM,
    questions.ROOM,
    complaints.ROOM,
    practices.ROOM,
    schemes.ROOM,
    corrections.ROOM,
    erasures.ROOM,
    legal_holds.ROOM,
)
"""The rooms of matters whose readers begin their work here."""


router = APIRouter(prefix="/commission", dependencies=[room("enter_commissions_room")])
# Before `/{application}`, which would take their addresses for a case.
router.include_router(questions.router)
router.include_router(complaints.router)
router.include_router(organisations.router)
router.include_router(institutions.router)
router.include_router(labels.router)
router.include_router(practices.router)
router.include_router(corrections.router)
router.include_router(erasures.router)
router.include_router(legal_holds.router)
router.include_router(schemes.router)


@router.get("", dependencies=[permission("list_cases")])
async def start(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show what waits for this person, open rounds, and past decisions."""
    listed = [one for one in await list_cases(services, principal) if ROOM.parts & set(one.reading.parts)]
    language = language_of(request, remembered=True)
    awaited = await awaited_in(services, principal, _MATTERS, language, datetime.now(UTC))
    return render(
        request,
        "commission/start.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        waiting=urgent_first(waiting(language, listed), awaited.tasks),
        counts=awaited.counts,
        voting=voting(listed),
        decided=decided(listed),
        needed=ballots_needed,
    )


@router.get("/{application}", dependencies=[permission("read_case")])
async def case(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show one case as far as it is for this person."""
    opened = await ROOM.open(services, principal, application)
    return render(
        request,
        "commission/case.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        tasks=tasks_of(language_of(request, remembered=True), opened.reading),
        findings=findings_by_criterion(opened),
        needed=ballots_needed,
        done="done" in request.query_params,
        receipt=await receipt_shown(request, services, application),
        **opened.context,
    )


@router.get("/{application}/{act}", dependencies=[permission("read_case")])
async def form(request: Request, application: Identifier, act: str, principal: Someone, services: Serviced) -> Response:
    """Show the page of one act."""
    return await show_act(request, services, principal, ROOM, application, act)


@router.post("/{application}/{act}", dependencies=[permission("act_in_case")])
async def send(request: Request, application: Identifier, act: str, principal: Someone, services: Serviced) -> Response:
    """Do one act."""
    return await take_act(request, services, principal, ROOM, application, act)
