"""Invitations that wait for a second person: confirmed with the link shown once, or refused (security I17)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import invitations, people
from certify.accounts.invitations import Waiting
from certify.accounts.officers import require_office
from certify.accounts.principal import Principal
from certify.register import participants
from certify.web.account.common import HOME, Errors, Oneself, back, said, shown
from certify.web.acting import typed_in
from certify.web.errors import status_of
from certify.web.language import Language, language_of
from certify.web.people import request_id
from certify.web.permissions import attempting, permission
from certify.web.services import Serviced, Services
from certify.web.work import role_names
from schemas.errors import ProcedureError

router = APIRouter(prefix="/invitations")
PATH = f"{HOME}/invitations"


@router.get("", dependencies=[permission("read_invitations")])
async def list_(request: Request, principal: Oneself, services: Serviced) -> Response:
    """List what waits."""
    require_office(principal)
    return await _page(request, services, principal)


@router.post("/confirm", dependencies=[permission("confirm_invitation")])
async def confirm(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Admit the person, and show their link once."""
    which, now = (await typed_in(request)).one("invitation"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "confirm_invitation") as session:
            invited = await invitations.confirm(
                session, principal, invitation=which, now=now, request_id=request_id(request)
            )
            account = await session.get_one(people.Account, invited.person)
    except ProcedureError as error:
        return await _refused(request, services, principal, error)
    address = services.settings.sign_in_link(invited.token)
    return shown(request, principal, "invitation_link", name=account.name, link=address, path=PATH)


@router.post("/refuse", dependencies=[permission("refuse_invitation")])
async def refuse(request: Request, principal: Oneself, services: Serviced) -> Response:
    """Turn one down, or take it back."""
    which, now = (await typed_in(request)).one("invitation"), datetime.now(UTC)
    try:
        async with attempting(request, services, principal, "refuse_invitation") as session:
            await invitations.refuse(session, principal, invitation=which, now=now, request_id=request_id(request))
    except ProcedureError as error:
        return await _refused(request, services, principal, error)
    return back("invitation_refused", PATH)


async def _refused(request: Request, services: Services, principal: Principal, error: ProcedureError) -> Response:
    errors = said(request, "invitation", error)
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
        found = await invitations.waiting(session)
        names = await people.names_of(session, [one.row.asked_by for one in found])
        rows = [await _row(session, language_of(request, remembered=True), principal, one) for one in found]
    return shown(request, principal, "invitations", status, rows=rows, names=names, errors=errors, code=code)


async def _row(session: AsyncSession, language: Language, principal: Principal, one: Waiting) -> dict[str, object]:
    organisation = one.row.organisation
    entered = await participants.find(session, organisation) if organisation else None
    return {
        "waiting": one,
        "roles": role_names(language, one.row.asked_roles),
        "organisation": entered.name if entered is not None else organisation,
        "may_confirm": await invitations.may_confirm(session, principal, one.row),
    }
