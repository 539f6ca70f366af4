"""From a refusal to an HTTP answer: the one table of statuses, a page or an RFC 9457 body."""

from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from certify.web.language import language_of, marked, sentence
from certify.web.limits import TooOften
from certify.web.rendering import Link, render
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


SAID_BELOW = (marked("This was erased on purpose; its digest stays in the record."),)
"""Sentences of rooms that know no languages, for the catalogue."""


def status_of(error: ProcedureError) -> int:
    """Return the HTTP status of a refusal."""
    return _BY_CODE.get(error.code, _BY_KIND.get(error.kind, 409))


def install(app: FastAPI) -> None:
    """Answer every error in one way."""
    _install_for_the_database(app)

    @app.exception_handler(ProcedureError)
    async def _refused(request: Request, error: ProcedureError) -> Response:
        return answer(request, status_of(error), error.code, error.message)

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
        return answer(request, 422, "malformed_request", f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        # The framework tells a body that it cannot read (400) from one that is wrong; who sent it has no use for that.
        status = 422 if error.status_code == 400 else error.status_code
        code = _OF_THE_FRAMEWORK.get(status, "http_error")
        message = TOO_LARGE if status == 413 else str(error.detail)
        return answer(request, status, code, message, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> Response:
        reference = uuid4().hex[:12]
        log.error("unexpected", reference=reference, route=_route(request), exc_info=error)
        return answer(request, 500, "unexpected", marked("Something went wrong on our side."), reference=reference)


def _route(request: Request) -> str | None:
    """Return what was asked for without what stands in its address: some are links and codes that open something."""
    return getattr(request.scope.get("route"), "path", None)


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
) -> Response:
    """Return an error as RFC 9457 body to programs and as a page to people."""
    more = dict(headers or {})
    if status in {429, 503}:
        more.setdefault("Retry-After", RETRY_AFTER_SECONDS)
    if request.url.path.startswith(API):
        if status == 401:
            more["WWW-Authenticate"] = "Bearer"  # RFC 9110, 11.6.1
        body = {"type": f"/problems/{code}", "title": message, "status": status, "code": code}
        if reference:
            body["reference"] = reference
        return JSONResponse(body, status, headers=more, media_type="application/problem+json")
    return _page(request, status, code, message, reference, more)


def _page(
    request: Request, status: int, code: str, message: str, reference: str | None, headers: dict[str, str]
) -> Response:
    language = language_of(request, remembered=True)
    title = _TITLES.get(status, marked("This was not done"))
    way_on = Link(text=sentence(language, marked("Sign in")), href="/sign-in") if status == 401 else None  # RFC 9110
    back = Link(text=sentence(language, marked("Go to the start page")), href="/")
    response = render(
        request,
        "error.html",
        status,
        title=sentence(language, title),
        sentence=sentence(language, message),
        code=code,
        reference=reference,
        way_on=way_on or back,
    )
    response.headers.update(headers)
    return response
