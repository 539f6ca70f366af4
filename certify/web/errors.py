"""From a refusal to an HTTP answer: the one table of statuses, a page or an RFC 9457 body."""

from collections.abc import Callable, Sequence
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from certify.web.language import Language, language_of, marked, sentence
from certify.web.limits import TooOften
from certify.web.matters.matter_reasons import refusal_in
from certify.web.rendering import Link, SignedIn, render
from certify.web.way_back import WORK, has_session, sign_in_href, written_in
from schemas.errors import CouldNotCheck, LabelError, ProcedureError

log = structlog.get_logger()

_BY_KIND = {
    "not_found": 404,
    "not_permitted": 403,
    "conflict_of_interest": 403,
    "out_of_order": 409,
    "evidence_incomplete": 409,
    "quorum_not_reached": 409,
    "already_decided": 409,
    "unacceptable": 422,
    "unavailable": 503,
}
_BY_CODE = {
    "erased": 410,
    "not_signed_in": 401,
    "sign_in_failed": 401,
    "token_invalid": 401,
    "file_too_large": 413,
    "case_too_large": 413,
    "form_too_large": 413,
    "too_many_attempts": 429,
    "too_many_openings": 429,
    "too_many_reports": 429,
    "too_many_requests": 429,
    "busy_signing_in": 429,
}
_OF_THE_FRAMEWORK = {
    404: "no_such_page",
    405: "no_such_method",
    413: "body_too_large",
    422: "malformed_request",
}
_TO_PEOPLE = {
    "no_such_page": marked("There is no such page."),
    "no_such_method": marked("This page takes nothing that is sent to it."),
    "malformed_request": marked("This address or form is not written as ours are."),
    "http_error": marked("This could not be answered."),
}
_TOO_LONG = frozenset({"57014", "55P03", "25P03", "40001", "40P01", "53300"})
"""What PostgreSQL says of what took too long, or stood in another's way: it may be sent again."""
_NO_TEXT = frozenset({"22021", "22P05"})
"""What PostgreSQL says of a character that it keeps in no text, as NUL; SQLite keeps every one."""
BUSY = marked("The record is too busy now; please try again.")
TOO_LARGE = marked("What you sent is too large.")
RETRY_AFTER_SECONDS = "2"
API = "/api/"
_TITLES = {
    401: marked("Please sign in"),
    404: marked("Page not found"),
    410: marked("Erased"),
    500: marked("Sorry, something went wrong"),
}


ROOMS = {
    "/applicant": marked("These pages are for applicants."),
    "/reviewer": marked("These pages are for expert reviewers."),
    "/commission": marked("These pages are for members of the Commission, neutral third parties and label officers."),
    "/secretariat": marked("These pages are for the secretariat, auditors and the impartiality committee."),
    "/appeals": marked("These pages are for members of the appeal pool."),
}
SAID_BELOW = (marked("This was erased on purpose; its digest stays in the record."),)
"""Sentences of rooms that know no languages, for the catalogue."""


def status_of(error: ProcedureError) -> int:
    """Return the HTTP status of a refusal."""
    return _BY_CODE.get(error.code, _BY_KIND.get(error.kind, 409))


async def refused(request: Request, error: ProcedureError) -> Response:
    """Return the answer to somebody who is refused something."""
    status = status_of(error)
    written = await written_in(request) if status == 401 and not _is_for_programs(request) else ()
    return answer(request, status, error.code, error.message, written=written)


def install(app: FastAPI) -> None:
    """Answer every error in one way."""
    _install_for_the_database(app)

    @app.exception_handler(ProcedureError)
    async def _refused(request: Request, error: ProcedureError) -> Response:
        return await refused(request, error)

    @app.exception_handler(TooOften)
    async def _too_often(request: Request, error: TooOften) -> Response:
        after = {"Retry-After": str(error.seconds)}
        return answer(request, 429, error.code, error.message, headers=after)

    @app.exception_handler(LabelError)
    async def _label(request: Request, error: LabelError) -> Response:
        return answer(request, 503 if isinstance(error, CouldNotCheck) else 422, error.code, error.message)

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        return answer(request, 422, *_worded(request, "malformed_request", f"{where}: {first['msg']}"))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        # The framework tells a body that it cannot read (400) from one that is wrong; who sent it has no use for that.
        status = 422 if error.status_code == 400 else error.status_code
        code = _OF_THE_FRAMEWORK.get(status, "http_error")
        message = TOO_LARGE if status == 413 else str(error.detail)
        return answer(request, status, *_worded(request, code, message), headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> Response:
        reference = uuid4().hex[:12]
        log.error("unexpected", reference=reference, route=_route(request), exc_info=error)
        return answer(request, 500, "unexpected", marked("Something went wrong on our side."), reference=reference)


def _route(request: Request) -> str | None:
    """Return what was asked for without what stands in its address: some are links and codes that open something."""
    return getattr(request.scope.get("route"), "path", None)


def _worded(request: Request, code: str, message: str) -> tuple[str, str]:
    """Return a code with what it says: people are told less of a machine's words than programs."""
    return code, message if _is_for_programs(request) else _TO_PEOPLE.get(code, message)


def _install_for_the_database(app: FastAPI) -> None:
    @app.exception_handler(OperationalError)
    @app.exception_handler(InterfaceError)
    @app.exception_handler(OSError)
    async def _unreachable(request: Request, error: Exception) -> Response:
        log.error("record_unreachable", route=_route(request), exc_info=error)
        return answer(request, 503, "record_unreachable", marked("The record cannot be reached now; please try again."))

    @app.exception_handler(PoolTimeoutError)
    async def _no_connection(request: Request, error: Exception) -> Response:
        log.warning("record_busy", route=_route(request), error=type(error).__name__)
        return answer(request, 503, "record_busy", BUSY)

    @app.exception_handler(DBAPIError)
    async def _refused_by_database(request: Request, error: DBAPIError) -> Response:
        state = getattr(error.orig, "sqlstate", None)
        if state in _TOO_LONG:
            return await _no_connection(request, error)
        if state not in _NO_TEXT:
            raise error
        return answer(request, 422, "malformed_request", marked("What you sent has a character that no text has."))


def answer(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    reference: str | None = None,
    headers: dict[str, str] | None = None,
    written: Sequence[str] = (),
) -> Response:
    """Return an error as RFC 9457 body to programs and as a page to people, with what they `written`."""
    more = dict(headers or {})
    if status in {429, 503}:
        more.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    if _is_for_programs(request):
        if status == 401:
            more["WWW-Authenticate"] = "Bearer"  # RFC 9110, 11.6.1
        body = {"type": f"/problems/{code}", "title": message, "status": status, "code": code}
        if reference:
            body["reference"] = reference
        return JSONResponse(body, status, headers=more, media_type="application/problem+json")
    response = _page(request, status, code, message, reference, written)
    response.headers.update(more)
    return response


def _is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(API)


def _page(
    request: Request, status: int, code: str, message: str, reference: str | None, written: Sequence[str]
) -> Response:
    language = language_of(request, remembered=True)
    title = _TITLES.get(status, marked("This was not done"))
    return render(
        request,
        "error.html",
        status,
        title=sentence(language, title),
        sentence=refusal_in(language, ProcedureError(code, message)),
        code=code,
        reference=reference,
        person=_person(request),
        written=written,
        whose=_whose(request, language) if status in {401, 403} else None,
        ways_on=_ways_on(request, status, language),
    )


def _ways_on(request: Request, status: int, language: Language) -> list[Link]:
    """Return where somebody goes on: whoever is signed in to their work, whoever must be to the sign-in and back."""
    start = Link(text=sentence(language, marked("Go to the start page")), href="/")
    if status == 401:
        return [Link(text=sentence(language, marked("Sign in")), href=sign_in_href(request)), start]  # RFC 9110
    work = [Link(text=sentence(language, marked("Go to my work")), href=WORK)] if has_session(request) else []
    return [*work, start]


def _person(request: Request) -> SignedIn | None:
    """Return the bar of whoever is asking, where the request came far enough to know."""
    bar: Callable[[Request], SignedIn | None] | None = getattr(request.app.state, "bar", None)
    return bar(request) if bar is not None else None


def _whose(request: Request, language: Language) -> str | None:
    """Return whose room a page lies in; everybody may know that."""
    words = ROOMS.get(f"/{request.url.path.split('/')[1]}")
    return sentence(language, words) if words is not None else None
