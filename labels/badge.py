"""The badge a holder shows on its website: how the label stands at this moment, small, as SVG.

It is drawn anew for every look at it, and says in words and by a shape what it says by colour. The words come from
whoever knows how the label stands.
"""

from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from labels.typography import FAMILIES, width_of, wrap, wrap_host

Sign = Literal["tick", "clock", "pause", "square", "cross", "question", "pencil"]
Tone = Literal["good", "caution", "ended", "stop", "unknown"]

WIDTH = 260  # CSS pixels

_PADDING, _SIGN, _GAP = 12, 30, 10
_LEADING = 1.25
_COLUMN = WIDTH - 2 * _PADDING - _SIGN - _GAP
_INK = "#0b0c0c"
# Of at least 4.5 to 1 on white (WCAG 2.2, 1.4.3).
_COLOURS: dict[Tone, str] = {
    "good": "#0d6647",
    "caution": "#7a4a00",
    "ended": "#4a5356",
    "stop": "#9f2323",
    "unknown": "#34507a",
}
_SHAPES: dict[Sign, str] = {
    "tick": "M7.5 12.5l3 3 6-6.5",
    "clock": "M12 6.5v6l3.5 2",
    "pause": "M9.5 8.5v7M14.5 8.5v7",
    "square": "M9 9h6v6H9z",
    "cross": "M8.5 8.5l7 7M15.5 8.5l-7 7",
    "question": "M9.3 9.3a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3 1-1.3 1.8M12 16.8v.1",
    "pencil": "M9 15l.5-2.5L14.500 7.500l2 2L11.500 14.500z",
}


@dataclass(frozen=True, kw_only=True)
class Badge:
    """What a badge says, in one language.

    Attributes:
        headline: how the label stands, in a sentence.
        product: name and version; empty where no label is known.
        host: of the register, in clear: whoever doubts the picture types it.
    """

    headline: str
    tone: Tone
    sign: Sign
    product: str
    host: str
    language: Literal["en", "ru"]


@dataclass
class _Column:
    """Lines of text one below the other; `end` is where the next begins."""

    end: float = _PADDING
    lines: list[str] = field(default_factory=list)

    def write(self, lines: list[str], size: float, *, bold: bool = False, colour: str = _INK) -> None:
        weight = ' font-weight="700"' if bold else ""
        for line in lines:
            self.end += size * _LEADING
            self.lines.append(
                f'<text x="{_PADDING + _SIGN + _GAP}" y="{self.end - size * 0.25:.1f}" font-size="{size:g}"{weight}'
                f' fill="{colour}" textLength="{width_of(line, size, bold=bold):.1f}"'
                f' lengthAdjust="spacingAndGlyphs">{escape(line)}</text>'
            )


def badge_svg(badge: Badge) -> str:
    """Draw a badge, 260 CSS pixels wide and as high as its texts need."""
    colour, column = _COLOURS[badge.tone], _Column()
    column.write(wrap(badge.headline, 15, _COLUMN, bold=True), 15, bold=True, colour=colour)
    column.write(wrap(badge.product, 13, _COLUMN), 13)
    column.write(wrap_host(badge.host, 12, _COLUMN), 12)
    height = max(column.end + _PADDING, _SIGN + 2 * _PADDING)
    said = ". ".join(text for text in (badge.headline, badge.product, badge.host) if text)
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    attributes = f'role="img" aria-label={quoteattr(said)} lang="{badge.language}" font-family="{FAMILIES}"'
    frame = f'x="1" y="1" width="{WIDTH - 2}" height="{height - 2:.0f}" rx="4"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {attributes}>',
        f"<title>{escape(said)}</title>",
        f'<rect {frame} fill="#fff" stroke="{colour}" stroke-width="2"/>',
        _sign(badge.sign, colour),
        *column.lines,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _sign(sign: Sign, colour: str) -> str:
    return (
        f'<g transform="translate({_PADDING} {_PADDING}) scale({_SIGN / 24:g})" fill="none" stroke="{colour}"'
        ' stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round">'
        f'<circle cx="12" cy="12" r="10"/><path d="{_SHAPES[sign]}"/></g>'
    )
