"""Handing in a file: stored and read back first, then offered; what was typed and the file outlive a refusal."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.web.act_pages import Before, Typed, show_act
from certify.web.applicant.acts import OFFER, offered
from certify.web.applicant.room import ROOM
from certify.web.errors import status_of
from certify.web.language import language_of, marked, sentence
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.uploads import UNBOUNDED, read_form, room_left, store
from certify.web.work import send, signed_in_bar
from schemas.application import MakerKind
from schemas.errors import ProcedureError
from schemas.identifiers import Identifier

router = APIRouter()


@router.post("/{application}/offer-evidence", max_body_size=UNBOUNDED, dependencies=[permission("offer_evidence")])
async def offer(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Take a file with its description; nothing of it is read before the case would take it.

    Raises:
        Unacceptable: `case_too_large`, or `malformed_form`.
    """
    opened = await ROOM.open(services, principal, application)
    if opened.reading.may[OFFER.kind] is not None:
        return await show_act(request, services, principal, ROOM, application, "offer-evidence")
    typed, failure = await received(request, services, application)
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    language = language_of(request, remembered=True)
    if failure is not None:
        return await _again(before, (("file", refusal_in(language, failure)),), failure)
    missing = lacking(before, OFFER.required)
    if missing:
        return await _again(before, missing)
    try:
        fields = {**offered(typed), "idempotency_key": typed.one("idempotency_key")}
        sent = await send(request, services, principal, OFFER.kind, application, fields)
    except ProcedureError as error:
        anchor = OFFER.anchors.get(error.code, OFFER.anchor)
        return await _again(before, ((anchor, refusal_in(language, error)),), error)
    return RedirectResponse(f"{ROOM.path}/{application}?done={sent.act_id}", status_code=303)


async def received(request: Request, services: Services, application: str) -> tuple[Typed, ProcedureError | None]:
    """Return what was typed with digest and name of the file, and what kept the file from being stored."""
    room = await room_left(services, application)
    form = await read_form(request, room=room)
    if form.file is None:
        return form.typed, form.refusal
    try:
        stored = await store(services, application, form.file, room=room)
    except ProcedureError as error:
        return form.typed, error
    named = {"digest": (stored.digest,), "file_name": (form.file.filename or "",)}
    return Typed({**form.typed.values, **named}), None


def lacking(before: Before, required: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what is not given; an accredited laboratory has a number, as `schemas.application` asks too."""
    language, typed = language_of(before.request, remembered=True), before.typed
    lacking = {name: words for name, words in required.items() if not any(typed.all(name))}
    asked = [("file" if name == "digest" else name, words) for name, words in lacking.items()]
    if typed.one("maker") == MakerKind.ACCREDITED_LABORATORY and not typed.one("accreditation"):
        asked.append(("accreditation", marked("Enter the number of the laboratory's accreditation.")))
    return tuple((name, sentence(language, words)) for name, words in asked)


async def _again(before: Before, errors: tuple[tuple[str, str], ...], error: ProcedureError | None = None) -> Response:
    return render(
        before.request,
        OFFER.template,
        status_of(error) if error else 422,
        person=signed_in_bar(before.request, before.principal),
        room=ROOM.path,
        action=f"{ROOM.path}/{before.opened.reading.id}/offer-evidence",
        key=str(uuid7()),
        typed=before.typed,
        errors=errors,
        code=error.code if error else None,
        **{**before.opened.context, **await OFFER.more(before)},
    )
