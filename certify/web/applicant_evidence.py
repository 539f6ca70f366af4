"""Handing in a file: stored and read back first, then offered; what was typed and the file outlive a refusal."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile
from uuid6 import uuid7

from certify.config import MIB
from certify.vault import files
from certify.web.act_pages import Before, Typed, show_act, typed_in
from certify.web.api.evidence import UNBOUNDED, room_left
from certify.web.applicant_acts import OFFER, offered
from certify.web.applicant_room import ROOM
from certify.web.errors import status_of
from certify.web.language import language_of, sentence
from certify.web.people import Someone
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import send, signed_in_bar
from schemas.errors import ProcedureError, Unacceptable
from schemas.identifiers import Identifier

router = APIRouter()

_FORM_BYTES = MIB
"""Room for the fields beside the file."""


@router.post("/{application}/offer-evidence", max_body_size=UNBOUNDED)
async def offer(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Take a file with its description; nothing of it is read before the case would take it."""
    opened = await ROOM.open(services, principal, application)
    if opened.reading.may[OFFER.kind] is not None:
        return await show_act(request, services, principal, ROOM, application, "offer-evidence")
    typed, failure = await _received(request, services, application)
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    language = language_of(request, remembered=True)
    if failure is not None:
        return await _again(before, (("file", refusal_in(language, failure)),), failure)
    lacking = _lacking(before)
    if lacking:
        return await _again(before, lacking)
    try:
        fields = {**offered(typed), "idempotency_key": typed.one("idempotency_key")}
        sent = await send(request, services, principal, OFFER.kind, application, fields)
    except ProcedureError as error:
        anchor = OFFER.anchors.get(error.code, OFFER.anchor)
        return await _again(before, ((anchor, refusal_in(language, error)),), error)
    return RedirectResponse(f"{ROOM.path}/{application}?done={sent.act_id}", status_code=303)


async def _received(request: Request, services: Services, application: str) -> tuple[Typed, ProcedureError | None]:
    """Return what was typed with digest and name of the file, and what kept the file from being stored."""
    try:
        room = await room_left(services, application)
        _check_length(request, room)
    except ProcedureError as error:
        return Typed(), error
    typed = await typed_in(request)
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return typed, None
    try:
        stored = await services.vault.put(application, _chunks(file), max_bytes=room)
    except ProcedureError as error:
        return typed, error
    async with services.database.writing() as session:
        await files.note(
            session, application, digest=stored.digest, stored_digest=stored.stored_digest, size=stored.size
        )
    return Typed({**typed.values, "digest": (stored.digest,), "file_name": (file.filename[:200],)}), None


def _check_length(request: Request, room: int) -> None:
    """Refuse a body that is too large before any of it is read; browsers always say how long it is."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > room + _FORM_BYTES:
        raise Unacceptable("file_too_large", f"A file may have at most {room} bytes.")


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(MIB):
        yield chunk


def _lacking(before: Before) -> tuple[tuple[str, str], ...]:
    language = language_of(before.request, remembered=True)
    asked = ((name, words) for name, words in OFFER.required.items() if not before.typed.one(name))
    return tuple(("file" if name == "digest" else name, sentence(language, words)) for name, words in asked)


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
