"""Who is asking, as a dependency of a route: a session's cookie or a bearer token, through the one gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from uuid6 import uuid7

from certify.accounts.gate import principal_of_session, principal_of_token
from certify.accounts.principal import Principal
from certify.accounts.strength import SignInIncomplete, SignInRules
from certify.web.services import Serviced, Services, services_of
from schemas.errors import NotPermitted

_SLOW = 1.0
"""Seconds that a request may take to arrive before its sender is looked at again."""

_bearer = HTTPBearer(auto_error=False, scheme_name="ApiToken", description="An API token, `vcl_…`.")


def cookie_name(*, https: bool) -> str:
    """Return the session cookie's name; browsers keep a `__Host-` cookie to this one host, by https only."""
    return "__Host-session" if https else "session"


def is_https(public_url: str) -> bool:
    """Whether the register is reached by https."""
    return public_url.startswith("https:")


async def half_signed_in(
    request: Request,
    services: Serviced,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None,
) -> Principal:
    """Return who is asking, also where the second factor is still to come: for the pages of one's own account.

    Raises:
        NotPermitted: `not_signed_in`, `token_invalid`, or `two_sign_ins`: what one sign-in may must never be done in
            the name of another.
    """
    request.state.token = bearer.credentials if bearer is not None else None
    principal = await _asking(request, services)
    request.state.asking = principal
    if bearer is None:
        request.state.principal = principal
    return principal


async def _asking(request: Request, services: Services) -> Principal:
    now, rules = datetime.now(UTC), SignInRules.of(services.settings)
    if request.state.token is None:
        return await principal_of_session(services.database, cookie_of(request, services), now, rules)
    if cookie_name(https=is_https(services.settings.public_url)) in request.cookies:
        raise NotPermitted("two_sign_ins", "Send an API token or the cookie of a session, not both.")
    return await principal_of_token(services.database, request.state.token, now, rules, request_id=request_id(request))


@asynccontextmanager
async def still_signed_in(request: Request) -> AsyncIterator[None]:
    """Read what somebody sends, and go on only where they may still do what they could when they began to send.

    The gate is passed when the head of a request is there; whoever holds its body back must gain nothing by it.

    Raises:
        NotPermitted: `not_signed_in`, `token_invalid`: the sign-in ended meanwhile. `rights_changed`: its person may
            other things now.
    """
    began = monotonic()
    yield
    before: Principal | None = getattr(request.state, "asking", None)
    if before is None or monotonic() - began < _SLOW:
        return
    present = await _asking(request, services_of(request))
    if (present.facts, present.scopes, present.lacks) != (before.facts, before.scopes, before.lacks):
        raise NotPermitted("rights_changed", "What you may do changed while this was sent; open the page again.")


def cookie_of(request: Request, services: Services) -> str:
    """Return the session cookie's value.

    Raises:
        NotPermitted: `not_signed_in`; there is none.
    """
    cookie = request.cookies.get(cookie_name(https=is_https(services.settings.public_url)))
    if not cookie:
        raise NotPermitted("not_signed_in", "Sign in first.")
    return cookie


def set_cookie(response: Response, services: Services, cookie: str) -> None:
    """Give a browser its session."""
    https = is_https(services.settings.public_url)
    response.set_cookie(
        cookie_name(https=https), cookie, httponly=True, secure=https, samesite="lax", max_age=12 * 3600, path="/"
    )


def drop_cookie(response: Response, services: Services) -> None:
    """Take a browser its session; of a name that begins with `__Host-` it takes only what is as it was set."""
    https = is_https(services.settings.public_url)
    response.delete_cookie(cookie_name(https=https), httponly=True, secure=https, samesite="lax", path="/")


HalfSignedIn = Annotated[Principal, Depends(half_signed_in)]


async def signed_in(principal: HalfSignedIn) -> Principal:
    """Return who is asking, once their sign-in is complete.

    Raises:
        SignInIncomplete: the second factor is still to come, or to be set up.
    """
    if principal.lacks:
        raise SignInIncomplete(principal.lacks)
    return principal


Someone = Annotated[Principal, Depends(signed_in)]


async def asking(request: Request) -> Principal:
    """Return who is asking, as `signed_in` does, where nothing of a request has been read yet."""
    return await signed_in(await half_signed_in(request, services_of(request), await _bearer(request)))


def request_id(request: Request) -> str:
    """Return the id of this request for the journal; one the client sent is not believed."""
    known: str | None = getattr(request.state, "request_id", None)
    if known is None:
        known = request.state.request_id = str(uuid7())
    return known


RequestId = Annotated[str, Depends(request_id)]
