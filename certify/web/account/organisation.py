"""Who acts for one's organisation: seen by all who do, with the say who else may, and who no longer (T28)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts import colleagues, people
from certify.accounts.principal import Principal
from certify.register import participants
from certify.web.account.common import HOME, Errors, Oneself, back, said, shown
from certify.web.acting import typed_in
from certify.web.errors import status_of
from certify.web.people import request_id
from certify.web.permissions import attempting, permission
from certify.web.services import Serviced, Services
from schemas.errors import ProcedureError

router = APIRouter(prefix="/organisation")
PATH = f"{HOME}/organisation"


@router.get("", dependencies=[permission("read_colleagues")])
async def list_(request: Request, principal: Oneself, services: Serviced) -> Response:
    """List who acts for the organisation, and who is to."""
    return await _page(request, services, principal)


@router.post("/consent", dependencies=[permission("consent_to_invitation")])
async def consent(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Let somebody act for the organisation too, and show their link once."""
    which, now = (await typed_in(request)).one("invitation"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "consent_to_invitation") as session:
            invited = await colleagues.consent(
                session, principal, invitation=which, now=now, request_id=request_id(request)
            )
            account = await session.get_one(people.Account, invited.person)
    except ProcedureError as error:
        return await _refused(request, services, principal, "invitation", error)
    address = services.settings.sign_in_link(invited.token)
    return shown(request, principal, "invitation_link", name=account.name, link=address, path=PATH)


@router.post("/decline", dependencies=[permission("decline_invitation")])
async def decline(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Keep somebody from acting for the organisation."""
    which, now = (await typed_in(request)).one("invitation"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "decline_invitation") as session:
            await colleagues.decline(session, principal, invitation=which, now=now, request_id=request_id(request))
    except ProcedureError as error:
        return await _refused(request, services, principal, "invitation", error)
    return back("invitation_refused", PATH)


@router.post("/end-access", dependencies=[permission("end_colleague_access")])
async def end_access(request: Request, principal: Oneself, services: Serviced) -> Response:
    """End the access of a colleague."""
    person, now = (await typed_in(request)).one("person"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "end_colleague_access") as session:
            await colleagues.end_access(session, principal, person=person, now=now, request_id=request_id(request))
    except ProcedureError as error:
        return await _refused(request, services, principal, "person", error)
    return back("access_ended", PATH)


async def _refused(
    request: Request, services: Services, principal: Principal, field: str, error: ProcedureError
) -> Response:
    errors = said(request, field, error)
    return await _page(request, services, principal, status=status_of(error), errors=errors, code=error.code)


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
        found = await colleagues.of(session, principal)
        entered = await participants.find(session, principal.facts.organisation or "")
    return shown(
        request, principal, "organisation", status, found=found, organisation=entered.name if entered else None,
        me=principal.person, errors=errors, code=code,
    )  # fmt: skip
