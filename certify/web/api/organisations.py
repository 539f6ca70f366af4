"""What organisations have beside their acts: the image that their certificates show."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from certify.procedure.matters import SentToMatter
from certify.web import holder_images
from certify.web.api.acts import PROBLEM, Key, fresh_key
from certify.web.people import RequestId, Someone, still_signed_in
from certify.web.permissions import permission
from certify.web.services import Serviced
from certify.web.uploads import UNBOUNDED
from schemas.identifiers import MatterId

router = APIRouter(tags=["organisations"], responses=PROBLEM)

_PICTURE: Final[dict[str, Any]] = {
    media: {"schema": {"type": "string", "format": "binary"}} for media in ("image/png", "image/jpeg")
}


@router.put(
    "/organisations/{matter}/holder-image",
    operation_id="give_holder_image",
    summary="Give the image that the organisation's certificates show, in place of any before",
    max_body_size=UNBOUNDED,
    openapi_extra={"requestBody": {"required": True, "content": _PICTURE}},
    responses={202: {"model": SentToMatter, "description": "Accepted; the record does not hold it yet."}},
    dependencies=[permission(holder_images.ACT)],
)
async def give(
    matter: MatterId,
    request: Request,
    principal: Someone,
    services: Serviced,
    request_id: RequestId,
    response: Response,
    key: Key = None,
) -> SentToMatter:
    """Encode a PNG or JPEG of at most 2 MiB anew, at most 540 by 300 pixels, and choose it (`choose_holder_image`)."""
    async with still_signed_in(request):
        image = await holder_images.received(request.stream())
    sent = await holder_images.give(services, principal, matter, image, key=fresh_key(key), request_id=request_id)
    if sent.receipt is None:
        response.status_code = 202
    return sent


@router.get(
    "/organisations/{matter}/holder-image",
    operation_id="read_holder_image",
    summary="Read the image that the organisation's certificates show, as it is printed",
    response_class=Response,
    responses={200: {"content": _PICTURE, "description": "The image."}},
    dependencies=[permission("read_matter")],
)
async def read(matter: MatterId, principal: Someone, services: Serviced) -> Response:
    """Read the image as it was encoded anew."""
    return holder_images.shown(await holder_images.of_organisation(services, principal, matter))
