"""The Register of participants as the secretariat keeps it: entries without a vote take two of them (Code, II-2.4)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from certify.accounts import people
from certify.accounts.matter_reading import MatterReading
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
from certify.web.wrong_fields import malformed_form
from schemas.errors import ProcedureError, Unacceptable
from schemas.organisation import EntryOutcome, EntryProposal

router = APIRouter()

_REQUIRED = {
    "name": marked("Give the name under which the organisation joined the Code."),
    "country": marked("Choose the country."),
    "roles": marked("Choose at least one role."),
}


@router.get("/organisations", dependencies=[permission("read_register")])
async def list_(request: Request, principal: Someone, services: Serviced) -> Response:
    """List the Register and the entries that wait, with the form to propose one more."""
    return await _page(request, services, principal, typed=Typed())


@router.post("/organisations", dependencies=[permission("enter_organisation")])
async def propose(request: Request, principal: Someone, services: Serviced) -> Response:
    """Propose to enter an organisation."""
    permit(principal, "enter_organisation").require()
    typed, language = await typed_in(request), language_of(request, remembered=True)
    lacking = tuple((name, sentence(language, asked)) for name, asked in _REQUIRED.items() if not any(typed.all(name)))
    if lacking:
        return await _page(request, services, principal, typed=typed, errors=lacking, status=422)
    try:
        proposed = await services.procedure.propose_entry(_entrant(typed), by=principal, request_id=request_id(request))
    except ProcedureError as error:
        errors = (("name", refusal_in(language, error)),)
        return await _page(
            request, services, principal, typed=typed, errors=errors, code=error.code, status=status_of(error)
        )
    return RedirectResponse(f"/secretariat/organisations?proposed={proposed.organisation}", status_code=303)


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
            raise _not_from_the_lists() from None
        raise malformed_form(error) from None
    if entrant.country not in countries("en"):
        raise _not_from_the_lists()
    return entrant


def _not_from_the_lists() -> Unacceptable:
    return Unacceptable("malformed_form", marked("Choose country and roles from the lists."))


async def _waiting(services: Services, principal: Principal) -> list[tuple[MatterReading, EntryProposal]]:
    """Return whose entry waits for a second person, and what was proposed, as far as they are for the reader."""
    every = await services.procedure.matters.all_for(principal, "organisation")
    found = [(one, one.facts.get("entry_proposal")) for one in every]
    proposals = [(one, EntryProposal.model_validate(proposal)) for one, proposal in found if proposal is not None]
    return [(one, proposal) for one, proposal in proposals if proposal.outcome == EntryOutcome.WAITING]


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
    waiting = await _waiting(services, principal)
    async with services.database.reading() as session:
        entries = await participants.every(session)
        names = await people.names_of(session, [proposal.proposed_by for _, proposal in waiting])
        texts = (await schemes.in_force(session, SCHEME)).texts
    role_texts = {role: text.in_language(language) for role, text in texts.roles.items()}
    return render(
        request,
        "secretariat/organisations.html",
        status,
        person=signed_in_bar(request, principal),
        entries=[(one, [role_texts.get(role, role) for role in from_words(one.roles)]) for one in entries],
        waiting=waiting,
        names=names,
        me=principal.person,
        roles=list(role_texts.items()),
        role_names=role_texts,
        countries=list(countries(language).items()),
        may_enter=bool(permit(principal, "enter_organisation")),
        proposed=next((one for at, one in waiting if at.id == request.query_params.get("proposed")), None),
        typed=typed,
        errors=errors,
        code=code,
    )
