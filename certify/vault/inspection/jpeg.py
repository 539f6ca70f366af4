"""JPEG: its segments are walked to the end of the picture, and only what cameras write follows (ITU-T T.81, B.1)."""

import re
from typing import IO, Final

from certify.vault.inspection import samsung
from certify.vault.inspection.report import Refused

_CHUNK: Final = 1024 * 1024
_SEGMENTS_MAX: Final = 100_000
_PADDING_MAX: Final = 4096
"""Zeros that cameras write behind a picture, up to the next one or to the end of a block."""
_BEGINS: Final = b"\xff\xd8"
_ENDS: Final = 0xD9
_SCAN: Final = 0xDA
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers that no length follows."""
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: a marker that is neither a stuffed byte nor a restart (B.1.1.5)."""


def check_end(file: IO[bytes]) -> None:
    """Refuse what follows the picture: the bytes may be something else as well.

    Cameras put further pictures behind the first (CIPA DC-007: previews, gain maps); each is walked likewise. Behind
    the last one may be what Samsung's write there (`certify.vault.inspection.samsung`).

    Raises:
        Refused: `file_unreadable` where a picture does not end, `file_type_disagrees` where something follows it.
    """
    file.seek(0)
    for _ in range(_SEGMENTS_MAX):
        if file.read(2) != _BEGINS:
            raise Refused("file_type_disagrees")
        _walk(file)
        if _is_over(file):
            return
    raise Refused("file_too_costly")


def _walk(file: IO[bytes]) -> None:
    """Go to the end of the picture that has begun."""
    for _ in range(_SEGMENTS_MAX):
        marker = _marker(file)
        if marker == _ENDS:
            return
        if marker in _ALONE:
            continue
        length = int.from_bytes(file.read(2), "big")
        if length < 2:  # the length counts itself
            raise Refused("file_unreadable")
        file.seek(length - 2, 1)
        if marker == _SCAN:
            _pass_scan(file)
    raise Refused("file_too_costly")


def _marker(file: IO[bytes]) -> int:
    """Read a marker; any number of fill bytes may stand before it (B.1.1.2)."""
    if file.read(1) != b"\xff":
        raise Refused("file_unreadable")
    for _ in range(_PADDING_MAX):
        found = file.read(1)
        if found != b"\xff":
            break
    if found in {b"", b"\0", b"\xff"}:
        raise Refused("file_unreadable")
    return found[0]


def _pass_scan(file: IO[bytes]) -> None:
    """Go to the marker that ends the data of a scan."""
    at = file.tell()
    while len(chunk := file.read(_CHUNK)) > 1:
        if found := _AFTER_SCAN.search(chunk):
            file.seek(at + found.start())
            return
        at += len(chunk) - 1  # its last byte may begin a marker
        file.seek(at)
    raise Refused("file_unreadable")


def _is_over(file: IO[bytes]) -> bool:
    """Whether nothing but padding or a camera's blocks follows; else a picture is to begin where the file stands."""
    at = file.tell()
    if samsung.fills_the_rest(file, at, _PADDING_MAX):
        return True
    file.seek(at)
    rest = file.read(_PADDING_MAX)
    following = rest.lstrip(b"\0")
    file.seek(at + len(rest) - len(following))
    return not following and file.read(1) == b""
