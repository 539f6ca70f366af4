"""Beginning an application: what it costs, by which scheme, under which reference, and which label it renews."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError

from certify.accounts.principal import Principal
from certify.register import cases, labels, schemes
from certify.register.labels import LabelRecord
from certify.web import drafting
from certify.web.act_pages import Typed, typed_in
from certify.web.applicant.desk import PATH, SCHEME
from certify.web.applicant.draft import SUBJECT
from certify.web.applicant.known import applicant_of, renewable_of
from certify.web.language import Language, language_of, marked, sentence
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.application_spelling import Reference
from schemas.identifiers import application_id
from schemas.scheme import Scheme

DRAFTS_MAX = 50
"""Drafts one person keeps at a time."""
_REFERENCE: TypeAdapter[str] = TypeAdapter(Reference)

router = APIRouter(prefix="/drafts")


@router.get("", dependencies=[permission("read_drafts")])
async def ask_reference(request: Request, principal: Someone, services: Serviced) -> Response:
    """Say what it costs, and ask by which scheme and under which reference the application is to be known."""
    renews = request.query_params.get("renews", "")
    return await _start(request, services, principal, Typed({"renews": (renews,)}), ())


@router.post("", dependencies=[permission("write_draft")])
async def begin(request: Request, principal: Someone, services: Serviced) -> Response:
    """Begin a draft; under a reference that has one already, go on with that one."""
    typed, language = await typed_in(request), language_of(request, remembered=True)
    reference, scheme = typed.one("reference"), typed.one("scheme") or SCHEME
    if scheme not in {one.rules.id for one in await _schemes(services)}:
        unknown = sentence(language, marked("Choose a scheme."))
        return await _start(request, services, principal, typed, (("scheme", unknown),), 422)
    if typed.one("renews") and typed.one("renews") not in await _renewable(services, principal):
        not_own = sentence(language, marked("Choose a label of yours that can be renewed."))
        return await _start(request, services, principal, typed, (("renews", not_own),), 422)
    why_not = await _why_not_begin(services, principal, language, reference, renews=bool(typed.one("renews")))
    if why_not:
        return await _start(request, services, principal, typed, (("reference", why_not),), 422)
    if await drafting.begun(services, principal, f"{SUBJECT}{reference}") is None:
        first = await _first(services, principal, scheme, typed.one("renews"))
        await drafting.save(services, principal, f"{SUBJECT}{reference}", first)
    return RedirectResponse(f"{PATH}/drafts/{reference}", status_code=303)


async def _why_not_begin(
    services: Services, principal: Principal, language: Language, reference: str, *, renews: bool
) -> str | None:
    if not reference:
        return sentence(language, marked("Enter a reference."))
    try:
        _REFERENCE.validate_python(reference)
    except ValidationError:
        return sentence(
            language, marked("Write the reference with 1 to 64 letters, digits, dots, hyphens and underscores.")
        )
    async with services.database.reading() as session:
        case = application_id(principal.facts.organisation or "none", reference)
        lodged = await cases.find(session, case) is not None
    if lodged:
        return sentence(language, marked("Your organisation lodged an application under this reference before."))
    if renews and await drafting.begun(services, principal, f"{SUBJECT}{reference}") is not None:
        return sentence(language, marked("You have a draft under this reference; give the renewal another one."))
    if len(await drafting.all_begun(services, principal, SUBJECT)) >= DRAFTS_MAX:
        return sentence(language, marked("Discard a draft first: you keep as many as there is room for."))
    return None


async def _first(services: Services, principal: Principal, scheme: str, renews: str) -> Typed:
    """Return what is filled in before anybody types: what the Register has, and the system of a label to renew."""
    async with services.database.reading() as session:
        applicant = await applicant_of(session, principal.facts.organisation or "none")
        renewed = await labels.find(session, renews) if renews else None
    system = _system_of(renewed) if renewed is not None else {}
    return Typed({"roles": applicant.roles if applicant else (), "scheme": (scheme,), **system})


def _system_of(label: LabelRecord) -> dict[str, tuple[str, ...]]:
    """Return the system as the label has it, but for its build, which changes unseen; the risk is answered anew."""
    facts = label.public_facts
    given = {
        "renews": label.id,
        "name": facts.product,
        "label_name": facts.label_name,
        "version": facts.version,
        "purpose": facts.purpose,
        "deployment": facts.deployment,
        "languages": ", ".join(facts.languages),
        "websites": ", ".join(facts.websites),
    }
    return {name: (text,) for name, text in given.items() if text}


async def _schemes(services: Services) -> tuple[Scheme, ...]:
    async with services.database.reading() as session:
        return await schemes.all_in_force(session)


async def _renewable(services: Services, principal: Principal) -> dict[str, str]:
    async with services.database.reading() as session:
        return await renewable_of(session, principal.facts.organisation or "none", datetime.now(UTC))


async def _start(
    request: Request,
    services: Services,
    principal: Principal,
    typed: Typed,
    errors: tuple[tuple[str, str], ...],
    status: int = 200,
) -> Response:
    return render(
        request,
        "applicant/begin.html",
        status,
        person=signed_in_bar(request, principal),
        room=PATH,
        schemes=await _schemes(services),
        renewable=await _renewable(services, principal),
        typed=typed,
        errors=errors,
    )
