"""What Samsung's cameras write behind a JPEG: named blocks, and a directory of them at the very end of the file.

Undocumented, and the same in all tools that read it: a block is two zeros, its type, the length of its name, the name
and its data; the directory is `SEFH`, a version and a count, for each block two zeros, its type, how far before the
directory it begins and its length; then the directory's size and `SEFT`. Numbers are little-endian. A moving picture
is a recording within such a block.
"""

import io
import re
import struct
from itertools import pairwise
from typing import IO, Final, NamedTuple

_HEADER: Final = struct.Struct("<4sII")
_ENTRY: Final = struct.Struct("<HHII")
_FOOTER: Final = struct.Struct("<I4s")
_BLOCK: Final = struct.Struct("<HHI")
_BLOCKS_MAX: Final = 64
_NAME_MAX: Final = 64
_NAME: Final = re.compile(rb"[A-Za-z0-9_]+")
_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 32
_SOMETHING_ELSE: Final = re.compile(
    rb"PK\x01\x02|PK\x05\x06|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|%PDF-|<(?:!doctype\s+html|html|script|body)\b",
    re.IGNORECASE,
)
"""An archive's directory, a document, a page: what a block may hold is data of a camera."""


class _Block(NamedTuple):
    start: int
    end: int
    type: int


def fills_the_rest(file: IO[bytes], at: int, padding_max: int) -> bool:
    """Whether such blocks with their directory, and zeros before them, are all there is from a place to the end.

    Every byte belongs to a block or to the directory, and none of it speaks of an archive, a document or a page
    (security T4).
    """
    blocks = _directory(file, at)
    if not blocks or not 0 <= blocks[0].start - at <= padding_max:
        return False
    file.seek(at)
    if file.read(blocks[0].start - at).strip(b"\0"):
        return False
    tiled = all(one.end == following.start for one, following in pairwise(blocks))
    return tiled and all(_is_named(file, one) for one in blocks[:-1]) and _holds_nothing_else(file, at)


def _directory(file: IO[bytes], at: int) -> list[_Block]:
    """Return the blocks in their order and the directory as the last; nothing where it is not as it should be."""
    size = file.seek(0, io.SEEK_END)
    if size - at < _FOOTER.size + _HEADER.size:
        return []
    file.seek(size - _FOOTER.size)
    length, end = _FOOTER.unpack(file.read(_FOOTER.size))
    head = size - _FOOTER.size - length
    if end != b"SEFT" or head < at or length < _HEADER.size:
        return []
    file.seek(head)
    begin, _, count = _HEADER.unpack(file.read(_HEADER.size))
    if begin != b"SEFH" or not 1 <= count <= _BLOCKS_MAX or length != _HEADER.size + count * _ENTRY.size:
        return []
    entries = [_ENTRY.unpack(file.read(_ENTRY.size)) for _ in range(count)]
    blocks = [_Block(head - before, head - before + size, kind) for zeros, kind, before, size in entries if zeros == 0]
    return sorted([*blocks, _Block(head, size, 0)]) if len(blocks) == count else []


def _is_named(file: IO[bytes], block: _Block) -> bool:
    file.seek(block.start)
    begin = file.read(_BLOCK.size)
    if len(begin) < _BLOCK.size:
        return False
    zeros, kind, length = _BLOCK.unpack(begin)
    fits = 0 < length <= min(_NAME_MAX, block.end - block.start - _BLOCK.size)
    return zeros == 0 and kind == block.type and fits and _NAME.fullmatch(file.read(length)) is not None


def _holds_nothing_else(file: IO[bytes], at: int) -> bool:
    file.seek(at)
    before = b""
    while chunk := file.read(_CHUNK):
        if _SOMETHING_ELSE.search(before + chunk):
            return False
        before = chunk[-_OVERLAP:]
    return True
