"""Files are given out as attachments, never shown, and each opening stands in the ledger before the first byte leaves.

(1) the right to open is computed from the facts of this moment   (2) an infected file is opened by nobody   (3) the
store gives its first bytes   (4) the ledger is written; where it cannot be, nothing is sent   (5) the bytes go out, as
bytes of no type, to be saved under a name that is only a name (OWASP ASVS 5.0, 3.2.1, 5.4.1).
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from certify.accounts import access_ledger, file_links
from certify.accounts.access_ledger import TooManyOpenings
from certify.accounts.evidence_access import Grant, grant_in_case, grant_in_label
from certify.accounts.narrowing import case_for
from certify.accounts.principal import Principal
from certify.procedure.attempts import keep_attempt
from certify.procedure.label_files import item_of
from certify.vault import inspections
from certify.web.errors import answer, status_of
from certify.web.file_names import content_disposition
from certify.web.people import Someone, cookie_name, is_https, request_id
from certify.web.permissions import permission, public
from certify.web.services import Serviced, Services
from schemas.errors import NotFound
from schemas.evidence import EvidenceItem
from schemas.identifiers import Identifier, ItemId
from schemas.label import LabelId
from workflows.rules.label.kernel import LABEL

log = structlog.get_logger()
router = APIRouter(prefix="/files")
ONCE = "/files/once/"
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    # A range would be an opening of its own; whoever asks for one gets the whole (RFC 9110, 14.2).
    "Accept-Ranges": "none",
}


class FilesHost:
    """Lets nothing but one-time links be reached by the host of the files: no page of ours stands beside them."""

    def __init__(self, app: ASGIApp, files_url: str) -> None:
        self._app, self._files_url = app, files_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as everywhere else, or as if there were nothing."""
        is_there = scope["type"] == "http" and is_files_host(Headers(scope=scope).get("host", ""), self._files_url)
        if is_there and not scope["path"].startswith(ONCE):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
            return
        await self._app(scope, receive, send)


@router.get("/cases/{application}/{item}", dependencies=[permission("read_evidence")])
async def of_case(
    request: Request, application: Identifier, item: ItemId, principal: Someone, services: Serviced
) -> Response:
    """Give out an item of a case."""
    return await item_of_case(request, services, principal, application, item)


@router.get("/labels/{label}/{item}", dependencies=[permission("read_label_evidence")])
async def of_label(request: Request, label: LabelId, item: ItemId, principal: Someone, services: Serviced) -> Response:
    """Give out an item that a label rests on."""
    return await item_of_label(request, services, principal, label, item)


@router.get("/once/{secret}", dependencies=[public()])
async def once(request: Request, secret: str, services: Serviced) -> Response:
    """Give out the item of a one-time link, on the host of the files alone."""
    if not is_files_host(request.headers.get("host", ""), services.settings.files_url):
        raise NotFound("unknown_link", "There is no such page here.")
    link, principal = await file_links.use(services.database, secret, datetime.now(UTC))
    find = _label_grant if link.of_label else _case_grant
    return await _give(request, services, principal, await find(services, principal, link.subject, link.item))


async def item_of_case(
    request: Request, services: Services, principal: Principal, application: str, item: str
) -> Response:
    """Give out an item of a case, or lead a browser to the host of the files.

    Raises:
        NotFound: `unknown_application`, `unknown_item` or `not_in_store`.
        NotPermitted: `file_infected` or `scope_missing`.
    """
    grant = await _case_grant(services, principal, application, item)
    return await _give_or_lead(request, services, principal, grant, subject=application)


async def item_of_label(request: Request, services: Services, principal: Principal, label: str, item: str) -> Response:
    """Give out an item that a label rests on to the holder, the secretariat and those who judge a surveillance.

    Raises:
        NotFound: `unknown_matter`, `unknown_item` or `not_in_store`.
        NotPermitted: `file_infected` or `scope_missing`.
    """
    grant = await _label_grant(services, principal, label, item)
    return await _give_or_lead(request, services, principal, grant, subject=label)


def is_files_host(host: str, files_url: str) -> bool:
    """Whether a request names the host of the files, with whatever port and with or without the final dot."""
    return bool(files_url) and _name_of(f"//{host}") == _name_of(files_url)


def _name_of(address: str) -> str:
    """Return the name of the host in an address, as browsers tell sites apart: they share cookies over ports."""
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


async def _case_grant(services: Services, principal: Principal, application: str, item: str) -> Grant:
    async with services.database.reading() as session:
        return grant_in_case(await case_for(session, principal, application), principal, item)


async def _label_grant(services: Services, principal: Principal, label: str, item: str) -> Grant:
    reading = await services.procedure.matters.read(principal, LABEL.name, label)
    async with services.database.reading() as session:
        application, found = await item_of(session, reading, item)
    return grant_in_label(reading, application, found)


async def _give_or_lead(
    request: Request, services: Services, principal: Principal, grant: Grant, *, subject: str
) -> Response:
    """Give an item out, or lead a browser to the host of the files; a program with a token runs nothing."""
    settings = services.settings
    if not settings.files_url or principal.authn == "token":
        return await _give(request, services, principal, grant)
    cookie = request.cookies[cookie_name(https=is_https(settings.public_url))]
    async with services.database.writing() as session:
        secret = await file_links.make(
            session,
            cookie=cookie,
            subject=subject,
            of_label=grant.label is not None,
            item=grant.item.id,
            now=datetime.now(UTC),
        )
    return RedirectResponse(f"{settings.files_url}{ONCE}{secret}", status_code=303)


async def _give(request: Request, services: Services, principal: Principal, grant: Grant) -> Response:
    item = grant.item
    async with services.database.reading() as session:  # (2)
        await inspections.require_openable(session, grant.application, item.digest)
    stream = services.vault.open(grant.application, item.stored_digest)
    first = await anext(stream)  # (3)
    try:
        await _enter(request, services, principal, grant)  # (4)
    except TooManyOpenings as error:
        return await _too_many(request, services, principal, grant, error)
    return attachment(item, _all(first, stream))  # (5)


async def _enter(request: Request, services: Services, principal: Principal, grant: Grant) -> None:
    async with services.database.writing() as session:
        await access_ledger.enter(
            session,
            grant.application,
            grant.opening(principal, datetime.now(UTC)),
            authn=principal.authn,
            request_id=request_id(request),
            an_hour=services.settings.openings_an_hour,
        )


async def _too_many(
    request: Request, services: Services, principal: Principal, grant: Grant, error: TooManyOpenings
) -> Response:
    await keep_attempt(
        services.database,
        principal.person,
        "open_evidence",
        grant.application,
        error,
        request_id(request),
        authn=principal.authn,
    )
    after = {"Retry-After": str(error.seconds)}
    return answer(request, status_of(error), error.code, error.message, headers=after)


def attachment(item: EvidenceItem, stream: AsyncIterator[bytes]) -> StreamingResponse:
    """Return the bytes of an item to be saved, under its name and of no type."""
    return StreamingResponse(
        stream,
        media_type="application/octet-stream",
        headers={**HEADERS, "Content-Disposition": content_disposition(item.file), "Content-Length": str(item.size)},
    )


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
