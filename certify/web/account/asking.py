"""Asking people to prove again who they are, without losing what they typed (ASVS 5.0, 7.5.3).

The page that asks carries the form that was sent in hidden fields. After the proof it is shown once more, and the
person sends it again: nothing is done behind their back, and nothing is kept on the server.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from certify.accounts.assertions import Ceremony, begin_assertion
from certify.accounts.principal import Principal
from certify.accounts.stepping_up import Proof, means_of, step_up
from certify.accounts.strength import SignInIncomplete, StepUpNeeded
from certify.web.account.common import HOME, Errors, relying_party, said, shown, totp_key
from certify.web.acting import Typed, typed_in
from certify.web.errors import API, answer, status_of
from certify.web.people import HalfSignedIn, cookie_of, request_id, set_cookie
from certify.web.permissions import keep_found_on_the_way, own_account
from certify.web.services import Serviced, Services, services_of
from certify.web.way_back import relative
from schemas.errors import NotPermitted, ProcedureError

router = APIRouter()
PATH = f"{HOME}/step-up"
KEPT = "kept."
"""Before the names of the fields of a form that waits."""


def install(app: FastAPI) -> None:
    """Ask wherever an act needs a fresh proof, or a sign-in its second factor."""

    @app.exception_handler(StepUpNeeded)
    @app.exception_handler(SignInIncomplete)
    async def _needed(request: Request, error: StepUpNeeded | SignInIncomplete) -> Response:
        principal = getattr(request.state, "principal", None)
        if error.code != "step_up_needed":  # who cannot go on by a proof is turned away
            await keep_found_on_the_way(request, NotPermitted(error.code, error.message))
        if request.url.path.startswith(API) or principal is None:
            return answer(request, 403, error.code, error.message)
        if isinstance(error, SignInIncomplete) and error.lacks == "enrolment":
            return RedirectResponse(f"{HOME}?needed=1", status_code=303)
        here = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
        if request.method in {"GET", "HEAD"}:
            return RedirectResponse(f"{PATH}?{urlencode({'next_href': here})}", status_code=303)
        typed = {f"{KEPT}{name}": values for name, values in (await typed_in(request)).values.items()}
        waiting = Typed({"action": (here,), **typed})
        return await _page(request, services_of(request), principal, waiting, status=403)


@router.get("/step-up", dependencies=[own_account("read_own_account")])
async def ask(request: Request, principal: HalfSignedIn, services: Serviced, next_href: str = "/work") -> Response:
    """Ask for a proof."""
    return await _page(request, services, principal, Typed({"next": (relative(next_href),)}))


@router.post("/step-up", dependencies=[own_account("step_up")])
async def take(request: Request, principal: HalfSignedIn, services: Serviced) -> Response:
    """Take a proof, or begin one by passkey; then lead on to what was being done."""
    typed, now = await typed_in(request), datetime.now(UTC)
    if typed.one("by") == "passkey" and not typed.one("answer"):
        return await _ask_passkey(request, services, principal, typed, now)
    proof = Proof(
        ceremony=typed.one("ceremony"), answer=typed.one("answer"), code=typed.one("code"),
        password=typed.one("password"),
    )  # fmt: skip
    try:
        cookie = await step_up(
            services.database, services.passwords, principal, cookie=cookie_of(request, services), proof=proof,
            relying=relying_party(services), key=totp_key(services), now=now, request_id=request_id(request),
        )  # fmt: skip
    except ProcedureError as error:
        errors = said(request, "password" if proof.password else "code", error)
        return await _page(request, services, principal, typed, status=status_of(error), errors=errors)
    response = _onward(request, principal, typed)
    set_cookie(response, services, cookie)
    return response


def _onward(request: Request, principal: Principal, typed: Typed) -> Response:
    if not typed.one("action"):
        return RedirectResponse(relative(typed.one("next")), status_code=303)
    return shown(request, principal, "step_up_done", action=relative(typed.one("action")), kept=_kept(typed))


def _kept(typed: Typed) -> list[tuple[str, str]]:
    """Return the fields of the form that waits, as it was sent."""
    fields = [(name, values) for name, values in typed.values.items() if name.startswith(KEPT)]
    return [(name.removeprefix(KEPT), value) for name, values in fields for value in values]


async def _ask_passkey(
    request: Request, services: Services, principal: Principal, typed: Typed, now: datetime
) -> Response:
    try:
        async with services.database.writing() as session:
            ceremony = await begin_assertion(
                session, principal.person, "step_up", relying=relying_party(services), now=now
            )
    except ProcedureError as error:
        errors = said(request, "code", error)
        return await _page(request, services, principal, typed, status=status_of(error), errors=errors)
    return await _page(request, services, principal, typed, ceremony=ceremony)


async def _page(
    request: Request,
    services: Services,
    principal: Principal,
    typed: Typed,
    *,
    status: int = 200,
    errors: Errors = (),
    ceremony: Ceremony | None = None,
) -> Response:
    waiting: dict[str, Any] = {
        "action": relative(typed.one("action")) if typed.one("action") else "",
        "next": relative(typed.one("next")),
        "kept": [(f"{KEPT}{name}", value) for name, value in _kept(typed)],
    }
    means = await means_of(services.database, principal)
    return shown(
        request, principal, "step_up", status, means=means, ceremony=ceremony, errors=errors, path=PATH, **waiting
    )
