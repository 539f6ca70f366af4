"""The answer to a scan, and the files that let others verify: what `certify verification` gives out by itself.

None of it needs the procedure, so that it goes on while Temporal, the worker and the store are away, and in a process
of its own while pages for people who work here are flooded or down (security T16).
"""

import re
from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from certify.web.language import language_of
from certify.web.public import answers, exports, keys, log_files, offline_check, pictures
from certify.web.public.lookup import answer_for_number, answer_for_token, answered, count_answer, keep_for_a_minute
from certify.web.public.views import READ, AnswerView, ScanView, answer_for, headline, scan_page
from certify.web.scans import Way
from certify.web.services import PublicServiced, PublicServices
from schemas.label import Authenticity, Standing
from schemas.label_number import MistypedNumber, parse_number

router = APIRouter()
# Before `/{number}`, which would take their addresses for numbers.
for _part in (keys, exports, log_files, offline_check, pictures):
    router.include_router(_part.router)
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
_OF_NUMBERS = frozenset({*_FILES.values(), "dcc.jwt", "tlog-proof"})
"""Ends of addresses of files, which a label has under its number; a token leads there once it is verified."""


@router.api_route("/C/{token}", methods=READ)
@router.api_route("/c/{token}", methods=READ)
async def scan_token(request: Request, token: str, services: PublicServiced) -> Response:
    """Answer for a scanned label: is it ours, and does it stand? With a suffix as JSON, or by leading to a file."""
    bare, _, suffix = token.partition(".")
    suffix = suffix.lower()
    if suffix and suffix not in {"json", *_OF_NUMBERS}:
        raise HTTPException(404, "There is no such file of a label.")
    question = partial(answer_for_token, request, services, bare.upper())
    wanted = (suffix if suffix in _OF_NUMBERS else None) or (None if suffix else _accepted_file(request))
    if wanted is None:
        return await _answer(request, services, Way.CODE, question, as_json=suffix == "json")
    return await _file_of(request, question, wanted, is_named=bool(suffix))


async def _file_of(
    request: Request, question: Callable[[], Awaitable[AnswerView]], wanted: str, *, is_named: bool
) -> Response:
    """Lead from a token to a file of its label; from one that is not that label's, nowhere.

    What is named by its suffix is the file or nothing: an answer of 200 about something else is not given for it.
    """
    view = await answered(request, question)
    if isinstance(view, ScanView) and view.number is not None and _is_genuine(view):
        return _leads_to(request, parse_number(view.number), wanted)
    if is_named and answer_for(view).status < 400:
        raise HTTPException(404, "There is no such file of a label.")
    return _written(request, view, as_json=_wants_json(request))


def _is_genuine(view: ScanView) -> bool:
    """Whether a token is verified, and no label of the directory has its number under another token."""
    return view.authenticity is Authenticity.AUTHENTIC and view.standing is not Standing.UNKNOWN_NUMBER


def _leads_to(request: Request, number: str, suffix: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{number}.{suffix}{query}", 303, headers={"Vary": "Accept"})


def _accepted_file(request: Request) -> str | None:
    return _FILES.get(request.headers.get("accept", "").split(";")[0].strip())


async def _answer(
    request: Request,
    services: PublicServices,
    way: Way,
    question: Callable[[], Awaitable[AnswerView]],
    *,
    as_json: bool = False,
) -> Response:
    """Answer as page or JSON; pages are counted, programs that ask again and again are not."""
    view = await answered(request, question)
    if as_json or _wants_json(request):
        return _written(request, view, as_json=True)
    response = _written(request, view, as_json=False)
    count_answer(request, services, way, view)
    return response


def _written(request: Request, view: AnswerView, *, as_json: bool) -> Response:
    response = _as_json(request, view) if as_json else scan_page(request, view)
    if isinstance(view, ScanView) and view.label is not None:
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


@router.api_route("/{number}.json", methods=READ)
async def scan_json(request: Request, number: str, services: PublicServiced) -> Response:
    """Answer for a number, for programs."""
    return await _scan(request, services, number, as_json=True)


@router.api_route("/{number}", methods=READ)
async def scan(request: Request, number: str, services: PublicServiced) -> Response:
    """Answer for a label's number; who asks for another kind of file only is led to it."""
    wanted = _accepted_file(request)
    if wanted is not None and _NUMBER_LIKE.fullmatch(number):
        return _leads_to(request, number, wanted)
    return await _scan(request, services, number)


async def _scan(request: Request, services: PublicServices, number: str, *, as_json: bool = False) -> Response:
    if not _NUMBER_LIKE.fullmatch(number):
        raise HTTPException(404, "There is no such page.")
    try:
        label_id = parse_number(number)
    except MistypedNumber as slip:
        view = answers.mistyped(number, slip)
        return _as_json(request, view) if as_json or _wants_json(request) else scan_page(request, view)
    question = partial(answer_for_number, request, services, label_id)
    return await _answer(request, services, Way.NUMBER, question, as_json=as_json)
