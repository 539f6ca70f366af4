"""Coming in and leaving: passkey, password, invitation, recovery, the demonstration's links."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from certify.accounts import links, people, recovery, sessions
from certify.accounts.assertions import begin_assertion
from certify.accounts.gate import principal_of_session
from certify.accounts.relying_party import RelyingParty
from certify.accounts.security_events import note, tell
from certify.accounts.sign_in import accept_invitation, sign_in, sign_in_with_link, sign_in_with_passkey
from certify.accounts.strength import SignInRules
from certify.register import people as record
from certify.web.errors import status_of
from certify.web.language import language_of, sentence
from certify.web.people import HalfSignedIn, cookie_name, cookie_of, drop_cookie, is_https, request_id, set_cookie
from certify.web.permissions import own_account, public
from certify.web.rate_limit import network_name
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.single_fields import SingleFields
from certify.web.way_back import WORK, relative
from certify.web.work import role_names
from schemas.errors import NotPermitted, ProcedureError

router = APIRouter(route_class=SingleFields)


@router.get("/sign-in", dependencies=[public()])
async def form(request: Request, services: Serviced, next_href: str = WORK) -> Response:
    """Show the form, or lead on whoever is signed in."""
    if await _is_signed_in(request, services):
        return RedirectResponse(relative(next_href), status_code=303)
    return render(request, "sign_in.html", mail="", next_href=relative(next_href))


@router.post("/sign-in", dependencies=[public(counts="sign_in")])
async def enter(
    request: Request,
    services: Serviced,
    mail: Annotated[str, Form(max_length=320)],
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form(max_length=500)] = WORK,  # noqa: A002  # the form's field
) -> Response:
    """Sign in with a password."""
    try:
        cookie = await sign_in(
            services.database,
            services.passwords,
            email=mail,
            password=password,
            network=network_name(request.client.host) if request.client is not None else "",
            device=_device(request),
            now=datetime.now(UTC),
            request_id=request_id(request),
        )
    except ProcedureError as error:
        message = sentence(language_of(request, remembered=True), error.message)
        return render(
            request, "sign_in.html", status_of(error), mail=mail, next_href=relative(next), errors=(("mail", message),)
        )
    return _let_in(services, cookie, relative(next))


@router.post("/sign-in/passkey", dependencies=[public(counts="sign_in")])
async def ask_passkey(
    request: Request,
    services: Serviced,
    next: Annotated[str, Form(max_length=500)] = WORK,  # noqa: A002  # as above
) -> Response:
    """Show the page on which the browser asks for a passkey; which one tells who it is."""
    return await _passkey_page(request, services, relative(next))


@router.post("/sign-in/with-passkey", dependencies=[public(counts="sign_in")])
async def enter_by_passkey(
    request: Request,
    services: Serviced,
    ceremony: Annotated[str, Form(max_length=64)] = "",
    answer: Annotated[str, Form(max_length=20_000)] = "",
    next: Annotated[str, Form(max_length=500)] = WORK,  # noqa: A002  # as above
) -> Response:
    """Sign in with a passkey."""
    try:
        cookie = await sign_in_with_passkey(
            services.database,
            ceremony=ceremony,
            answer=answer,
            relying=_relying(services),
            device=_device(request),
            now=datetime.now(UTC),
            request_id=request_id(request),
        )
    except ProcedureError as error:
        message = sentence(language_of(request, remembered=True), error.message)
        return await _passkey_page(request, services, relative(next), status_of(error), errors=(("passkey", message),))
    return _let_in(services, cookie, relative(next))


async def _is_signed_in(request: Request, services: Services) -> bool:
    try:
        rules = SignInRules.of(services.settings)
        await principal_of_session(services.database, cookie_of(request, services), datetime.now(UTC), rules)
    except NotPermitted:
        return False
    return True


def _relying(services: Services) -> RelyingParty:
    return RelyingParty.of(services.settings.public_url, services.settings.body)


async def _passkey_page(
    request: Request, services: Services, href: str, status: int = 200, **context: object
) -> Response:
    async with services.database.writing() as session:
        ceremony = await begin_assertion(session, None, "sign_in", relying=_relying(services), now=datetime.now(UTC))
    return render(request, "sign_in_passkey.html", status, ceremony=ceremony, next_href=href, **context)


@router.get("/sign-in/link/{token}", dependencies=[public()])
async def link(request: Request, token: str, services: Serviced, next_href: str = WORK) -> Response:
    """Show a page with one button: looking at a link changes nothing, mail scanners look too."""
    person, purpose = await _holder(request, services, token)
    return await _link_page(request, services, person, token, purpose=purpose, href=relative(next_href))


async def _link_page(
    request: Request,
    services: Services,
    person: str,
    token: str,
    *,
    purpose: links.Purpose,
    href: str,
    status: int = 200,
    errors: Sequence[tuple[str, str]] = (),
    **typed: str,
) -> Response:
    async with services.database.reading() as session:
        account = await people.find(session, person)
        facts = await record.find(session, person)
        names_oneself = await people.names_oneself(session, person)
    assert account is not None
    roles = role_names(language_of(request, remembered=True), facts.roles) if facts else ()
    return render(
        request,
        "sign_in_link.html",
        status,
        **{
            "name": account.name,
            "mail": people.given_address(account) or "",
            "role": ", ".join(roles),
            "token": token,
            "next_href": href,
            "needs_password": purpose != "demo",
            "is_recovery": purpose == "recovery",
            "names_oneself": names_oneself,
            **(typed if names_oneself else {}),
            "errors": errors,
        },
    )


@router.post("/sign-in/link", dependencies=[public(counts="sign_in")])
async def enter_by_link(
    request: Request,
    services: Serviced,
    token: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    mail: Annotated[str, Form(max_length=320)] = "",
    next: Annotated[str, Form(max_length=500)] = WORK,  # noqa: A002  # as above
) -> Response:
    """Sign in by a link; an invitation sets name, mail address and password."""
    person, purpose = await _holder(request, services, token)
    now, device = datetime.now(UTC), _device(request)
    request_name = request_id(request)
    if purpose == "demo":
        cookie = await sign_in_with_link(
            services.database, token=token, device=device, now=now, request_id=request_name
        )
        return _let_in(services, cookie, relative(next))
    try:
        if purpose == "recovery":
            cookie = await recovery.finish(
                services.database, services.passwords, token=token, password=password, device=device, now=now,
                request_id=request_name,
            )  # fmt: skip
            return _let_in(services, cookie, relative(next))
        cookie = await accept_invitation(
            services.database,
            services.passwords,
            token=token,
            password=password,
            name=name,
            email=mail,
            device=device,
            now=now,
            request_id=request_name,
        )
    except ProcedureError as error:
        message = sentence(language_of(request, remembered=True), error.message)
        field = "password" if error.code.startswith("password") else "mail"
        return await _link_page(
            request,
            services,
            person,
            token,
            purpose=purpose,
            href=relative(next),
            status=status_of(error),
            name=name,
            mail=mail,
            errors=((field, message),),
        )
    return _let_in(services, cookie, relative(next))


@router.post("/sign-out", dependencies=[own_account("sign_out")])
async def leave(request: Request, services: Serviced, principal: HalfSignedIn) -> Response:
    """End this session."""
    name = cookie_name(https=is_https(services.settings.public_url))
    async with services.database.writing() as session:
        await sessions.sign_out(session, request.cookies.get(name, ""))
        now, how = datetime.now(UTC), principal.authn
        tell(session, "signed_out", principal.person, at=now, authn=how, request_id=request_id(request))
    response = RedirectResponse("/", status_code=303)
    drop_cookie(response, services)
    return response


async def _holder(request: Request, services: Services, token: str) -> tuple[str, links.Purpose]:
    now = datetime.now(UTC)
    async with services.database.reading() as session:
        for purpose in get_args(links.Purpose):
            try:
                return await links.holder_of(session, token, purpose=purpose, now=now), purpose
            except NotPermitted as error:
                refusal = error
    note("link_refused", None, at=now, authn="link", request_id=request_id(request), code=refusal.code)
    raise refusal


def _device(request: Request) -> str:
    return request.headers.get("user-agent", "")[:100]


def _let_in(services: Services, cookie: str, href: str) -> Response:
    response = RedirectResponse(href, status_code=303)
    set_cookie(response, services, cookie)
    return response
