"""Measuring and breaking the few lines of text on a label.

Measured with Liberation Sans, which lies beside this file (SIL Open Font License) and has the widths of
Arial and Helvetica, so that the SVG is set alike where only those are at hand; it has Cyrillic too.
"""

import re
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FAMILIES = "Liberation Sans, Arial, Helvetica, sans-serif"

FOLDER = Path(__file__).with_name("fonts")

_NO_CHARACTER = "\uffff"  # no font has a glyph for it: what is drawn is what stands for every missing one
_PLACEHOLDER = "\u25a1"
_MEASURING_SIZE = 200  # large enough that rounding to whole pixels does not show


@lru_cache(maxsize=64)
def font(size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Return the font at a size in pixels."""
    name = "LiberationSans-Bold.ttf" if bold else "LiberationSans-Regular.ttf"
    return ImageFont.truetype(FOLDER / name, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _advance(character: str, *, bold: bool) -> float:
    return font(_MEASURING_SIZE, bold=bold).getlength(character) / _MEASURING_SIZE


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in the unit of its size."""
    return size * sum(_advance(character, bold=bold) for character in text)


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width`, at spaces where there are any, else inside a word."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if width_of(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines += _pieces(word, size, width, bold=bold)
    return [line for line in lines if line]


def wrap_host(host: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a host name behind its dots and hyphens, so that no line looks like another host's name."""
    lines = [""]
    for part in re.findall(r"[^.-]*[.-]|[^.-]+", host):
        if width_of(lines[-1] + part, size, bold=bold) <= width:
            lines[-1] += part
        else:
            lines += _pieces(part, size, width, bold=bold)
    return [line for line in lines if line]


def largest_fitting(text: str, sizes: tuple[float, ...], width: float, lines: int, *, bold: bool = False) -> float:
    """Return the first size (largest first) at which a text takes no more than some lines, else the last."""
    return next((size for size in sizes if len(wrap(text, size, width, bold=bold)) <= lines), sizes[-1])


def _pieces(word: str, size: float, width: float, *, bold: bool) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def drawable(text: str) -> str:
    """Return a text with a square for each character that the font has no glyph for."""
    return "".join(one if one.isascii() or _has_glyph(one) else _PLACEHOLDER for one in text)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    return _glyph(character) != _glyph(_NO_CHARACTER)


def _glyph(character: str) -> tuple[bytes, tuple[int, int]]:
    drawn = font(_MEASURING_SIZE, bold=False).getmask(character)
    return bytes(drawn), drawn.size
