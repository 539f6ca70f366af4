"""People: who was admitted, and inviting another; the one-time link is shown once and kept nowhere."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import invitations, people
from certify.accounts.people import Listed
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.procedure.institutions import organisation_id
from certify.register import participants, schemes
from certify.register.participants import ParticipantRecord
from certify.web.act_pages import Typed, typed_in
from certify.web.countries import countries
from certify.web.errors import status_of
from certify.web.language import language_of
from certify.web.people import Someone, request_id
from certify.web.permissions import attempting, permission
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import role_names, signed_in_bar
from schemas.errors import ProcedureError, Unacceptable
from schemas.identifiers import Word
from schemas.people import Role
from schemas.scheme import Scheme

router = APIRouter()

SCHEME = "ai-ethics-code"
ABOUT_TO_JOIN = "about-to-join"
"""Chosen for an applicant whose organisation is to apply first; no organisation has this id."""
_ROLES: TypeAdapter[tuple[Role, ...]] = TypeAdapter(tuple[Role, ...])
_AREAS: TypeAdapter[tuple[Word, ...]] = TypeAdapter(tuple[Word, ...])
_FIELDS = {
    "name_missing": "name",
    "email_malformed": "email",
    "email_taken": "email",
    "organisation_missing": "organisation",
    "unknown_organisation": "organisation",
    "interest_in_organisation": "organisation",
    "organisation_unnamed": "joining_name",
    "unknown_area": "areas",
}


@router.get("/people", dependencies=[permission("read_people")])
async def list_(request: Request, principal: Someone, services: Serviced) -> Response:
    """List everyone, with the form to invite one more."""
    permit(principal, "read_people").require()
    organisation = request.query_params.get("organisation")
    preset = Typed({"organisation": (organisation,), "roles": (Role.APPLICANT,)} if organisation else {})
    return await _page(request, services, principal, typed=preset)


@router.post("/people", dependencies=[permission("invite_person")])
async def invite(request: Request, principal: Someone, services: Serviced) -> Response:
    """Admit a person and show their link, or ask for the word of another officer."""
    permit(principal, "invite_person").require()
    typed = await typed_in(request)
    try:
        async with attempting(request, services, principal, "invite_person") as session:
            invited = await _invite(session, principal, typed, request_id(request))
    except ProcedureError as error:
        words = refusal_in(language_of(request, remembered=True), error)
        errors = ((_FIELDS.get(error.code, "roles"), words),)
        return await _page(
            request, services, principal, typed=typed, errors=errors, code=error.code, status=status_of(error)
        )
    return render(
        request,
        "secretariat/invited.html",
        person=signed_in_bar(request, principal),
        name=typed.one("name"),
        link=_link_of(services, invited),
        of_organisation=_roles(typed) == (Role.APPLICANT,),
    )


def _link_of(services: Services, invited: people.Invitation | str) -> str | None:
    """Return the address of the link by which somebody comes in; None where another officer confirms first."""
    return None if isinstance(invited, str) else services.settings.sign_in_link(invited.token)


async def _invite(session: AsyncSession, principal: Principal, typed: Typed, request: str) -> people.Invitation | str:
    organisation = _organisation(typed)
    if typed.one("organisation") != ABOUT_TO_JOIN:
        await _check_organisation(session, organisation)
    return await invitations.invite(
        session,
        principal,
        name=typed.one("name"),
        email=typed.one("email"),
        roles=_roles(typed),
        organisation=organisation,
        areas=_areas(typed),
        now=datetime.now(UTC),
        request_id=request,
    )


def _organisation(typed: Typed) -> str | None:
    """Return the id of the organisation: from the Register, or of one that is about to join (Code, II-2.4).

    Raises:
        Unacceptable: `organisation_unnamed`.
    """
    chosen = typed.one("organisation")
    if chosen != ABOUT_TO_JOIN:
        return chosen or None
    name, country = typed.one("joining_name"), typed.one("joining_country")
    if not name or country not in countries("en"):
        raise Unacceptable("organisation_unnamed", "Give name and country of the organisation that is about to join.")
    return organisation_id(name, country)


def _roles(typed: Typed) -> tuple[Role, ...]:
    try:
        return _ROLES.validate_python(typed.all("roles"))
    except ValidationError:
        raise Unacceptable("unknown_role", "There is no such role.") from None


def _areas(typed: Typed) -> tuple[str, ...]:
    try:
        return _AREAS.validate_python(typed.all("areas"))
    except ValidationError:
        raise Unacceptable("unknown_area", "There is no such area.") from None


async def _check_organisation(session: AsyncSession, organisation: str | None) -> None:
    if organisation is not None and await participants.find(session, organisation) is None:
        raise Unacceptable("unknown_organisation", "This organisation does not stand in the Register.")


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
    listed, organisations, scheme = await _around(services)
    language = language_of(request, remembered=True)
    return render(
        request,
        "secretariat/people.html",
        status,
        person=signed_in_bar(request, principal),
        listed=[(one, role_names(language, one.facts.roles)) for one in listed],
        organisations={one.organisation: one.name for one in organisations},
        about_to_join=ABOUT_TO_JOIN,
        countries=list(countries(language).items()),
        roles=[(role.value, name) for role, name in zip(Role, role_names(language, tuple(Role)), strict=True)],
        areas=[
            (area, scheme.texts.areas[area].in_language(language))
            for area, judge in scheme.rules.areas.items()
            if judge == "reviewer"
        ],
        area_names={area: text.in_language(language) for area, text in scheme.texts.areas.items()},
        may_invite=bool(permit(principal, "invite_person")),
        typed=typed,
        errors=errors,
        code=code,
    )


async def _around(services: Services) -> tuple[list[Listed], list[ParticipantRecord], Scheme]:
    async with services.database.reading() as session:
        listed = list(await people.everyone(session))
        return listed, list(await participants.every(session)), await schemes.in_force(session, SCHEME)
