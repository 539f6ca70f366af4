"""A form with one file at its end: the file is spooled to disk, sealed, streamed into the store and read back."""

import io
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import cast

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from certify.procedure.reception import Received
from certify.register import cases
from certify.register.database import hold
from certify.vault import files, inspections
from certify.vault.files import StoredFile
from certify.vault.inspection.accepted import kind_of
from certify.vault.spool import SealedSpool
from certify.vault.store import Stored
from certify.vault.streams import pieces
from certify.web.act_pages import Typed, typed_of
from certify.web.language import marked
from certify.web.people import still_signed_in
from certify.web.services import Services
from schemas.application_spelling import RelativeFile
from schemas.errors import Unacceptable, Unavailable

UNBOUNDED = 2**62
"""Body limit of a route that counts for itself: how much room a case has is known only when it is asked."""
_FIELDS_BYTES = 256 * 1024
_FIELDS_MAX = 200
_NAME = TypeAdapter(RelativeFile)


@dataclass(frozen=True, kw_only=True)
class FormWithFile:
    """What a form with a file sent.

    Attributes:
        typed: its fields, also where the file was refused: they come before it.
        file: None where no file was chosen, or it was refused.
        refusal: why it was refused.
    """

    typed: Typed
    file: UploadFile | None = None
    refusal: Unacceptable | None = None


async def room_left(services: Services, application: str) -> int:
    """Return how many bytes one more file of a case may have.

    Raises:
        Unacceptable: `case_too_large`.
    """
    async with services.database.reading() as session:
        await cases.get(session, application)
        taken = await files.total_size(session, application)
    left = services.settings.evidence_case_max_bytes - taken
    if left <= 0:
        raise Unacceptable("case_too_large", "This case has no room for more files.")
    return min(left, services.settings.evidence_file_max_bytes)


async def read_form(request: Request, *, room: int) -> FormWithFile:
    """Read a multipart form whose file may have `room` bytes; of one that announces more, only the fields are read."""
    most = room + _FIELDS_BYTES
    announced = int(request.headers.get("content-length", "0"))
    stream = _bounded(request, most if announced <= most else _FIELDS_BYTES, room)
    parser = _Parser(request.headers, stream, max_files=1, max_fields=_FIELDS_MAX, max_part_size=_FIELDS_BYTES)
    try:
        async with still_signed_in(request):
            await parser.parse()
    except Unacceptable as error:
        return FormWithFile(typed=typed_of(parser.items), refusal=error)
    except MultiPartException:
        raise Unacceptable("malformed_form", "The form did not arrive whole; please send it again.") from None
    chosen = [value for _, value in parser.items if isinstance(value, UploadFile) and value.filename]
    return FormWithFile(typed=typed_of(parser.items), file=next(iter(chosen), None))


class _Parser(MultiPartParser):
    """Spools a file under a key that is in memory alone; the parser itself would let it lie in clear (I12)."""

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        file = self._current_part.file
        if file is not None:
            file.file.close()
            file.file = io.BufferedRandom(SealedSpool())
            self._files_to_close_on_error.append(file.file)  # type: ignore[arg-type]  # it is closed, and nothing else


async def store(services: Services, application: str, file: UploadFile, *, room: int) -> StoredFile:
    """Store a file that a form sent and note that it is there; offering it is an act of its own.

    Raises:
        Unacceptable: `file_empty`, `file_too_large`, `file_type_not_accepted`, `file_name_not_accepted` or why else the
            file is not taken.
        Unavailable: `not_read_back`.
    """
    kind_of(file.filename or "")
    _require_name(file.filename or "")
    spool = cast("SealedSpool", file.file.raw)  # type: ignore[attr-defined]  # of `_Parser`
    received = await services.reception.take_in_spooled(application, spool, max_bytes=room)
    return await note(services, application, received)


def _require_name(name: str) -> None:
    """Refuse a name that no item can have, while another can still be given."""
    try:
        _NAME.validate_python(name)
    except ValidationError:
        raise Unacceptable(
            "file_name_not_accepted",
            marked(
                "Rename this file and choose it again: its name may have 200 characters, without colons, backslashes "
                "and characters that are not seen."
            ),
        ) from None


async def note(services: Services, application: str, received: Received, *, expected: str | None = None) -> StoredFile:
    """Note a file that came, unless it is not taken, not the expected one or the case has no room for it.

    Noting and taking away go one at a time in a case: what one upload takes away, no other may have acknowledged.

    Raises:
        Unacceptable: `digest_differs`, `case_too_large`, or a code of `vault.inspection.report.SENTENCES`; a file that
            nothing else noted is taken away again.
        Unavailable: `not_read_back`: another upload of the same bytes was refused and took them away meanwhile.
    """
    stored, looked = received.stored, received.looked
    async with services.database.writing() as session:
        await hold(session, f"files/{application}")
        known = await files.find(session, application, stored.digest)
        taken = await files.total_size(session, application)
        refusal = _refusal(services, stored, known, taken, expected) or looked.refusal
        if refusal is None or known is not None:
            await inspections.keep(session, looked.row)
        if refusal is None:
            if await services.vault.size_of(application, stored.stored_digest) != stored.size:
                raise Unavailable("not_read_back", "The file is not in the store any more; please send it again.")
            return await files.note(
                session,
                application,
                digest=stored.digest,
                stored_digest=stored.stored_digest,
                size=stored.size,
                sealed_with=stored.sealed_with,
            )
        if known is None and stored.is_new:
            await services.vault.forget(application, stored.stored_digest)
    raise refusal


def _refusal(
    services: Services, stored: Stored, known: StoredFile | None, taken: int, expected: str | None
) -> Unacceptable | None:
    if expected not in {None, stored.digest}:
        return Unacceptable("digest_differs", "The file arrived with another digest than the one announced.")
    if known is None and taken + stored.size > services.settings.evidence_case_max_bytes:
        # Others may have filled the room since it was measured.
        return Unacceptable("case_too_large", "This case has no room for this file.")
    return None


async def _bounded(request: Request, most: int, room: int) -> AsyncGenerator[bytes, None]:
    """Yield a body up to its limit; who sent too much is told what a file may have."""
    try:
        async for piece in pieces(request.stream(), most):
            yield piece
    except Unacceptable:
        raise Unacceptable("file_too_large", f"A file may have at most {room} bytes.") from None
