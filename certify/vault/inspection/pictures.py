"""Pictures and recordings: the header is read and the parts are walked; no picture is unpacked."""

import io
import warnings
from typing import IO, Final

from PIL import Image

from certify.vault.inspection import jpeg
from certify.vault.inspection.report import Refused, Report

PIXELS_MAX: Final = 50_000_000
_UNREADABLE: Final = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)


def look_at(file: IO[bytes], kind: str) -> Report:
    """Return that a file is a PNG or a JPEG.

    Raises:
        Refused: `picture_too_large`, `file_unreadable`, or `file_type_disagrees` where something follows the picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            Image.MAX_IMAGE_PIXELS = None  # counted here, with a sentence for a person
            file.seek(0)
            picture = Image.open(file, formats=[kind.upper()])
            if picture.width * picture.height * getattr(picture, "n_frames", 1) > PIXELS_MAX:
                raise Refused("picture_too_large")
            if kind == "png":
                picture.verify()
    except _UNREADABLE:
        raise Refused("file_unreadable") from None
    if kind == "png":
        _check_png_end(file)
    else:
        jpeg.check_end(file)
    return Report(kinds=(kind,))


def _check_png_end(file: IO[bytes]) -> None:
    """Refuse what follows the last chunk (PNG, 5.6): the bytes may be something else as well."""
    size = file.seek(0, io.SEEK_END)
    file.seek(8)
    while len(header := file.read(8)) == 8:
        file.seek(int.from_bytes(header[:4], "big") + 4, io.SEEK_CUR)
        if header[4:] == b"IEND":
            break
    if file.tell() != size:
        raise Refused("file_type_disagrees")


def look_at_recording(file: IO[bytes]) -> Report:
    """Return that a file is an MP4: boxes that fill it to its end, one of them the index (ISO/IEC 14496-12, 4.2).

    Raises:
        Refused: `file_unreadable`.
    """
    size, at = file.seek(0, io.SEEK_END), 0
    seen: set[bytes] = set()
    while at < size and len(seen) < 10_000:
        file.seek(at)
        header = file.read(16)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        length = {0: size - at, 1: int.from_bytes(header[8:16], "big")}.get(length, length)
        if length < 8 or len(header) < 8:
            raise Refused("file_unreadable")
        seen.add(name)
        at += length
    if at != size or not {b"ftyp", b"moov"} <= seen:
        raise Refused("file_unreadable")
    return Report(kinds=("mp4",))
