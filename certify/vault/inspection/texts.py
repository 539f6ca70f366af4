"""Texts: whatever has no control characters; JSON, YAML and XML where a parser agrees."""

import codecs
import io
import json
import re
from typing import IO, Final

import yaml

from certify.vault.inspection.office import check_xml
from certify.vault.inspection.report import Refused, Report

_CHUNK: Final = 256 * 1024
JSON_MAX: Final = 16 * 1024 * 1024
YAML_MAX: Final = 2 * 1024 * 1024
"""What is longer is read as text only: a parser would need many times its size, or its time."""
_DEPTH_MAX: Final = 100
_CONTROL: Final = bytes({*range(0x20), 0x7F} - set(b"\t\n\f\r\x1b"))
_NO_CONTROL: Final = bytes(0 if byte in _CONTROL else byte for byte in range(256))
"""Makes each control character a zero: looking for that takes a fifth of the time that a pattern takes."""
_MARKUP: Final = re.compile(rb"<(?:!doctype\s+(?:html|svg)|html|svg|script|head|body|iframe)\b", re.IGNORECASE)
_WIDE: Final = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def look_at(file: IO[bytes]) -> Report:
    """Return which texts a file can be.

    Raises:
        Refused: `file_type_not_accepted` for other bytes, and for what a browser would take for a page.
    """
    size, head = file.seek(0, io.SEEK_END), _head(file)
    wide = _WIDE.get(head[:2])
    is_plain = _is_text(file, wide)
    begins = head.decode(wide, errors="replace").encode() if wide else head.removeprefix(codecs.BOM_UTF8)
    if not is_plain or _MARKUP.match(_after_prolog(begins)):
        raise Refused("file_type_not_accepted")
    kinds = ["text", "csv"]
    kinds += [kind for kind, agrees in _PARSERS.items() if wide is None and agrees(file, size)]
    if begins.lstrip().startswith(b"<?xml"):
        file.seek(0)
        check_xml(file)
        kinds.append("xml")
    return Report(kinds=tuple(kinds))


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(4096)


def _after_prolog(head: bytes) -> bytes:
    return re.sub(rb"\A\s*(?:(?:<\?.*?\?>|<!--.*?-->)\s*)*", b"", head, flags=re.DOTALL)


def _is_text(file: IO[bytes], wide: str | None) -> bool:
    """Whether all of a file is text: UTF-8, UTF-16 with its mark, or an older encoding without control characters."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(wide)() if wide else None
    try:
        while chunk := file.read(_CHUNK):
            if b"\0" in (decoder.decode(chunk).encode() if decoder else chunk).translate(_NO_CONTROL):
                return False
        if decoder:
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_json(file: IO[bytes], size: int) -> bool:
    file.seek(0)
    if size > JSON_MAX:
        return file.read(1024).lstrip()[:1] in {b"{", b"["}
    try:
        json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


def _is_json_lines(file: IO[bytes], _: int) -> bool:
    file.seek(0)
    try:
        while line := file.readline(JSON_MAX):
            if line.strip():
                json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _is_yaml(file: IO[bytes], size: int) -> bool:
    file.seek(0)
    depth = 0
    try:
        # Events alone: an alias is named and not followed, so that nothing grows.
        events = yaml.parse(file, Loader=yaml.CSafeLoader) if size <= YAML_MAX else ()
        for event in events:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEPTH_MAX:
                return False
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    return True


_PARSERS: Final = {"json": _is_json, "json_lines": _is_json_lines, "yaml": _is_yaml}
