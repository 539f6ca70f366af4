"""Who has access to the body's pages: an officer ends it for whoever left (ASVS 5.0, 7.4.2, 7.4.5)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts import access, people
from certify.accounts.officers import require_office
from certify.accounts.principal import Principal
from certify.register import access_ends
from certify.web.account.common import HOME, Errors, Oneself, back, said, shown
from certify.web.acting import typed_in
from certify.web.errors import status_of
from certify.web.language import language_of
from certify.web.people import request_id
from certify.web.permissions import attempting, permission
from certify.web.services import Serviced, Services
from certify.web.work import role_names
from schemas.errors import ProcedureError

router = APIRouter(prefix="/access")
PATH = f"{HOME}/access"


@router.get("", dependencies=[permission("read_access")])
async def list_(request: Request, principal: Oneself, services: Serviced) -> Response:
    """List everyone, with whose access has ended."""
    require_office(principal)
    return await _page(request, services, principal)


@router.post("/end", dependencies=[permission("end_access")])
async def end(request: Request, principal: Oneself, services: Serviced) -> Response:
    """End somebody's access."""
    person, now = (await typed_in(request)).one("person"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "end_access") as session:
            await access.end(session, principal, person=person, now=now, request_id=request_id(request))
    except ProcedureError as error:
        errors = said(request, "person", error)
        return await _page(request, services, principal, status=status_of(error), errors=errors, code=error.code)
    return back("access_ended", PATH)


async def _page(
    request: Request,
    services: Services,
    principal: Principal,
    *,
    status: int = 200,
    errors: Errors = (),
    code: str | None = None,
) -> Response:
    async with services.database.reading() as session:
        listed, gone = await people.everyone(session), await access_ends.ended(session)
    language, names = language_of(request, remembered=True), {one.facts.person: one.name for one in listed}
    rows = [(one, role_names(language, one.facts.roles), gone.get(one.facts.person)) for one in listed]
    return shown(
        request, principal, "access", status, rows=rows, names=names, me=principal.person, errors=errors, code=code
    )
