"""One's own account: what is set up, what is open, and the way to each change."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from certify.accounts import factors, passkeys, people, sessions
from certify.accounts.officers import is_officer
from certify.accounts.own_account import change_email, change_password
from certify.accounts.policy import permit
from certify.accounts.security_events import tell
from certify.accounts.strength import PASSKEY_ADVISED
from certify.web.account import access, asking, data, invitations, organisation, recovery, tokens
from certify.web.account import factors as factor_pages
from certify.web.account.common import HOME, Owner, back, said, shown
from certify.web.errors import status_of
from certify.web.people import cookie_of, request_id, set_cookie
from certify.web.permissions import own_account
from certify.web.services import Serviced
from certify.web.single_fields import SingleFields
from schemas.errors import ProcedureError

router = APIRouter(prefix=HOME, route_class=SingleFields)
router.include_router(asking.router)
router.include_router(factor_pages.router)
router.include_router(access.router)
router.include_router(data.router)
router.include_router(invitations.router)
router.include_router(organisation.router)
router.include_router(recovery.router)
router.include_router(tokens.router)

Secret = Annotated[str, Form(max_length=1000)]


@router.get("", dependencies=[own_account("read_own_account")])
async def home(request: Request, principal: Owner, services: Serviced) -> Response:
    """Show what is set up."""
    async with services.database.reading() as session:
        account = await session.get_one(people.Account, principal.person)
        keys = await passkeys.listed(session, principal.person)
        found = await factors.of_person(session, principal.person)
    return shown(
        request,
        principal,
        "home",
        account=account,
        keys=keys,
        has_generator=found.generator,
        needed=principal.lacks == "enrolment",
        advised=len(keys) < passkeys.ADVISED and bool(PASSKEY_ADVISED & set(principal.facts.roles)),
        is_officer=is_officer(principal),
        acts_for_organisation=bool(permit(principal, "read_colleagues")),
    )


@router.get("/password", dependencies=[own_account("read_own_account")])
async def password_form(request: Request, principal: Owner) -> Response:
    """Show the form for another password."""
    return shown(request, principal, "password", errors=())


@router.post("/password", dependencies=[own_account("change_password")])
async def set_password(
    request: Request, principal: Owner, services: Serviced, present: Secret = "", password: Secret = ""
) -> Response:
    """Set another password; all other sessions end, and this one gets a new id."""
    now, cookie = datetime.now(UTC), cookie_of(request, services)
    try:
        await change_password(
            services.database, services.passwords, principal, present=present, new=password, cookie=cookie, now=now,
            request_id=request_id(request),
        )  # fmt: skip
    except ProcedureError as error:
        field = "present" if error.code == "sign_in_failed" else "password"
        return shown(request, principal, "password", status_of(error), errors=said(request, field, error))
    async with services.database.writing() as session:
        fresh = await sessions.renew(session, cookie, person=principal.person, now=now)
    response = back("password_changed")
    set_cookie(response, services, fresh)
    return response


@router.get("/mail", dependencies=[own_account("read_own_account")])
async def mail_form(request: Request, principal: Owner) -> Response:
    """Show the form for another mail address."""
    return shown(request, principal, "mail", mail="", errors=())


@router.post("/mail", dependencies=[own_account("change_email")])
async def set_mail(
    request: Request, principal: Owner, services: Serviced, mail: Annotated[str, Form(max_length=320)] = ""
) -> Response:
    """Set another address to sign in with."""
    now = datetime.now(UTC)
    try:
        await change_email(services.database, principal, email=mail, now=now, request_id=request_id(request))
    except ProcedureError as error:
        return shown(request, principal, "mail", status_of(error), mail=mail, errors=said(request, "mail", error))
    return back("mail_changed")


@router.get("/sessions", dependencies=[own_account("read_own_account")])
async def list_sessions(request: Request, principal: Owner, services: Serviced) -> Response:
    """List where one is signed in."""
    now, cookie = datetime.now(UTC), cookie_of(request, services)
    async with services.database.reading() as session:
        rows = await sessions.of_person(session, principal.person, now)
        present = (await sessions.find_live(session, cookie, now)).id_digest
    return shown(request, principal, "sessions", rows=rows, present=present)


@router.post("/sessions/end", dependencies=[own_account("end_session")])
async def end_session(
    request: Request, principal: Owner, services: Serviced, session: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """End one session of one's own."""
    async with services.database.writing() as writing:
        await sessions.end(writing, person=principal.person, id_digest=session)
        who, now = principal.person, datetime.now(UTC)
        tell(writing, "session_ended", who, at=now, authn=principal.authn, request_id=request_id(request))
    return back("session_ended", f"{HOME}/sessions")


@router.post("/sessions/end-others", dependencies=[own_account("end_session")])
async def end_others(request: Request, principal: Owner, services: Serviced) -> Response:
    """End all sessions of one's own but this one."""
    cookie = cookie_of(request, services)
    async with services.database.writing() as session:
        ended = await sessions.end_all(session, principal.person, but=cookie)
        now, who, authn = datetime.now(UTC), principal.person, principal.authn
        tell(session, "sessions_ended", who, at=now, authn=authn, request_id=request_id(request), ended=ended)
    return back("sessions_ended", f"{HOME}/sessions")
