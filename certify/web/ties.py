"""My ties: what binds a person to organisations, declared once and kept up to date (ISO/IEC 17065, 4.2)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from certify.accounts.principal import Principal
from certify.procedure.standing_ties import state_ties
from certify.register import participants
from certify.register import ties as register
from certify.web.acting import Typed, typed_in
from certify.web.language import language_of, marked, sentence
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.ties import TIES_MAX, Tie, TieKind

router = APIRouter(prefix="/my/ties")

KINDS = {
    TieKind.EMPLOYER: marked("Employer"),
    TieKind.CLIENT: marked("Client"),
    TieKind.PAID_WORK: marked("Paid work"),
    TieKind.OWNERSHIP: marked("Ownership"),
    TieKind.MANAGEMENT: marked("Management"),
    TieKind.FAMILY: marked("Family"),
    TieKind.COMPETITOR_EMPLOYER: marked("My employer competes with it"),
}
_REQUIRED = {"kind": marked("Say what ties you to it."), "organisation": marked("Choose the organisation.")}
_DATES = marked("Give dates as year-month-day; the last day is not before the first.")


@router.get("", dependencies=[permission("read_own_account")])
async def show(request: Request, principal: Someone, services: Serviced) -> Response:
    """Show what was declared, with the form to add one more."""
    return await _page(request, services, principal, typed=Typed())


@router.post("", dependencies=[permission("declare_own_ties")])
async def add(request: Request, principal: Someone, services: Serviced) -> Response:
    """Declare one more tie."""
    typed, language = await typed_in(request), language_of(request, remembered=True)
    lacking = tuple((name, sentence(language, asked)) for name, asked in _REQUIRED.items() if not any(typed.all(name)))
    if lacking:
        return await _page(request, services, principal, typed=typed, errors=lacking, status=422)
    try:
        tie = Tie.model_validate({name: typed.one(name) or None for name in ("kind", "organisation", "since", "until")})
    except ValidationError:
        errors = (("since", sentence(language, _DATES)),)
        return await _page(request, services, principal, typed=typed, errors=errors, status=422)
    await state_ties(
        services.procedure, services.database, principal, lambda known: (*known, tie)[-TIES_MAX:], request_id(request)
    )
    return RedirectResponse("/my/ties?done=added", status_code=303)


@router.post("/end", dependencies=[permission("declare_own_ties")])
async def end(request: Request, principal: Someone, services: Serviced) -> Response:
    """Say that a tie ended today; it goes on counting for as long as the scheme says."""
    place, today = (await typed_in(request)).one("place"), datetime.now(UTC).date()

    def ended(known: tuple[Tie, ...]) -> tuple[Tie, ...]:
        return tuple(
            one.model_copy(update={"until": max(today, one.since or today)}) if str(number) == place else one
            for number, one in enumerate(known)
        )

    await state_ties(services.procedure, services.database, principal, ended, request_id(request))
    return RedirectResponse("/my/ties?done=ended", status_code=303)


async def _page(
    request: Request,
    services: Services,
    principal: Principal,
    *,
    typed: Typed,
    errors: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response:
    language = language_of(request, remembered=True)
    async with services.database.reading() as session:
        declared = await register.last_of(session, principal.person)
        entries = await participants.every(session)
    return render(
        request,
        "ties.html",
        status,
        person=signed_in_bar(request, principal),
        declared=declared,
        kinds={kind.value: sentence(language, words) for kind, words in KINDS.items()},
        organisations={one.organisation: one.name for one in entries},
        today=datetime.now(UTC).date(),
        done=request.query_params.get("done"),
        typed=typed,
        errors=errors,
    )
