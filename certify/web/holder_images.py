"""Giving an organisation's image for its certificates, and showing it: the same for pages and programs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from fastapi.responses import Response

from certify.accounts.principal import Principal
from certify.procedure.matter_kinds import KINDS
from certify.procedure.matters import SentToMatter
from certify.register import holder_images
from certify.vault.inspection.image_encoder import SENTENCES
from certify.web.downloads import HEADERS
from certify.web.services import Services
from labels.certificate.holder_image import MAX_BYTES, media_type_of
from schemas.errors import NotFound, NotPermitted, Unacceptable
from workflows.rules.matter.organisations import ORGANISATION

ACT: Final = "choose_holder_image"


async def give(
    services: Services, principal: Principal, organisation: str, image: bytes, *, key: str, request_id: str
) -> SentToMatter:
    """Encode an image anew, keep it and choose it; nothing of it is decoded before the organisation would take it.

    Raises:
        ProcedureError: why not; nothing has changed then.
    """
    reading = await services.procedure.matters.read(principal, ORGANISATION.name, organisation)
    refusal = reading.may[ACT]
    if refusal is not None:
        raise NotPermitted(refusal, "You cannot change the image of this organisation now.")
    content = await services.images.encode(image)
    async with services.database.writing() as session:
        digest = await holder_images.keep(session, content, datetime.now(UTC))
    return await choose(services, principal, organisation, digest, key=key, request_id=request_id)


async def choose(
    services: Services, principal: Principal, organisation: str, digest: str | None, *, key: str, request_id: str
) -> SentToMatter:
    """Choose an image that is kept, or none any more.

    Raises:
        ProcedureError: the act is refused.
    """
    body = KINDS[ORGANISATION.name].bodies[ACT].model_validate({"image": digest})
    return await services.procedure.matters.act(
        principal, ORGANISATION.name, ACT, organisation, body, key=key, request_id=request_id
    )


async def of_organisation(services: Services, principal: Principal, organisation: str) -> bytes:
    """Return the image that an organisation has now, to those who may read of it.

    Raises:
        NotFound: `unknown_matter`, or `unknown_image` where there is none, it is not for them, or it was lost.
    """
    reading = await services.procedure.matters.read(principal, ORGANISATION.name, organisation)
    digest = reading.facts.get("holder_image")
    async with services.database.reading() as session:
        image = await holder_images.printed(session, str(digest), organisation=organisation) if digest else None
    if image is None:
        raise NotFound("unknown_image", "There is no such image.")
    return image


def shown(image: bytes) -> Response:
    """Give out an image that we encoded."""
    return Response(image, media_type=media_type_of(image), headers=HEADERS)


async def received(stream: AsyncIterator[bytes]) -> bytes:
    """Return what a program sends, read no further than an image may be long.

    Raises:
        Unacceptable: `image_too_large`.
    """
    found = bytearray()
    async for chunk in stream:
        found += chunk
        if len(found) > MAX_BYTES:
            raise too_large()
    return bytes(found)


def too_large() -> Unacceptable:
    """Return the refusal of an image with too many bytes."""
    return Unacceptable("image_too_large", SENTENCES["image_too_large"])
