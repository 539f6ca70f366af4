"""What the public sees: the answer to a scan, the directory, the Register, the scheme. No session, no cookie."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from certify.register import labels, participants, schemes
from certify.web.errors import RETRY_AFTER_SECONDS
from certify.web.language import language_of
from certify.web.public import (
    answers,
    complaint,
    institutions,
    keys,
    methods,
    practices,
    questions,
    report,
    self_check,
    statistics,
)
from certify.web.public.register import participant_row
from certify.web.public.texts import texts_of
from certify.web.public.views import (
    READ,
    LabelsView,
    MistypedView,
    RegisterView,
    ScanView,
    answer_for,
    headline,
    scan_page,
)
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.tour import steps
from labels import artwork
from labels.extracts import extract_document
from labels.layout import Form
from schemas.errors import CouldNotCheck
from schemas.label import Authenticity, LabelFacts
from schemas.label_number import MistypedNumber, parse_number
from schemas.scheme import BUILT_IN, Tier

log = structlog.get_logger()
router = APIRouter()
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
SCHEME = BUILT_IN.name
SCANNED = {"Cache-Control": "public, max-age=60"}
_NUMBER_LIKE = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{9,30}")


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
    rows = [answers.label_row(row, scheme, language, now) for row in found if tier in {"", row.tier}]
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
    return await _answer(request, lambda: _answer_for_token(request, services, token.upper()))


async def _answer_for_token(request: Request, services: Services, token: str) -> ScanView:
    now, path = datetime.now(UTC), services.settings.key_set_file
    assert path is not None
    verified = answers.check_token(token, path, now)
    if verified.statement is None:
        return answers.not_ours(verified.authenticity, now)
    view = await _answer_for_number(request, services, verified.statement.id, Authenticity.AUTHENTIC, token)
    assert isinstance(view, ScanView)
    return view


async def _answer_for_number(
    request: Request,
    services: Services,
    label_id: str,
    authenticity: Authenticity | None = None,
    token: str | None = None,
) -> ScanView:
    now = datetime.now(UTC)
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
        if row is None or token not in {None, row.issued.token}:
            return answers.unknown(label_id, now, authenticity)
        scheme = await schemes.pinned(session, row.public_facts.scheme.digest)
    return answers.known(
        row,
        scheme,
        services.settings,
        language=language_of(request),
        now=now,
        authenticity=authenticity,
        texts=await texts_of(services.vault, row),
    )


async def _answer(request: Request, question: Callable[[], Awaitable[ScanView]], *, as_json: bool = False) -> Response:
    """Answer as page or JSON; a question that cannot be answered now is answered so, never as invalid."""
    try:
        view: ScanView | MistypedView = await question()
    except (CouldNotCheck, SQLAlchemyError, OSError) as error:
        log.warning("could_not_check", error=type(error).__name__)
        view = answers.could_not_check(datetime.now(UTC))
    response = _as_json(request, view) if as_json or _wants_json(request) else scan_page(request, view)
    # RFC 9110, 15.6: what cannot be answered now is not kept, and asked again.
    response.headers.update(SCANNED if response.status_code < 500 else {"Retry-After": RETRY_AFTER_SECONDS})
    return response


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _as_json(request: Request, view: ScanView | MistypedView) -> Response:
    answer = answer_for(view)
    body = view.model_dump(mode="json", exclude={"downloads"})
    body["headline"] = headline(view, language_of(request))
    response = JSONResponse(body, answer.status)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


@router.get("/{number}.json")
async def scan_json(request: Request, number: str, services: Serviced) -> Response:
    """Answer for a number, for programs."""
    return await _scan(request, services, number, as_json=True)


@router.get("/{number}.svg")
async def picture_svg(request: Request, number: str, services: Serviced, form: Form = Form.STANDARD) -> Response:
    """Draw a label for print."""
    facts = await _picture_facts(request, services, number)
    drawn = artwork.svg(facts, form=form, watermark="DEMO" if services.settings.demo else None)
    return Response(drawn, media_type="image/svg+xml", headers=SCANNED)


@router.get("/{number}.png")
async def picture_png(request: Request, number: str, services: Serviced, form: Form = Form.STANDARD) -> Response:
    """Draw a label as a picture."""
    facts = await _picture_facts(request, services, number)
    drawn = artwork.png(facts, form=form, watermark="DEMO" if services.settings.demo else None)
    return Response(drawn, media_type="image/png", headers=SCANNED)


@router.get("/{number}")
async def scan(request: Request, number: str, services: Serviced) -> Response:
    """Answer for a label's number."""
    return await _scan(request, services, number)


async def _scan(request: Request, services: Services, number: str, *, as_json: bool = False) -> Response:
    if not _NUMBER_LIKE.fullmatch(number):
        raise HTTPException(404, "There is no such page.")
    try:
        label_id = parse_number(number)
    except MistypedNumber as slip:
        view = answers.mistyped(number, slip)
        return _as_json(request, view) if as_json or _wants_json(request) else scan_page(request, view)
    return await _answer(request, lambda: _answer_for_number(request, services, label_id), as_json=as_json)


async def _picture_facts(request: Request, services: Services, number: str) -> LabelFacts:
    try:
        label_id = parse_number(number)
    except MistypedNumber:
        raise HTTPException(404, "There is no such label.") from None
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
        if row is None:
            raise HTTPException(404, "There is no such label.")
        scheme = await schemes.pinned(session, row.public_facts.scheme.digest)
    return answers.picture_facts(row, scheme, services.settings, language_of(request))


for _route in router.routes:
    if isinstance(_route, APIRoute) and "GET" in (_route.methods or ()):
        _route.methods = {*READ}
