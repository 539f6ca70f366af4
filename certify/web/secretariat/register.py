"""The Register of participants as the secretariat keeps it: entering an organisation (Code, II-2.4)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.procedure.institutions import Entrant
from certify.register import participants, schemes
from certify.register.columns import from_words
from certify.web.act_pages import Typed, typed_in
from certify.web.countries import countries
from certify.web.errors import status_of
from certify.web.language import language_of, marked, sentence
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.secretariat.people import SCHEME
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.errors import ProcedureError, Unacceptable

router = APIRouter()

_REQUIRED = {
    "name": marked("Give the name under which the organisation joined the Code."),
    "country": marked("Choose the country."),
    "roles": marked("Choose at least one role."),
}


@router.get("/organisations", dependencies=[permission("read_register")])
async def list_(request: Request, principal: Someone, services: Serviced) -> Response:
    """List the Register, with the form to enter one more."""
    return await _page(request, services, principal, typed=Typed())


@router.post("/organisations", dependencies=[permission("enter_organisation")])
async def enter(request: Request, principal: Someone, services: Serviced) -> Response:
    """Enter an organisation."""
    permit(principal, "enter_organisation").require()
    typed, language = await typed_in(request), language_of(request, remembered=True)
    lacking = tuple((name, sentence(language, asked)) for name, asked in _REQUIRED.items() if not typed.one(name))
    if lacking:
        return await _page(request, services, principal, typed=typed, errors=lacking, status=422)
    try:
        organisation = await services.procedure.enter_organisation(
            _entrant(typed), by=principal, request_id=request_id(request)
        )
    except ProcedureError as error:
        errors = (("name", refusal_in(language, error)),)
        return await _page(
            request, services, principal, typed=typed, errors=errors, code=error.code, status=status_of(error)
        )
    return RedirectResponse(f"/secretariat/organisations?entered={organisation}", status_code=303)


def _entrant(typed: Typed) -> Entrant:
    """Return the entry, within the limits of the record.

    Raises:
        Unacceptable: `malformed_form`.
    """
    try:
        entrant = Entrant.model_validate(
            {
                "name": typed.one("name"),
                "country": typed.one("country"),
                "address": typed.one("address") or None,
                "roles": typed.all("roles"),
                "ethics_officer": typed.one("ethics_officer") or None,
                "officer_contact": typed.one("officer_contact") or None,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"][0] in {"country", "roles"}:
            raise _NOT_FROM_THE_LISTS from None
        raise Unacceptable("malformed_form", f"{first['loc'][0]}: {first['msg']}") from None
    if entrant.country not in countries("en"):
        raise _NOT_FROM_THE_LISTS
    return entrant


_NOT_FROM_THE_LISTS = Unacceptable("malformed_form", "Choose country and roles from the lists.")


async def _page(
    request: Request,
    services: Services,
    principal: Principal,
    *,
    typed: Typed,
    errors: tuple[tuple[str, str], ...] = (),
    code: str | None = None,
    status: int = 200,
) -> Response:
    language = language_of(request, remembered=True)
    async with services.database.reading() as session:
        entries = await participants.every(session)
        texts = (await schemes.in_force(session, SCHEME)).texts
    role_texts = {role: text.in_language(language) for role, text in texts.roles.items()}
    return render(
        request,
        "secretariat/organisations.html",
        status,
        person=signed_in_bar(request, principal),
        entries=[(one, [role_texts.get(role, role) for role in from_words(one.roles)]) for one in entries],
        roles=list(role_texts.items()),
        countries=list(countries(language).items()),
        may_enter=bool(permit(principal, "enter_organisation")),
        entered=next((one for one in entries if one.organisation == request.query_params.get("entered")), None),
        typed=typed,
        errors=errors,
        code=code,
    )
