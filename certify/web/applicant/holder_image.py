"""An organisation gives, replaces or takes away the image that its certificates show."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.procedure.matters import SentToMatter
from certify.web import holder_images
from certify.web.acting import Before, show_act
from certify.web.applicant.organisation import IMAGE, ROOM
from certify.web.errors import status_of
from certify.web.language import language_of, sentence
from certify.web.matters.matter_reasons import refusal_in
from certify.web.matters.open_matter import OpenMatter
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced
from certify.web.uploads import UNBOUNDED, FormWithFile, read_form
from certify.web.work import signed_in_bar
from labels.certificate.holder_image import MAX_BYTES
from schemas.errors import ProcedureError
from schemas.identifiers import MatterId

router = APIRouter()
_ADDRESS = "choose-holder-image"


@router.post(
    f"/organisation/{{matter}}/{_ADDRESS}", max_body_size=UNBOUNDED, dependencies=[permission(holder_images.ACT)]
)
async def send(request: Request, matter: MatterId, principal: Someone, services: Serviced) -> Response:
    """Take an image, or the wish to have none; nothing is read before the organisation would take it."""
    opened = await ROOM.open(services, principal, matter)
    if opened.reading.may[IMAGE.kind] is not None:
        return await show_act(request, services, principal, ROOM, matter, _ADDRESS)
    form = await read_form(request, room=MAX_BYTES)
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=form.typed)
    language = language_of(request, remembered=True)
    if form.refusal is None and form.file is None and not form.typed.one("take_away"):
        return await _again(before, sentence(language, IMAGE.required["image"]))
    try:
        sent = await _sent(before, form)
    except ProcedureError as error:
        return await _again(before, refusal_in(language, error), error)
    return RedirectResponse(f"{ROOM.path}/{matter}?done={sent.act_id}", status_code=303)


async def _sent(before: Before[OpenMatter], form: FormWithFile) -> SentToMatter:
    services, principal, organisation = before.services, before.principal, before.opened.reading.id
    of_request = request_id(before.request)
    key = form.typed.one("idempotency_key") or of_request
    if form.refusal is not None:
        raise holder_images.too_large()
    if form.file is None:
        return await holder_images.choose(services, principal, organisation, None, key=key, request_id=of_request)
    image = await form.file.read(MAX_BYTES + 1)
    return await holder_images.give(services, principal, organisation, image, key=key, request_id=of_request)


async def _again(before: Before[OpenMatter], words: str, error: ProcedureError | None = None) -> Response:
    return render(
        before.request,
        IMAGE.template,
        status_of(error) if error else 422,
        person=signed_in_bar(before.request, before.principal),
        room=ROOM.path,
        action=f"{ROOM.path}/{before.opened.reading.id}/{_ADDRESS}",
        key=str(uuid7()),
        typed=before.typed,
        errors=((IMAGE.anchor, words),),
        code=error.code if error else None,
        **before.opened.context,
    )
