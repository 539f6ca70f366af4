"""The text of a PDF as somebody copies it: each glyph through the ToUnicode map of its font (ISO 32000-1, 9.10)."""

import re
from collections.abc import Iterator

from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

Map = dict[int, str]

# ISO 32000-1, 7.3.4.2: brackets in pairs stand in a string as they are.
_LITERAL = rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))*\)"
_STRING = re.compile(_LITERAL + rb"|<[0-9A-Fa-f]*>", re.DOTALL)
_TOKEN = re.compile(
    rb"(?P<font>/f[0-9]+) [0-9.]+ Tf|(?P<drawn>/x[0-9]+) Do|(?P<shown>\[(?:" + _LITERAL + rb"|[^\](])*\] ?TJ)",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(reader: PdfFileReader) -> str:
    """Everything on all pages, artifacts included, without the marks where a line may break."""
    pages = (page.get_object() for page in reader.root["/Pages"]["/Kids"])
    return " ".join("".join(_spans(page["/Contents"], page["/Resources"])) for page in pages).replace("\u200b", "")


def _spans(content: StreamObject, resources: DictionaryObject) -> Iterator[str]:
    fonts = {name.encode(): _map(font.get_object()) for name, font in resources.get("/Font", {}).items()}
    used: Map = {}
    for token in _TOKEN.finditer(content.data):
        if token["font"]:
            used = fonts[token["font"]]
        elif token["shown"] and used:
            yield "".join(_decoded(shown, used) for shown in _STRING.findall(token["shown"]))
        elif token["drawn"]:
            drawn = resources["/XObject"][token["drawn"].decode()]
            yield from _spans(drawn, drawn["/Resources"]) if drawn["/Subtype"] == "/Form" else ()


def _decoded(shown: bytes, used: Map) -> str:
    if shown.startswith(b"<"):
        raw = bytes.fromhex(shown[1:-1].decode("ascii"))
    else:
        raw = _ESCAPE.sub(lambda escape: _plain(escape[1]), shown[1:-1])
    return "".join(used[int.from_bytes(raw[place : place + 2])] for place in range(0, len(raw), 2))


def _plain(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8)]) if escaped.isdigit() else _ESCAPED.get(escaped, escaped)


def _map(font: DictionaryObject) -> Map:
    cmap, found = font["/ToUnicode"].data.decode("ascii"), {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            start = int.from_bytes(bytes.fromhex(text))
            found |= {int(first, 16) + step: chr(start + step) for step in range(int(last, 16) - int(first, 16) + 1)}
    return found
