"""Files: taken in as they stream, read back before they are acknowledged, given out as attachments."""

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from certify.accounts import access_ledger
from certify.accounts.narrowing import case_for
from certify.accounts.openings import Opening, openings_for
from certify.accounts.policy import permit
from certify.procedure.reception import Received
from certify.vault import inspections
from certify.vault.files import StoredFile
from certify.vault.inspection.clamav import Scan
from certify.vault.inspections import FileInspection, State
from certify.web.api.acts import PROBLEM
from certify.web.api.applications import read_case
from certify.web.downloads import item_of_case
from certify.web.people import Someone, still_signed_in
from certify.web.permissions import permission
from certify.web.services import Serviced, Services
from certify.web.uploads import UNBOUNDED, note, room_left
from schemas.errors import NotPermitted, Unacceptable
from schemas.evidence import EvidenceItem
from schemas.identifiers import Identifier, ItemId, Moment

router = APIRouter(tags=["evidence"], responses=PROBLEM)


class Uploaded(BaseModel):
    """A file that is stored, was read back and looked at; offering it is an act of its own.

    Attributes:
        state: `could_not_inspect` is neither good nor bad: sending the file again has it looked at again.
        kinds: what the bytes agree with; the extension of the name under which the file is offered is one of them.
        remarks: what whoever opens the file should know.
    """

    digest: str
    size: int
    state: State
    kinds: tuple[str, ...]
    remarks: tuple[str, ...]
    scan: Scan

    @classmethod
    def of(cls, stored: StoredFile, found: FileInspection | None) -> "Uploaded":
        """Return what is told of a file that arrived."""
        return cls(digest=stored.digest, size=stored.size, **found_fields(found))


class FileFound(BaseModel):
    """What was found in the file of an item; `not_inspected` is one of an earlier version."""

    item: ItemId
    file: str
    state: State
    kinds: tuple[str, ...]
    remarks: tuple[str, ...]
    scan: Scan
    scanned_at: Moment | None

    @classmethod
    def of(cls, item: EvidenceItem, found: FileInspection | None) -> "FileFound":
        """Return what is told of an item."""
        at = found.scanned_at if found else None
        return cls(item=item.id, file=item.file, scanned_at=at, **found_fields(found))


def found_fields(found: FileInspection | None) -> dict[str, Any]:
    """Return what was found in a file as the API tells it."""
    if found is None:
        return {"state": "not_inspected", "kinds": (), "remarks": (), "scan": Scan.UNSCANNED}
    return {
        "state": found.state,
        "kinds": tuple(found.kinds.split()),
        "remarks": tuple(found.remarks.split()),
        "scan": Scan(found.scan),
    }


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
    async with still_signed_in(request):
        received = await services.reception.take_in(application, request.stream(), max_bytes=room)
    return await taken(services, application, received, expected)


async def taken(services: Services, application: str, received: Received, expected: str | None) -> Uploaded:
    """Note an uploaded file and tell what it is.

    Raises:
        Unacceptable: why it is not taken.
    """
    noted = await note(services, application, received, expected=expected)
    async with services.database.reading() as session:
        return Uploaded.of(noted, await inspections.find(session, application, noted.digest))


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
async def download(
    application: Identifier, item: ItemId, request: Request, principal: Someone, services: Serviced
) -> Response:
    """Stream a file out, never to be shown inside a page of ours; the ledger of openings says so first."""
    return await item_of_case(request, services, principal, application, item)


@router.get(
    "/applications/{application}/files",
    operation_id="list_files",
    summary="Read what was found in the files of a case",
    dependencies=[permission("read_evidence_list")],
)
async def found_in_files(application: Identifier, principal: Someone, services: Serviced) -> list[FileFound]:
    """Tell for each item whether it was looked at and scanned, and what whoever opens it should know."""
    reading = await read_case(services, principal, application)
    async with services.database.reading() as session:
        found = await inspections.of_application(session, application)
    return [FileFound.of(item, found.get(item.digest)) for item in reading.evidence]


@router.get(
    "/applications/{application}/openings",
    operation_id="read_openings",
    summary="Read who opened which item of evidence, and when",
    dependencies=[permission("read_openings")],
)
async def opened(application: Identifier, principal: Someone, services: Serviced) -> list[Opening]:
    """Read the ledger, the latest first; the applicant reads as what somebody opened an item, and not who."""
    async with services.database.reading() as session:
        case = await case_for(session, principal, application)
        permit(principal, "read_openings", case).require()
        return list(openings_for(case, principal, await access_ledger.openings(session, application)))
