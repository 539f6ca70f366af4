"""Recovery of accounts: officers ask, agree and make the link; the person is told and can stop it (security T32)."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts import people, recovery
from certify.accounts.officers import is_officer, require_office
from certify.accounts.principal import Principal
from certify.register import recoveries
from certify.web.account.common import HOME, Errors, Oneself, back, said, shown
from certify.web.acting import typed_in
from certify.web.errors import status_of
from certify.web.people import HalfSignedIn, request_id
from certify.web.permissions import attempting, own_account, permission
from certify.web.services import Serviced, Services
from schemas.errors import ProcedureError

router = APIRouter(prefix="/recoveries")
PATH = f"{HOME}/recoveries"


@router.get("", dependencies=[permission("read_recoveries")])
async def list_(request: Request, principal: Oneself, services: Serviced) -> Response:
    """List open recoveries, with the form to ask for one."""
    require_office(principal)
    return await _page(request, services, principal)


@router.post("/request", dependencies=[permission("request_recovery")])
async def ask(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Ask that a person may set new credentials."""
    person, now = (await typed_in(request)).one("person"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "request_recovery") as session:
            await recovery.request(session, principal, person=person, now=now, request_id=request_id(request))
    except ProcedureError as error:
        return await _refused(request, services, principal, "person", error)
    return back("recovery_requested", PATH)


@router.post("/approve", dependencies=[permission("approve_recovery")])
async def approve(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Agree as a second officer."""
    which, now = (await typed_in(request)).one("recovery"), datetime.now(UTC)
    delay = timedelta(hours=services.settings.recovery_hours)
    try:
        async with attempting(request, services, principal, "approve_recovery") as session:
            await recovery.approve(
                session, principal, recovery=which, delay=delay, now=now, request_id=request_id(request)
            )
    except ProcedureError as error:
        return await _refused(request, services, principal, "person", error)
    return back("recovery_approved", PATH)


@router.post("/link", dependencies=[permission("complete_recovery")])
async def link(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Make the link and show it, once."""
    which, now = (await typed_in(request)).one("recovery"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "complete_recovery") as session:
            token = await recovery.make_link(
                session, principal, recovery=which, now=now, request_id=request_id(request)
            )
    except ProcedureError as error:
        return await _refused(request, services, principal, "person", error)
    address = services.settings.sign_in_link(token)
    return shown(request, principal, "recovery_link", link=address)


@router.post("/cancel", dependencies=[own_account("cancel_recovery")])
async def cancel(request: Request, principal: HalfSignedIn, services: Serviced) -> Response:
    """Stop a recovery: also from a sign-in that lacks the second factor, which may be what was lost."""
    which, now = (await typed_in(request)).one("recovery"), datetime.now(UTC)
    async with attempting(request, services, principal, "cancel_recovery") as session:
        await recovery.cancel(session, principal, recovery=which, now=now, request_id=request_id(request))
    return back("recovery_cancelled", PATH if is_officer(principal) else HOME)


async def _refused(
    request: Request, services: Services, principal: Principal, field: str, error: ProcedureError
) -> Response:
    require_office(principal)
    return await _page(
        request, services, principal, status=status_of(error), errors=said(request, field, error), code=error.code
    )


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
        rows = await recoveries.all_open(session)
        listed = await people.everyone(session)
    names = {one.facts.person: one.name for one in listed}
    return shown(
        request, principal, "recoveries", status, rows=rows, names=names, me=principal.person, errors=errors, code=code
    )
