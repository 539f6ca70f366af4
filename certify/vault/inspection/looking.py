"""One look at a file: what its first bytes say, and whether the parser of that type agrees (ASVS 5.2.2)."""

import zipfile
from typing import IO, Final

import puremagic

from certify.vault.inspection import texts
from certify.vault.inspection.report import Refused, Report

_HEAD: Final = 8192
_ZIP: Final = b"PK\x03\x04"
_KINDS: Final = {".pdf": "pdf", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".jfif": "jpeg", ".mp4": "mp4"}
_SURE: Final = 0.3
"""Below, two bytes decide; `{` alone says JSON."""


def look_at(file: IO[bytes]) -> Report:
    """Return what a file is, and nothing but what both its first bytes and a parser say.

    Raises:
        Refused: why it is not accepted.
    """
    head = file.read(_HEAD)
    if head.startswith(_ZIP):
        from certify.vault.inspection import office  # noqa: PLC0415  # parsers are loaded for their files only

        return office.look_at(file)
    named = {match.extension for match in _matches(head) if match.confidence >= _SURE}
    kind = next((_KINDS[one] for one in sorted(named) if one in _KINDS), None)
    report = _binary(file, kind) if kind else texts.look_at(file)
    if kind:
        _check_alone(file)
    return report


def _matches(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []


def _binary(file: IO[bytes], kind: str) -> Report:
    if kind == "pdf":
        from certify.vault.inspection import pdf  # noqa: PLC0415  # as above

        return pdf.look_at(file)
    from certify.vault.inspection import pictures  # noqa: PLC0415  # as above

    return pictures.look_at_recording(file) if kind == "mp4" else pictures.look_at(file, kind)


def _check_alone(file: IO[bytes]) -> None:
    """Refuse a picture or a document with an archive behind it (GIFAR): it would be two things at once."""
    try:
        with zipfile.ZipFile(file) as behind:
            is_two = bool(behind.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return
    if is_two:
        raise Refused("file_type_disagrees")
