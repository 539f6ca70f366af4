"""Files: taken in as they stream, read back before they are acknowledged, given out as attachments."""

import base64
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from certify.web.api.acts import PROBLEM
from certify.web.api.applications import read_case
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.services import Serviced, Services
from certify.web.uploads import UNBOUNDED, note, room_left
from schemas.errors import NotFound, NotPermitted, Unacceptable
from schemas.evidence import EvidenceItem
from schemas.identifiers import Identifier, ItemId

router = APIRouter(tags=["evidence"], responses=PROBLEM)


class Uploaded(BaseModel):
    """A file that is stored and was read back; offering it is an act of its own."""

    digest: str
    size: int


@router.post(
    "/applications/{application}/files",
    operation_id="upload_file",
    summary="Upload a file before offering it as evidence",
    max_body_size=UNBOUNDED,
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
    dependencies=[permission("offer_evidence")],
)
async def upload(
    application: Identifier,
    request: Request,
    principal: Someone,
    services: Serviced,
    content_digest: Annotated[str | None, Header(description="RFC 9530, `sha-256=:…:`")] = None,
) -> Uploaded:
    """Stream a file in. With `Content-Digest` a file that arrives changed is refused."""
    await _check_may_offer(services, principal, application)
    expected = sha256_of(content_digest)
    room = await room_left(services, application)
    stored = await services.vault.put(application, request.stream(), max_bytes=room)
    await note(services, application, stored, expected=expected)
    return Uploaded(digest=stored.digest, size=stored.size)


async def _check_may_offer(services: Services, principal: Someone, application: str) -> None:
    reading = await read_case(services, principal, application)
    if reading.may["offer_evidence"] is not None:
        raise NotPermitted(reading.may["offer_evidence"], "You cannot add evidence to this case now.")


def sha256_of(content_digest: str | None) -> str | None:
    """Return the SHA-256 that RFC 9530 announces, None where nothing is announced.

    Raises:
        Unacceptable: `digest_unreadable`.
    """
    if content_digest is None:
        return None
    for part in content_digest.split(","):
        name, _, value = part.strip().partition("=")
        if name == "sha-256":
            try:
                return base64.b64decode(value.strip(":"), validate=True).hex()
            except ValueError:
                break
    raise Unacceptable("digest_unreadable", "Content-Digest must give sha-256 as RFC 9530 says.")


@router.get(
    "/applications/{application}/evidence/{item}",
    operation_id="download_evidence",
    response_class=StreamingResponse,
    summary="Download one item of evidence",
    dependencies=[permission("read_evidence")],
)
async def download(application: Identifier, item: ItemId, principal: Someone, services: Serviced) -> StreamingResponse:
    """Stream a file out, never to be shown inside a page of ours."""
    reading = await read_case(services, principal, application)
    found = next((one for one in reading.evidence if one.id == item), None)
    if found is None or not reading.may_open_evidence:
        raise NotFound("unknown_item", "There is no such item.")
    return await attachment(services, application, found)


async def attachment(services: Services, application: str, item: EvidenceItem) -> StreamingResponse:
    """Stream a stored item out under its name.

    Raises:
        NotFound: `not_in_store`.
    """
    if await services.vault.size_of(application, item.stored_digest) is None:
        raise NotFound("not_in_store", "The store does not hold this file.")
    name = item.file.rsplit("/", 1)[-1]
    return StreamingResponse(
        services.vault.open(application, item.stored_digest),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Length": str(item.size),
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
