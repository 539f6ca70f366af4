"""What an expert reviewer sees and does (procedure, stages 4 and 5)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.web.act_pages import receipt_shown, show_act, take_act
from certify.web.casework import findings_by_criterion, list_cases, lodged_application
from certify.web.drafting import all_begun
from certify.web.language import language_of
from certify.web.matters.awaited import awaited_in, urgent_first
from certify.web.people import Someone
from certify.web.permissions import permission, room
from certify.web.rendering import render
from certify.web.reviewer import complaints, labels, protocol, review
from certify.web.reviewer.acts import ROOM
from certify.web.reviewer.draft import own_draft, subject_of
from certify.web.reviewer.scope import Scope
from certify.web.reviewer.waiting import done, later, tasks_of, waiting
from certify.web.services import Serviced
from certify.web.work import signed_in_bar
from schemas.identifiers import Identifier

router = APIRouter(prefix="/reviewer", dependencies=[room("enter_reviewers_room")])
# Before `/{application}/{act}`, which would take its addresses for acts.
router.include_router(review.router)
router.include_router(protocol.router)
router.include_router(complaints.router)
router.include_router(labels.router)

_MATTERS = (
    labels.ROOM,
    complaints.ROOM,
)
"""The rooms of matters whose readers begin their work here."""


@router.get("", dependencies=[permission("list_cases")])
async def start(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show what waits for this reviewer, what will, and what is done."""
    listed = await list_cases(services, principal, where=lambda case: principal.person in case.assignments)
    kept = {one.subject: one for one in await all_begun(services, principal, subject_of(""))}
    language = language_of(request, remembered=True)
    awaited = await awaited_in(services, principal, _MATTERS, language, datetime.now(UTC))
    return render(
        request,
        "reviewer/start.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        waiting=urgent_first(waiting(language, listed, kept), awaited.tasks),
        counts=awaited.counts,
        later=later(listed),
        done=done(language, listed),
    )


@router.get("/{application}", dependencies=[permission("read_case")])
async def case(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show one case: first its scope, after the plan's approval what there is to judge."""
    opened = await ROOM.open(services, principal, application)
    return render(
        request,
        "reviewer/case.html",
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        scope_of_work=Scope.of(opened),
        tasks=tasks_of(language_of(request, remembered=True), opened.reading),
        draft=await own_draft(services, principal, opened.reading),
        lodged=await lodged_application(services, opened.reading),
        findings=findings_by_criterion(opened),
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
