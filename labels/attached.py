"""The signed tokens that are attached to a PDF certificate, found without a library of PDF.

Nothing of the PDF is believed: a token is verified as one that was typed, and what the pages show is looked at by
nobody here. Files attached to a PDF are streams, which no PDF packs into other objects (ISO 32000-1, 7.5.7 and 7.11.4).
"""

import re
import zlib
from collections.abc import Iterator

from schemas.errors import CouldNotCheck

_MAX_PDF_BYTES = 50_000_000
_MAX_TOKEN_BYTES = 600
_NEAR = 1000  # the dictionary of a stream is no longer than this on either side
_MAX_ATTACHED = 100
_ATTACHED = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
_LENGTH = re.compile(rb"/Length\s+([0-9]{1,9})(?![0-9])(?!\s+[0-9]+\s+R)")
_COSE_SIGN1 = b"\xd2\x84"


def tokens_attached(pdf: bytes) -> tuple[bytes, ...]:
    """Return what looks like a token among the files that are attached to a PDF, at least one.

    Raises:
        CouldNotCheck: `no_token_attached`: none is, the file is encrypted, or it is too large.
    """
    if len(pdf) <= _MAX_PDF_BYTES:
        found = tuple(one for one in _attached(pdf) if one.startswith(_COSE_SIGN1) and len(one) <= _MAX_TOKEN_BYTES)
        if found:
            return found
    what = "No label token is attached to this PDF; give a PNG of the label, or the address its code holds."
    raise CouldNotCheck("no_token_attached", what)


def _attached(pdf: bytes) -> Iterator[bytes]:
    for number, place in enumerate(_ATTACHED.finditer(pdf)):
        if number == _MAX_ATTACHED:
            return
        begin = max(pdf.rfind(b"obj", max(place.start() - _NEAR, 0), place.start()), 0)
        end = pdf.find(b"stream", place.end(), place.end() + _NEAR)
        if end >= 0:
            dictionary, after = pdf[begin:end], end + len(b"stream")
            yield _content(dictionary, pdf[after : after + 10 * _MAX_TOKEN_BYTES])


def _content(dictionary: bytes, following: bytes) -> bytes:
    """Return the bytes of a stream, or of their beginning, enough to tell that they are no token."""
    content = following.removeprefix(b"\r").removeprefix(b"\n")
    if b"/FlateDecode" in dictionary:
        try:
            return zlib.decompressobj().decompress(content, _MAX_TOKEN_BYTES + 1)
        except zlib.error:
            return b""
    length = _LENGTH.search(dictionary)
    return content[: int(length[1])] if length is not None else b""
