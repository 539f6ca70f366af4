"""What the public sees: the answer to a scan, the directory, the Register, the scheme. No session, no cookie."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

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
    exports,
    institutions,
    keys,
    log_files,
    methods,
    offline_check,
    pictures,
    practices,
    questions,
    report,
    self_check,
    statistics,
)
from certify.web.public.lookup import (
    SCANNED,
    answer_for_number,
    answer_for_token,
    answered,
    count_answer,
    keep_for_a_minute,
)
from certify.web.public.register import participant_row
from certify.web.public.register_views import RegisterView
from certify.web.public.views import (
    READ,
    AnswerView,
    LabelsView,
    ScanView,
    answer_for,
    headline,
    scan_page,
)
from certify.web.rendering import render
from certify.web.scans import Way
from certify.web.services import Serviced, Services
from certify.web.standing import listed_standing
from certify.web.tour import steps
from labels.extracts import extract_document
from schemas.label_number import MistypedNumber, parse_number
from schemas.scheme import BUILT_IN, Tier

router = APIRouter(dependencies=[public()])
# Before `/{number}`, which would take their addresses for numbers.
router.include_router(self_check.router)
router.include_router(methods.router)
router.include_router(keys.router)
# Before `/{number}`, which would take their addresses for a label's number.
router.include_router(questions.router)
router.include_router(report.router)
router.include_router(complaint.router)
router.include_router(institutions.router)
router.include_router(practices.router)
router.include_router(statistics.router)
router.include_router(exports.router)
router.include_router(log_files.router)
router.include_router(offline_check.router)
SCHEME = BUILT_IN.name
_NUMBER_LIKE = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{9,30}")
_FILES = {
    "application/cose": "cose",
    "application/ld+json": "jsonld",
    "application/pdf": "pdf",
    "application/vc+jwt": "vc.jwt",
    "image/png": "png",
    "image/svg+xml": "svg",
}
"""Ends of addresses, by the one media type that a program accepts."""


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
        answers.label_row(row, scheme, language, await listed_standing(services, row, now))
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
    rows = tuple(participant_row(row, scheme, language, now) for row in found if row.is_participant)
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


@router.get("/C/{token}")
@router.get("/c/{token}")
async def scan_token(request: Request, token: str, services: Serviced) -> Response:
    """Answer for a scanned label: is it ours, and does it stand?"""
    return await _answer(request, services, Way.CODE, lambda: answer_for_token(request, services, token.upper()))


async def _answer(
    request: Request,
    services: Services,
    way: Way,
    question: Callable[[], Awaitable[AnswerView]],
    *,
    as_json: bool = False,
) -> Response:
    """Answer as page or JSON; pages are counted, programs that ask again and again are not."""
    view = await answered(request, question)
    if as_json or _wants_json(request):
        response: Response = _as_json(request, view)
    else:
        response = scan_page(request, view)
        count_answer(request, services, way, view)
    if isinstance(view, ScanView) and view.label is not None and view.label.websites:
        response.headers["Vary"] += ", Referer"
    return keep_for_a_minute(response)


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _as_json(request: Request, view: AnswerView) -> Response:
    answer = answer_for(view)
    body = view.model_dump(mode="json", exclude={"downloads", "came_from", "is_named"})
    body["headline"] = headline(view, language_of(request))
    response = JSONResponse(body, answer.status)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


@router.get("/{number}.json")
async def scan_json(request: Request, number: str, services: Serviced) -> Response:
    """Answer for a number, for programs."""
    return await _scan(request, services, number, as_json=True)


router.include_router(pictures.router)  # before `/{number}`, which would take `ID.svg` for a number


@router.get("/{number}")
async def scan(request: Request, number: str, services: Serviced) -> Response:
    """Answer for a label's number; who asks for another kind of file only is led to it."""
    wanted = _FILES.get(request.headers.get("accept", "").split(";")[0].strip())
    if wanted is not None and _NUMBER_LIKE.fullmatch(number):
        return RedirectResponse(f"/{number}.{wanted}", 303, headers={"Vary": "Accept"})
    return await _scan(request, services, number)


async def _scan(request: Request, services: Services, number: str, *, as_json: bool = False) -> Response:
    if not _NUMBER_LIKE.fullmatch(number):
        raise HTTPException(404, "There is no such page.")
    try:
        label_id = parse_number(number)
    except MistypedNumber as slip:
        view = answers.mistyped(number, slip)
        return _as_json(request, view) if as_json or _wants_json(request) else scan_page(request, view)
    question = partial(answer_for_number, request, services, label_id)
    return await _answer(request, services, Way.NUMBER, question, as_json=as_json)


for _route in router.routes:
    if isinstance(_route, APIRoute) and "GET" in (_route.methods or ()):
        _route.methods = {*READ}
