"""What the public sees: the answer to a scan, the directory, the Register, the scheme. No session, no cookie."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from certify.register import labels, participants, schemes
from certify.web.language import language_of
from certify.web.permissions import public
from certify.web.public import (
    answers,
    complaint,
    institutions,
    label_feed,
    methods,
    practices,
    questions,
    report,
    scanning,
    self_check,
    statistics,
)
from certify.web.public.lookup import SCANNED
from certify.web.public.register import participant_row
from certify.web.public.register_views import RegisterView
from certify.web.public.views import READ, LabelsView, scan_page
from certify.web.rendering import render
from certify.web.services import Serviced
from certify.web.standing import told_standing
from certify.web.tour import steps
from labels.extracts import extract_document
from schemas.label_number import MistypedNumber, parse_number
from schemas.scheme import BUILT_IN, Tier

router = APIRouter(dependencies=[public()])
# Before `/{number}`, which would take their addresses for numbers.
router.include_router(self_check.router)
router.include_router(methods.router)
# Before `/{number}`, which would take their addresses for a label's number.
router.include_router(questions.router)
router.include_router(report.router)
router.include_router(complaint.router)
router.include_router(institutions.router)
router.include_router(practices.router)
router.include_router(statistics.router)
router.include_router(label_feed.router)
SCHEME = BUILT_IN.name


@router.get("/")
async def home(request: Request, services: Serviced) -> Response:
    """Show what this is, and a field for a label's number."""
    return render(request, "public/home.html", tour=await steps(request, services))


@router.get("/find")
async def find(request: Request, number: str = "") -> Response:
    """Lead from a typed number to its page."""
    try:
        language = request.query_params.get("lang")
        return RedirectResponse(f"/{parse_number(number)}" + (f"?lang={language}" if language else ""), 303)
    except MistypedNumber as slip:
        return scan_page(request, answers.mistyped(number, slip))


@router.get("/labels")
async def directory(request: Request, services: Serviced, q: str = "", standing: str = "", tier: str = "") -> Response:
    """Show every label with what it is worth today."""
    language, now = language_of(request), datetime.now(UTC)
    async with services.database.reading() as session:
        found = await labels.directory(session, search=q[:100])
        scheme = await schemes.in_force(session, SCHEME)
    rows = [
        answers.label_row(row, scheme, language, await told_standing(services, row, now))
        for row in found
        if tier in {"", row.tier}
    ]
    listed = tuple(row for row in rows if standing in {"", row.standing.value})
    tiers = tuple((one.value, scheme.texts.tiers[one].name.in_language(language)) for one in Tier)
    view = LabelsView(labels=listed, total=len(listed), query=q[:100], standing=standing, tier=tier, tiers=tiers)
    return render(request, "public/labels.html", view=view)


@router.get("/register")
async def register(request: Request, services: Serviced) -> Response:
    """Show who has joined the Code (II-2.4)."""
    language = language_of(request)
    async with services.database.reading() as session:
        found = await participants.every(session)
        scheme = await schemes.in_force(session, SCHEME)
    now = datetime.now(UTC)
    seats = await services.seats.every(services.database, now)
    rows = tuple(
        participant_row(row, scheme, language, now, seats.get(row.organisation, ()))
        for row in found
        if row.is_participant
    )
    left = tuple(participant_row(row, scheme, language, now) for row in found if not row.is_participant)
    return render(request, "public/register.html", view=RegisterView(participants=rows, left=left, total=len(rows)))


@router.get("/register/{organisation}/extract")
async def register_extract(organisation: str, services: Serviced) -> Response:
    """Give out what the Register says of a participant, signed (II-2.1): for anybody, verified offline."""
    async with services.database.reading() as session:
        row = await participants.find(session, organisation[:64])
    extract = row.signed_extract if row is not None else None
    if extract is None:
        raise HTTPException(404, "There is no such extract.")
    return JSONResponse(extract_document(extract), headers=SCANNED)


@router.get("/scheme")
async def scheme_page(request: Request, services: Serviced) -> Response:
    """Show what is asked of a system, and how risk is counted."""
    async with services.database.reading() as session:
        scheme = await schemes.in_force(session, SCHEME)
    return render(request, "public/scheme.html", scheme=scheme, tiers=tuple(Tier))


router.include_router(scanning.router)

for _route in router.routes:
    if isinstance(_route, APIRoute) and "GET" in (_route.methods or ()):
        _route.methods = {*READ}
