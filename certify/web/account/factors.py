"""Passkeys and the code generator: adding, naming, removing (ASVS 5.0, 6.3.3, 6.5)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts import factors, passkeys, people, totp
from certify.accounts.people_stream import hold
from certify.accounts.principal import Authn, Principal
from certify.accounts.security_events import tell
from certify.accounts.sessions import strengthen
from certify.accounts.strength import is_staff
from certify.accounts.throttle import count_attempt, forgive
from certify.web.account.common import Owner, back, relying_party, said, shown, totp_key
from certify.web.acting import typed_in
from certify.web.errors import status_of
from certify.web.people import cookie_of, request_id, set_cookie
from certify.web.permissions import own_account
from certify.web.services import Serviced, Services
from labels.qr import plain_symbol
from schemas.errors import ProcedureError, Unacceptable

router = APIRouter()


@router.post("/passkeys/new", dependencies=[own_account("add_passkey")])
async def begin(request: Request, principal: Owner, services: Serviced) -> Response:
    """Show the page on which the browser makes a passkey."""
    now = datetime.now(UTC)
    name = (await typed_in(request)).one("name")
    async with services.database.writing() as session:
        account = await session.get_one(people.Account, principal.person)
        ceremony = await passkeys.begin_registration(
            session, person=principal.person, account_name=account.email, relying=relying_party(services), now=now
        )
    return shown(request, principal, "passkey_new", ceremony=ceremony, name=name)


@router.post("/passkeys", dependencies=[own_account("add_passkey")])
async def add(request: Request, principal: Owner, services: Serviced) -> Response:
    """Enter the passkey that the browser made; the session is as strong as it from now on."""
    now, typed = datetime.now(UTC), await typed_in(request)
    async with services.database.writing() as session:
        await passkeys.finish_registration(
            session, typed.one("ceremony"), typed.one("answer"), person=principal.person, name=typed.one("name"),
            relying=relying_party(services), now=now, authn=principal.authn, request_id=request_id(request),
        )  # fmt: skip
    return await _stronger(request, services, principal, "passkey", "passkey_added", now)


@router.post("/passkeys/remove", dependencies=[own_account("remove_passkey")])
async def remove(request: Request, principal: Owner, services: Serviced) -> Response:
    """Remove a passkey; never the last second factor of somebody who needs one."""
    now, typed = datetime.now(UTC), await typed_in(request)
    async with services.database.writing() as session:
        await hold(session)
        has_other = await totp.is_enrolled(session, principal.person)
        await passkeys.remove(
            session, person=principal.person, credential_id=typed.one("credential_id"),
            keep_one=is_staff(principal.facts) and not has_other, now=now, authn=principal.authn,
            request_id=request_id(request),
        )  # fmt: skip
    return back("passkey_removed")


@router.post("/generator/new", dependencies=[own_account("add_generator")])
async def begin_generator(request: Request, principal: Owner, services: Serviced) -> Response:
    """Show the QR code of a new generator, once."""
    async with services.database.writing() as session:
        secret = await totp.enrol(session, person=principal.person, key=totp_key(services))
    return await _generator_page(request, services, principal, secret)


@router.post("/generator", dependencies=[own_account("add_generator")])
async def confirm_generator(request: Request, principal: Owner, services: Serviced) -> Response:
    """Take the first code of a new generator: from now on it is a second factor."""
    now, typed, person = datetime.now(UTC), await typed_in(request), principal.person
    key, attempts = totp_key(services), f"generator/{person}"
    try:
        async with services.database.writing() as session:
            await count_attempt(session, attempts, now)
        async with services.database.writing() as session:
            await totp.confirm(session, person=person, code=typed.one("code"), key=key, now=now)
            await forgive(session, attempts)
            tell(session, "generator_added", person, at=now, authn=principal.authn, request_id=request_id(request))
    except ProcedureError as error:
        async with services.database.reading() as session:
            secret = await totp.pending_secret(session, person=person, key=key)
        if secret is None:
            raise
        return await _generator_page(request, services, principal, secret, error)
    return await _stronger(request, services, principal, "password_totp", "generator_added", now)


@router.post("/generator/remove", dependencies=[own_account("remove_generator")])
async def remove_generator(request: Request, principal: Owner, services: Serviced) -> Response:
    """Remove the generator; never the last second factor of somebody who needs one."""
    now = datetime.now(UTC)
    async with services.database.writing() as session:
        await hold(session)
        found = await factors.of_person(session, principal.person)
        if is_staff(principal.facts) and not found.passkeys:
            raise Unacceptable("last_second_factor", "This is your only second factor; add another one first.")
        await totp.remove(session, principal.person)
        who, authn = principal.person, principal.authn
        tell(session, "generator_removed", who, at=now, authn=authn, request_id=request_id(request))
    return back("generator_removed")


async def _stronger(
    request: Request, services: Services, principal: Principal, authn: Authn, done: str, now: datetime
) -> Response:
    """Go on in a new session that counts as proven by what was just set up."""
    async with services.database.writing() as session:
        cookie = await strengthen(session, cookie_of(request, services), person=principal.person, authn=authn, now=now)
    response = back(done)
    set_cookie(response, services, cookie)
    return response


async def _generator_page(
    request: Request, services: Services, principal: Principal, secret: bytes, error: ProcedureError | None = None
) -> Response:
    async with services.database.reading() as session:
        account = await session.get_one(people.Account, principal.person)
    address = totp.uri(secret, account=account.email, issuer=services.settings.body)
    return shown(
        request,
        principal,
        "generator",
        200 if error is None else status_of(error),
        secret=totp.as_typed(secret),
        symbol=plain_symbol(address),
        errors=said(request, "code", error) if error is not None else (),
    )
