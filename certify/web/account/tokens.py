"""API tokens of one's own: made after a proof, shown once, revoked at any time."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import tokens
from certify.accounts.principal import Principal
from certify.accounts.security_events import tell
from certify.web.account.common import HOME, Errors, Owner, back, said, shown
from certify.web.acting import Typed, typed_in
from certify.web.errors import status_of
from certify.web.language import language_of, marked, sentence
from certify.web.people import request_id
from certify.web.permissions import own_account
from certify.web.services import Serviced, Services
from schemas.errors import ProcedureError

router = APIRouter(prefix="/tokens")
PATH = f"{HOME}/tokens"
SCOPES = {"read": ("read",), "act": ("act", "read")}
"""What a token may do, by what the form asks."""
DAYS = (30, 90, 365)
_NAME = marked("Give the token a name, so that you know it again.")


@router.get("", dependencies=[own_account("read_own_account")])
async def list_(request: Request, principal: Owner, services: Serviced) -> Response:
    """List one's tokens, with the form to make one."""
    return await _page(request, services, principal, Typed())


@router.post("", dependencies=[own_account("create_token")])
async def make(request: Request, principal: Owner, services: Serviced) -> Response:
    """Make a token and show it, once."""
    now, typed = datetime.now(UTC), await typed_in(request)
    if not typed.one("name"):
        errors: Errors = (("name", sentence(language_of(request, remembered=True), _NAME)),)
        return await _page(request, services, principal, typed, status=422, errors=errors)
    days = int(typed.one("days")) if typed.one("days") in {str(day) for day in DAYS} else 0
    try:
        async with services.database.writing() as session:
            token = await tokens.create(
                session, person=principal.person, name=typed.one("name"), scopes=SCOPES.get(typed.one("scope"), ()),
                expires_at=now + timedelta(days=days), now=now,
            )  # fmt: skip
            _tell(session, request, principal, "token_created", now)
    except ProcedureError as error:
        errors = said(request, "days" if error.code == "token_expiry" else "scope", error)
        return await _page(request, services, principal, typed, status=status_of(error), errors=errors)
    return shown(request, principal, "token_made", token=token, name=typed.one("name"))


@router.post("/revoke", dependencies=[own_account("revoke_token")])
async def revoke(request: Request, principal: Owner, services: Serviced) -> Response:
    """Make a token useless at once."""
    now, typed = datetime.now(UTC), await typed_in(request)
    async with services.database.writing() as session:
        await tokens.revoke(session, person=principal.person, token_id=typed.one("token"), now=now)
        _tell(session, request, principal, "token_revoked", now)
    return back("token_revoked", PATH)


def _tell(session: AsyncSession, request: Request, principal: Principal, kind: str, now: datetime) -> None:
    tell(session, kind, principal.person, at=now, authn=principal.authn, request_id=request_id(request))


async def _page(
    request: Request,
    services: Services,
    principal: Principal,
    typed: Typed,
    *,
    status: int = 200,
    errors: Errors = (),
) -> Response:
    async with services.database.reading() as session:
        rows = await tokens.of_person(session, principal.person)
    return shown(request, principal, "tokens", status, rows=rows, days=DAYS, typed=typed, errors=errors)
