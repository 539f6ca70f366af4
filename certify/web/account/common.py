"""What the pages of one's own account share."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from certify.accounts.principal import Principal
from certify.accounts.relying_party import RelyingParty
from certify.accounts.strength import SignInIncomplete
from certify.accounts.totp import TotpKey
from certify.web.language import language_of
from certify.web.people import HalfSignedIn, Someone
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.services import Services
from certify.web.work import signed_in_bar
from schemas.errors import NotPermitted, ProcedureError

HOME = "/account"
Errors = tuple[tuple[str, str], ...]


def own_account(principal: HalfSignedIn) -> Principal:
    """Return who is asking: with a complete sign-in, or with one that only lacks what is set up here.

    Raises:
        SignInIncomplete: the person has a second factor and has not given it.
        NotPermitted: `token_too_weak`; an account is looked after by its person, not by a program.
    """
    if principal.lacks == "second_factor":
        raise SignInIncomplete(principal.lacks)
    if principal.authn == "token":
        raise NotPermitted("token_too_weak", "A token cannot do this; sign in and do it yourself.")
    return principal


Owner = Annotated[Principal, Depends(own_account)]


def oneself(principal: Someone) -> Principal:
    """Return who is asking, signed in completely and no program: for pages that are about other people too.

    Raises:
        SignInIncomplete: the second factor is still to come, or to be set up.
        NotPermitted: `token_too_weak`.
    """
    return own_account(principal)


Oneself = Annotated[Principal, Depends(oneself)]


def relying_party(services: Services) -> RelyingParty:
    """Return the register as authenticators know it."""
    return RelyingParty.of(services.settings.public_url, services.settings.body)


def totp_key(services: Services) -> TotpKey:
    """Return the key under which secrets of generators lie."""
    assert services.settings.totp_key_file is not None
    return TotpKey(services.settings.totp_key_file)


def back(done: str, path: str = HOME) -> RedirectResponse:
    """Lead to a page that says what was done."""
    return RedirectResponse(f"{path}?done={done}", status_code=303)


def shown(request: Request, principal: Principal, template: str, status: int = 200, **context: object) -> Response:
    """Fill a page of one's own account."""
    return render(
        request,
        f"account/{template}.html",
        status,
        **{
            "person": signed_in_bar(request, principal),
            "done": request.query_params.get("done", ""),
            "now": datetime.now(UTC),
            **context,
        },
    )


def said(request: Request, field: str, error: ProcedureError) -> Errors:
    """Return a refusal as the sentence of a field."""
    return ((field, refusal_in(language_of(request, remembered=True), error)),)
