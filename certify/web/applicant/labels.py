"""The labels of an applicant's organisation: what is due, and everything a holder does (ISO/IEC 17065, 7.9 to 7.11)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.matter_parts import MatterPart
from certify.web.acting import Before, Typed, lacking_in, show_act
from certify.web.applicant.acts import FILE_DESCRIPTION, OFFER, offered
from certify.web.applicant.evidence import received
from certify.web.applicant.renewals import ASK_RENEWAL
from certify.web.errors import status_of
from certify.web.language import language_of, marked
from certify.web.matters.label_pages import HOLDER, KIND, OWN, asked_of_holder
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.matter_reasons import refusal_in
from certify.web.matters.open_matter import OpenMatter
from certify.web.matters.surveillance_submission import PAGE as SUBMISSION
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced
from certify.web.uploads import UNBOUNDED
from certify.web.work import signed_in_bar
from schemas.errors import ProcedureError
from schemas.identifiers import MatterId


def _fresh(typed: Typed) -> dict[str, object]:
    return {**offered(typed), "surveillance": typed.one("surveillance")}


async def _form(before: Before[OpenMatter]) -> dict[str, object]:
    """Return what the form offers: the open surveillances, and the requirements that each asks for."""
    opened, language = before.opened, language_of(before.request, remembered=True)
    texts, types = opened.scheme.texts.criteria, opened.scheme.texts.evidence_types
    is_open = asked_of_holder(before)
    asked = sorted({key for one in is_open for key in one["criteria"]})
    return {
        "surveillances": [(str(one["number"]), str(one["number"])) for one in is_open],
        "types": [(kind, types[kind].in_language(language)) for kind in opened.scheme.rules.evidence_types],
        "criteria": [(key, f"{texts[key].title.in_language(language)} ({key})") for key in asked],
        **FILE_DESCRIPTION,
    }


OFFER_FRESH = MatterPage(
    kind="offer_fresh_evidence",
    name=marked("Add fresh evidence"),
    template="applicant/offer_fresh_evidence.html",
    fields=_fresh,
    anchor="file",
    anchors={"criterion_not_asked": "criteria", "unknown_evidence_type": "type", "evidence_dates": "expires"},
    required={"surveillance": marked("Choose the surveillance."), **OFFER.required},
    more=_form,
    is_optional=True,
    unlisted=frozenset({"no_surveillance", "not_the_holder"}),
)
ROOM = MatterRoom(
    path="/applicant/labels",
    kind=KIND,
    parts=frozenset({MatterPart.PARTY}),
    title=marked("My labels"),
    intro=marked("The labels your organisation holds, with what is due."),
    own=OWN,
    shows_scans=True,
    pages={
        "offer-fresh-evidence": OFFER_FRESH,
        "submit-surveillance": SUBMISSION,
        "ask-renewal": ASK_RENEWAL,
        **HOLDER,
    },
)
router = APIRouter()


@router.post(
    "/labels/{matter}/offer-fresh-evidence", max_body_size=UNBOUNDED, dependencies=[permission("offer_fresh_evidence")]
)
async def offer(request: Request, matter: MatterId, principal: Someone, services: Serviced) -> Response:
    """Take a file with its description; nothing of it is read before the label would take it."""
    opened = await ROOM.open(services, principal, matter)
    if opened.reading.may[OFFER_FRESH.kind] is not None:
        return await show_act(request, services, principal, ROOM, matter, "offer-fresh-evidence")
    typed, failure = await received(request, services, str(opened.reading.facts["application"]))
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    language = language_of(request, remembered=True)
    if failure is not None:
        return await _again(before, (("file", refusal_in(language, failure)),), failure)
    missing = tuple(
        ("file" if name == "digest" else name, words)
        for name, words in lacking_in(language, OFFER_FRESH.required, typed)
    )
    if missing:
        return await _again(before, missing)
    try:
        subject, act_id = await ROOM.send(
            before, OFFER_FRESH.kind, OFFER_FRESH.fields(typed), typed.one("idempotency_key")
        )
    except ProcedureError as error:
        anchor = OFFER_FRESH.anchors.get(error.code, OFFER_FRESH.anchor)
        return await _again(before, ((anchor, refusal_in(language, error)),), error)
    return RedirectResponse(f"{ROOM.path}/{subject}?done={act_id}", status_code=303)


async def _again(
    before: Before[OpenMatter], errors: tuple[tuple[str, str], ...], error: ProcedureError | None = None
) -> Response:
    return render(
        before.request,
        OFFER_FRESH.template,
        status_of(error) if error else 422,
        person=signed_in_bar(before.request, before.principal),
        room=ROOM.path,
        action=f"{ROOM.path}/{before.opened.reading.id}/offer-fresh-evidence",
        key=str(uuid7()),
        typed=before.typed,
        errors=errors,
        code=error.code if error else None,
        **{**before.opened.context, **await OFFER_FRESH.more(before)},
    )


# After the route above, whose address it would take for any act.
router.include_router(routes_of(ROOM))
