"""Archives are bounded without unpacking anything to disk: what a member holds is counted as it streams by.

(1) few members, little in all, no great density   (2) names that stay in their folder, no links   (3) nothing before
or between the parts but data descriptors, after them a comment at most, no two parts in one place   (4) no archive
within, but for office documents, which are looked at in the same way   (5) a member holds what the directory says
(Fifield, A better zip bomb, WOOT 2019).
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from certify.vault.inspection.report import Refused

MEMBERS_MAX: Final = 2_000
TOTAL_MAX: Final = 2 * 1024**3
DENSITY_MAX: Final = 100
_DENSE_FROM: Final = 1024 * 1024
"""Little files of one letter are dense and harm nobody."""
_INNER_MAX: Final = 64 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_LOCAL: Final = 30
_DESCRIPTOR_MAX: Final = 24
_END: Final = 22
_PACKED: Final = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_OFFICE: Final = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """Return an archive that keeps all of the rules but (4) and (5).

    Raises:
        Refused: the code of the rule that is broken, or `file_unreadable`.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused("file_unreadable") from None
    members = archive.infolist()
    _check_amounts(members)
    for member in members:
        _check_member(member)
    if len({member.filename.casefold() for member in members}) != len(members):
        raise Refused("archive_malformed")
    _check_layout(file, archive)
    return archive


def check_content(file: IO[bytes], archive: zipfile.ZipFile, *, depth: int = 1) -> None:
    """Read every member once, as far as it says it goes.

    Raises:
        Refused: `archive_nested` or `archive_malformed`.
    """
    for member in archive.infolist():
        head = _check_stream(file, member)
        if head.startswith(_PACKED) or head[257:262] == b"ustar":
            if depth == 0 or not head.startswith(_PACKED[0]) or not member.filename.lower().endswith(_OFFICE):
                raise Refused("archive_nested")
            _check_inner(archive, member)


def _check_amounts(members: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if len(members) > MEMBERS_MAX:
        raise Refused("archive_too_many_files")
    if unpacked > TOTAL_MAX:
        raise Refused("archive_too_large")
    dense = (one for one in members if one.file_size > _DENSE_FROM)
    if any(one.file_size > DENSITY_MAX * one.compress_size for one in dense) or (
        unpacked > _DENSE_FROM and unpacked > DENSITY_MAX * packed
    ):
        raise Refused("archive_too_dense")


def _check_member(member: zipfile.ZipInfo) -> None:
    name, mode = member.orig_filename, member.external_attr >> 16
    parts = name.rstrip("/").split("/")
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Refused("archive_unsafe")
    if any(part in {"", ".", ".."} for part in parts) or any(one in name for one in "\\:\0\r\n"):
        raise Refused("archive_unsafe")
    if member.flag_bits & 0x1 or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused("file_unreadable")


def _check_layout(file: IO[bytes], archive: zipfile.ZipFile) -> None:
    """Refuse what lies before, after or between the parts: the bytes may be something else as well."""
    size, end = file.seek(0, io.SEEK_END), 0
    for member in sorted(archive.infolist(), key=lambda one: one.header_offset):
        if end == 0 and member.header_offset != 0:
            raise Refused("file_type_disagrees")
        if end > 0 and not 0 <= member.header_offset - end <= _DESCRIPTOR_MAX:
            raise Refused("archive_malformed")
        end = _start(file, member) + member.compress_size
    if not 0 <= archive.start_dir - end <= _DESCRIPTOR_MAX:
        raise Refused("archive_malformed")
    file.seek(max(size - _END - len(archive.comment), 0))
    if file.read(4) != b"PK\x05\x06":
        raise Refused("file_type_disagrees")


def _start(file: IO[bytes], member: zipfile.ZipInfo) -> int:
    """Return where the bytes of a member begin; its own header must name it as the directory does."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL)
    if len(header) < _LOCAL or header[:4] != b"PK\x03\x04":
        raise Refused("archive_malformed")
    named, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    name = file.read(named).decode("utf-8" if member.flag_bits & 0x800 else "cp437", errors="replace")
    if name != member.orig_filename:
        raise Refused("archive_malformed")
    return member.header_offset + _LOCAL + named + extra


def _check_stream(file: IO[bytes], member: zipfile.ZipInfo) -> bytes:
    """Return the first bytes of a member, having counted and summed up all of it."""
    head, size, check = b"", 0, 0
    for chunk in _unpacked(file, member):
        head = head or chunk[:512]
        size, check = size + len(chunk), zlib.crc32(chunk, check)
        if size > member.file_size:
            raise Refused("archive_malformed")
    if size != member.file_size or check != member.CRC:
        raise Refused("archive_malformed")
    return head


def _unpacked(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    file.seek(_start(file, member))
    left = member.compress_size
    while left and (packed := file.read(min(left, _CHUNK))):
        left -= len(packed)
        if unpacking is None:
            yield packed
            continue
        while packed:
            try:
                yield unpacking.decompress(packed, _CHUNK)
            except zlib.error:
                raise Refused("archive_malformed") from None
            packed = unpacking.unconsumed_tail
    if unpacking is not None and (unpacking.unused_data or not unpacking.eof):
        raise Refused("archive_malformed")


def _check_inner(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    if member.file_size > _INNER_MAX:
        raise Refused("archive_nested")
    inner = io.BytesIO(archive.read(member))
    check_content(inner, opened(inner), depth=0)
