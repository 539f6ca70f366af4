"""Correcting a lodged application: it becomes a draft again under its reference, and is sent as a whole (stage 2)."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from certify.accounts.principal import Principal
from certify.procedure.acts import Sent
from certify.web import drafting
from certify.web.act_pages import Typed
from certify.web.applicant.desk import PATH
from certify.web.applicant.draft import NOT_APPLICABLE, SUBJECT
from certify.web.applicant.known import NamedOrganisation, in_lines, organisations_with
from certify.web.applicant.room import ROOM
from certify.web.casework import OpenCase, lodged_application
from certify.web.language import language_of
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.questionnaire import UNKNOWN
from certify.web.reasons import reason_of
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.application import Application, RiskAnswer
from schemas.errors import NotFound
from schemas.identifiers import Identifier

_ACT = "amend_application"
_YES_NO = {True: "yes", False: "no"}

router = APIRouter()


@router.get("/{application}/amend-application", dependencies=[permission("read_case")])
async def ask(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Say what may be corrected, or why nothing can be now."""
    opened = await ROOM.open(services, principal, application)
    return _page(request, principal, opened)


@router.post("/{application}/amend-application", dependencies=[permission("amend_application")])
async def begin(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Make a draft of the application as it was lodged, over any earlier one under its reference."""
    opened = await ROOM.open(services, principal, application)
    if opened.reading.may[_ACT] is not None:
        return _page(request, principal, opened)
    lodged = await lodged_application(services, opened.reading)
    if lodged is None:
        raise NotFound("text_missing", "The application as it was lodged is not in the store.")
    async with services.database.reading() as session:
        organisations = await organisations_with(session, lodged.kept_away or ())
    await drafting.save(services, principal, f"{SUBJECT}{lodged.reference}", typed_of(lodged, organisations))
    return RedirectResponse(f"{PATH}/drafts/{lodged.reference}", status_code=303)


def _page(request: Request, principal: Principal, opened: OpenCase) -> Response:
    barred = opened.reading.may[_ACT]
    template = "applicant/amend_application.html" if barred is None else ROOM.not_now
    return render(
        request,
        template,
        200 if barred is None else 409,
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        action=f"{ROOM.path}/{opened.reading.id}/amend-application",
        why=reason_of(language_of(request, remembered=True), barred) if barred else "",
        code=barred,
        errors=(),
        written=(),
        **opened.context,
    )


def typed_of(application: Application, organisations: Sequence[NamedOrganisation] = ()) -> Typed:
    """Return what somebody would have typed into the form to lodge an application."""
    system, officer, agreement = application.system, application.ethics_officer, application.agreement
    one_by_one = {
        **{name: getattr(system, name) for name in ("name", "label_name", "version", "purpose", "deployment")},
        "build_digest": system.build_digest,
        "languages": ", ".join(system.languages),
        "websites": ", ".join(system.websites) or None,
        "officer_name": officer.name,
        "officer_email": officer.email,
        "officer_phone": officer.phone,
        "accepted": _YES_NO[agreement.accepted],
        "signed_by": agreement.signed_by,
        "signed_on": agreement.signed_on,
        "renews": application.renews,
        "kept_away": in_lines(application.kept_away or (), organisations) or None,
        **application.gates,
        **{name: UNKNOWN if one.points is None else one.points for name, one in application.answers.items()},
        **{f"{NOT_APPLICABLE}{name}": reason for name, reason in application.not_applicable.items()},
    }
    if application.statements is not None:
        one_by_one |= {name: _YES_NO[bool(points)] for name, points in application.statements.points.items()}
    given = {name: (_as_typed(value),) for name, value in one_by_one.items() if value is not None}
    return Typed({**given, "roles": tuple(role.value for role in application.organisation.roles)})


def _as_typed(value: object) -> str:
    return _YES_NO[value] if isinstance(value, bool) else str(value)


def with_what_the_form_lacks(corrected: Application, lodged: Application) -> Application:
    """Return a correction with what was lodged by other ways than the form, and is not for it to take away."""
    answers = {
        name: RiskAnswer(score=one.score, evidence=lodged.answers[name].evidence) if name in lodged.answers else one
        for name, one in corrected.answers.items()
    }
    kept = {"evidence": lodged.evidence, "renews": lodged.renews, "answers": answers}
    # That nobody is kept away can be said in two ways; the form knows one.
    nobody = {} if corrected.kept_away or lodged.kept_away else {"kept_away": lodged.kept_away}
    return corrected.model_copy(update={**kept, **nobody})


async def send_correction(
    services: Services, principal: Principal, opened: OpenCase, corrected: Application, *, key: str, request_id: str
) -> Sent:
    """Send a correction of the application that a case was lodged with.

    Raises:
        ProcedureError: the act is refused.
    """
    lodged = await lodged_application(services, opened.reading)
    whole = with_what_the_form_lacks(corrected, lodged) if lodged is not None else corrected
    return await services.procedure.amend(principal, opened.reading.id, whole, key=key, request_id=request_id)
