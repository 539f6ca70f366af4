"""PDF: its pages can be counted; what it would do on its own is told to whoever opens it (ISO 32000-2)."""

import io
import re
from typing import IO, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from certify.vault.inspection.report import Refused, Report

_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 32
_TAIL: Final = 64 * 1024
_PADDING: Final = b"\0\t\n\f\r\x1a "
"""What writers and transfers put behind the end, up to the end of a block."""
_BEHIND_MAX: Final = 4
"""Bytes of anything else: too few to be something."""
_UNREADABLE: Final = (
    *(PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, OSError, TypeError, ValueError),
    NotImplementedError,  # what pypdf says of filters and ciphers that it does not know
)
"""What the reader raises at strangers' bytes; memory and depth are the child's own affair."""
_PAGE_OF_THE_WEB: Final = re.compile(rb"<(?:!doctype\s+html|html|svg|script|body)\b", re.IGNORECASE)
_DOES: Final = {
    "scripts": re.compile(rb"/(?:JavaScript|JS)\b"),
    "launches_programs": re.compile(rb"/(?:Launch|RichMedia)\b"),
    "attached_files": re.compile(rb"/EmbeddedFiles?\b"),
    "external_content": re.compile(rb"/(?:GoToR|SubmitForm|ImportData)\b"),
}


def look_at(file: IO[bytes]) -> Report:
    """Return that a file is a PDF, with what it would do.

    Raises:
        Refused: `file_unreadable`, also for one under a password, or `file_type_disagrees` for a web page within or
            something behind it.
    """
    file.seek(0)
    head = file.read(1024)
    if not head.startswith(b"%PDF-") or _PAGE_OF_THE_WEB.search(head):
        raise Refused("file_type_disagrees")
    try:
        reader = PdfReader(file, strict=False)
        # Many carry a password for changes alone; what opens without one can be read.
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))
        is_readable = is_open and int(reader.root_object["/Pages"]["/Count"]) > 0  # type: ignore[index]
    except _UNREADABLE:
        raise Refused("file_unreadable") from None
    if not is_readable:
        raise Refused("file_unreadable")
    _check_end(file)
    return Report(kinds=("pdf",), remarks=_remarks(file, reader))


def _check_end(file: IO[bytes]) -> None:
    """Refuse what follows the last end of the document (ISO 32000-2, 7.5.5): the bytes may be something else too."""
    file.seek(max(0, file.seek(0, io.SEEK_END) - _TAIL))
    _, end, behind = file.read().rpartition(b"%%EOF")
    if not end or len(behind.strip(_PADDING)) > _BEHIND_MAX:
        raise Refused("file_type_disagrees")


def _remarks(file: IO[bytes], reader: PdfReader) -> tuple[str, ...]:
    """Return what the bytes, and the catalogue wherever it lies, speak of; what is packed elsewhere stays unseen."""
    catalogue = repr(dict(reader.root_object)).encode(errors="replace")
    found = {remark for remark, words in _DOES.items() if words.search(catalogue)}
    file.seek(0)
    before = b""
    while chunk := file.read(_CHUNK):
        found |= {remark for remark, words in _DOES.items() if words.search(before + chunk)}
        before = chunk[-_OVERLAP:]
    return tuple(sorted(found))
