"""Writing an application that was begun: saved section by section, checked, lodged or discarded."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.principal import Principal
from certify.procedure.acts import Sent
from certify.register import cases, schemes
from certify.web import drafting
from certify.web.act_pages import Typed, typed_in
from certify.web.applicant.amending import send_correction
from certify.web.applicant.desk import PATH, SCHEME
from certify.web.applicant.draft import SECTIONS, SUBJECT, ApplicationDraft, Asked, asked_in, with_section
from certify.web.applicant.known import Applicant, NamedOrganisation, applicant_of, organisations_with, renewable_of
from certify.web.applicant.lodging import Trouble, answers_to_check, composed
from certify.web.applicant.room import ROOM
from certify.web.errors import status_of
from certify.web.language import Language, language_of, marked, sentence
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.questionnaire import UNKNOWN
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.application import Application
from schemas.case import Case
from schemas.errors import NotFound, ProcedureError
from schemas.identifiers import application_id
from schemas.label_number import format_number
from schemas.scheme import Scheme

DRAFT_MAX = 200_000
"""Characters of one draft; a complete application has far fewer."""
_SECTION_OF_CODE = {
    "agreement_missing": "agreement",
    "another_system": "system",
    "answer_missing": "questions",
    "gate_unanswered": "gates",
    "organisation_differs": "organisation",
    "unknown_criterion": "requirements",
    "unknown_role": "organisation",
}

router = APIRouter(prefix="/drafts")
Begun = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


async def draft_of(services: Services, principal: Principal, reference: str) -> ApplicationDraft:
    """Return somebody's own draft.

    Raises:
        NotFound: `unknown_draft`.
    """
    kept = await drafting.begun(services, principal, f"{SUBJECT}{reference}")
    if kept is None:
        raise NotFound("unknown_draft", "You have no draft under this reference.")
    draft = await _draft(services, principal, kept)
    async with services.database.reading() as session:
        # What was named before the correction can be named again, also where it stands in no Register.
        organisations = await organisations_with(session, (one.id for one in draft.organisations))
        if draft.amends is not None:
            return replace(draft, organisations=organisations)
        renewable = await renewable_of(session, _organisation(principal), datetime.now(UTC))
    return replace(draft, renewable=renewable, organisations=organisations)


async def drafts_of(services: Services, principal: Principal) -> list[ApplicationDraft]:
    """Return somebody's drafts, the one saved last at the top."""
    kept = await drafting.all_begun(services, principal, SUBJECT)
    return [await _draft(services, principal, one) for one in kept]


async def _draft(services: Services, principal: Principal, kept: drafting.Begun) -> ApplicationDraft:
    organisation = _organisation(principal)
    async with services.database.reading() as session:
        applicant = await applicant_of(session, organisation)
        case = await cases.find(session, application_id(organisation, kept.name))
        if case is not None:
            scheme = await schemes.pinned(session, case.lodged.scheme.digest)
            return _correction(case, scheme, kept.typed, applicant)
        scheme = await schemes.in_force(session, kept.typed.one("scheme") or SCHEME)
    return ApplicationDraft(reference=kept.name, scheme=scheme, applicant=applicant, typed=kept.typed)


def _correction(case: Case, scheme: Scheme, typed: Typed, applicant: Applicant | None) -> ApplicationDraft:
    lodged = case.lodged
    as_lodged = Applicant(name=lodged.organisation_name, country=lodged.country, roles=lodged.roles, in_register=False)
    return ApplicationDraft(
        reference=lodged.reference,
        scheme=scheme,
        applicant=applicant or as_lodged,
        typed=typed,
        amends=case.id,
        renewable={lodged.renews: format_number(lodged.renews)} if lodged.renews else {},
        organisations=tuple(NamedOrganisation(id=one, name=one) for one in lodged.kept_away),
    )


def _organisation(principal: Principal) -> str:
    return principal.facts.organisation or "none"


@router.get("/{reference}", dependencies=[permission("read_drafts")])
async def tasks(request: Request, reference: Begun, principal: Someone, services: Serviced) -> Response:
    """Show the sections of a draft and how far each is."""
    draft = await draft_of(services, principal, reference)
    language = language_of(request, remembered=True)
    asked = asked_in(language, draft.scheme)
    listed = [_task(language, draft, section, [one for one in asked if one.section == section]) for section in SECTIONS]
    return _page(
        request,
        principal,
        draft,
        "applicant/draft.html",
        tasks=listed,
        complete=sum(bool(one["done"]) for one in listed),
        saved="saved" in request.query_params,
    )


def _task(language: Language, draft: ApplicationDraft, section: str, asked: list[Asked]) -> dict[str, object]:
    given = [draft.is_given(one) for one in asked]
    done = all(is_given or not one.required for one, is_given in zip(asked, given, strict=True))
    begun = any(given) or (section == "requirements" and bool(draft.not_applicable))
    status = marked("Completed") if done else marked("In progress") if begun else marked("Not started")
    return {
        "name": sentence(language, SECTIONS[section]),
        "href": f"{PATH}/drafts/{draft.reference}/{section}",
        "hint": None,
        "status": sentence(language, status),
        "done": done,
    }


@router.get("/{reference}/check", dependencies=[permission("read_drafts")])
async def check(request: Request, reference: Begun, principal: Someone, services: Serviced) -> Response:
    """Show everything that would be lodged, the tier it leads to, and what is still missing."""
    draft = await draft_of(services, principal, reference)
    _, troubles = composed(language_of(request, remembered=True), draft)
    return _check(request, principal, draft, troubles)


@router.post("/{reference}/check", dependencies=[permission("lodge_application")])
async def lodge(request: Request, reference: Begun, principal: Someone, services: Serviced) -> Response:
    """Lodge the application; the draft is kept until it is lodged."""
    draft = await draft_of(services, principal, reference)
    language, typed = language_of(request, remembered=True), await typed_in(request)
    application, troubles = composed(language, draft)
    if application is None:
        return _check(request, principal, draft, troubles, status=422, refused=True)
    key = typed.one("idempotency_key") or request_id(request)
    try:
        sent = await _send(services, principal, draft, application, key, request_id(request))
    except ProcedureError as error:
        section = _SECTION_OF_CODE.get(error.code, "")
        trouble = Trouble(section=section, name="main-content", text=refusal_in(language, error))
        status = status_of(error)
        return _check(request, principal, draft, (trouble,), status=status, refused=True, code=error.code)
    await drafting.discard(services, principal, f"{SUBJECT}{reference}")
    if sent.receipt is None:
        return RedirectResponse(f"{PATH}?lodged={reference}", status_code=303)
    lodged = "" if draft.amends else "lodged=yes&"
    return RedirectResponse(f"{PATH}/{sent.application}?{lodged}done={sent.act_id}", status_code=303)


async def _send(
    services: Services, principal: Principal, draft: ApplicationDraft, application: Application, key: str, request: str
) -> Sent:
    if draft.amends is None:
        return await services.procedure.lodge(principal, application, key=key, request_id=request)
    opened = await ROOM.open(services, principal, draft.amends)
    return await send_correction(services, principal, opened, application, key=key, request_id=request)


def _check(
    request: Request,
    principal: Principal,
    draft: ApplicationDraft,
    troubles: tuple[Trouble, ...],
    *,
    status: int = 200,
    refused: bool = False,
    code: str | None = None,
) -> Response:
    language, path = language_of(request, remembered=True), f"{PATH}/drafts/{draft.reference}"
    places = [(_place(one, path), one.text) for one in troubles]
    return _page(
        request,
        principal,
        draft,
        "applicant/check.html",
        status,
        sections=answers_to_check(language, draft, path),
        to_be_shown=draft.to_be_shown(),
        troubles=places,
        errors=tuple(places) if refused else (),
        code=code,
        key=str(uuid7()),
    )


def _place(trouble: Trouble, path: str) -> str:
    return trouble.href or (f"{path}/{trouble.section}#{trouble.name}" if trouble.section else "#main-content")


@router.get("/{reference}/discard", dependencies=[permission("read_drafts")])
async def ask_discard(request: Request, reference: Begun, principal: Someone, services: Serviced) -> Response:
    """Ask whether a draft is really no longer wanted."""
    draft = await draft_of(services, principal, reference)
    return _page(request, principal, draft, "applicant/discard.html")


@router.post("/{reference}/discard", dependencies=[permission("write_draft")])
async def discard(reference: Begun, principal: Someone, services: Serviced) -> Response:
    """Forget a draft."""
    await drafting.discard(services, principal, f"{SUBJECT}{reference}")
    return RedirectResponse(PATH, status_code=303)


@router.get("/{reference}/{section}", dependencies=[permission("read_drafts")])
async def form(request: Request, reference: Begun, section: str, principal: Someone, services: Serviced) -> Response:
    """Show one section with what was saved of it, and beside each field what is wrong with it."""
    draft = await draft_of(services, principal, reference)
    return _section(request, principal, draft, section)


@router.post("/{reference}/{section}", dependencies=[permission("write_draft")])
async def save(request: Request, reference: Begun, section: str, principal: Someone, services: Serviced) -> Response:
    """Save one section, however incomplete."""
    _known(section)
    draft, typed = await draft_of(services, principal, reference), await typed_in(request)
    anew = with_section(draft, section, typed)
    if sum(len(text) for texts in anew.typed.values.values() for text in texts) > DRAFT_MAX:
        language = language_of(request, remembered=True)
        why = sentence(language, marked("This is more text than a draft can hold. Shorten it and save again."))
        return _section(request, principal, anew, section, (("main-content", why),), 422)
    await drafting.save(services, principal, f"{SUBJECT}{reference}", anew.typed)
    again = section == "requirements" and typed.one("step") == "add"
    where = f"/{section}?saved=yes" if again else "?saved=yes"
    return RedirectResponse(f"{PATH}/drafts/{reference}{where}", status_code=303)


def _known(section: str) -> None:
    if section not in SECTIONS:
        raise NotFound("no_such_page", "There is no such page.")


def _section(
    request: Request,
    principal: Principal,
    draft: ApplicationDraft,
    section: str,
    errors: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response:
    _known(section)
    language = language_of(request, remembered=True)
    return _page(
        request,
        principal,
        draft,
        f"applicant/section_{section}.html",
        status,
        title=sentence(language, SECTIONS[section]),
        action=f"{PATH}/drafts/{draft.reference}/{section}",
        errors=errors or _malformed(language, draft, section),
        unknown=UNKNOWN,
    )


def _malformed(language: Language, draft: ApplicationDraft, section: str) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with what was given; gaps are no errors while a person still writes."""
    _, troubles = composed(language, draft)
    given = (one for one in troubles if one.section == section and any(draft.typed.all(one.name)))
    return tuple((one.name, one.text) for one in given)


def _page(
    request: Request, principal: Principal, draft: ApplicationDraft, template: str, status: int = 200, **context: object
) -> Response:
    return render(
        request,
        template,
        status,
        person=signed_in_bar(request, principal),
        room=PATH,
        draft=draft,
        scheme=draft.scheme,
        typed=draft.typed,
        **context,
    )
