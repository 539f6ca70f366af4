"""Where everything stands on a label. One unit is one module of the QR, 0.4 mm in the smallest print.

Text is no smaller than an x-height of 1.2 mm, on the mini form 0.9 mm: what Regulation (EU) No 1169/2011,
annex IV and article 13(3), asks of print that everyone must be able to read.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from labels.qr import QUIET_MODULES, Symbol, mini_symbol, mini_url, standard_symbol, standard_url
from labels.typography import largest_fitting, width_of, wrap, wrap_host
from labels.wording import WORDS, dates_and_question
from schemas.label import LabelFacts
from schemas.label_number import format_number

_LEADING = 1.3
_HEADLINE_LEADING = 1.15
_CAP_HEIGHT = 0.73  # of Liberation Sans, in units of its size
_DESCENT = 0.22
_HOST_GAP = QUIET_MODULES + 0.5


class Form(StrEnum):
    """The two printed forms: the signed token, or the number alone where there is little room."""

    STANDARD = "standard"
    MINI = "mini"


class Measures(NamedTuple):
    """Sizes of one form, in modules."""

    width: float
    height: float  # at least; long names make a label taller
    margin: float
    gap: float
    text: float
    scheme: float
    product: tuple[float, ...]  # the first at which it takes two lines
    version: float
    tier: float
    host_width: float  # at most; a longer host is broken


# 214 by 135 modules of 0.4 mm are the card of ISO/IEC 7810, ID-1: 85.6 by 54 mm.
_MEASURES = {
    Form.STANDARD: Measures(214, 135, 9, 10, 5.8, 7.2, (13, 11, 9), 8, 7.2, 72),
    Form.MINI: Measures(122, 62, 5, 5, 4.4, 4.8, (7.4, 6.2), 5, 5, 34),
}


@dataclass(frozen=True)
class Line:
    """One line of text; x is its left end, y its baseline."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False

    @property
    def width(self) -> float:
        """The room it takes."""
        return width_of(self.text, self.size, bold=self.bold)


@dataclass(frozen=True)
class Bar:
    """A rule, or the outline of a box."""

    x: float
    y: float
    width: float
    height: float
    filled: bool = True


@dataclass
class Layout:
    """A label set out: its size, its symbol with the place of its upper left module, its lines and bars."""

    width: float
    height: float
    symbol: Symbol
    symbol_x: int = 0
    symbol_y: int = 0
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)

    def write(
        self,
        text: str,
        x: float,
        top: float,
        size: float,
        width: float,
        *,
        bold: bool = False,
        leading: float = _LEADING,
    ) -> float:
        """Set a text in lines below `top`; return where they end."""
        for number, line in enumerate(wrap(text, size, width, bold=bold)):
            baseline = top + size * (_CAP_HEIGHT + number * leading)
            self.lines.append(Line(x, baseline, line, size, bold))
        return self.lines[-1].y + size * _DESCENT


def set_out(facts: LabelFacts, form: Form) -> Layout:
    """Set out a label in one of its forms.

    Raises:
        PreparationError: `url_unfit`.
    """
    measures = _MEASURES[form]
    layout = Layout(measures.width, measures.height, _symbol(facts, form))
    host = urlsplit(facts.url).netloc.lower()
    aside = max(layout.symbol.size, min(width_of(host, measures.text, bold=True), measures.host_width))
    # A symbol of a higher version widens the label: the text keeps its column.
    layout.width = measures.width + max(0, layout.symbol.size - _usual_size(form))
    column = layout.width - 2 * measures.margin - measures.gap - aside
    top = _head(layout, facts, measures)
    end = _column(layout, facts, measures, top, column)
    _foot(layout, facts, measures, max(end, top + _block_height(layout, host, measures, aside)))
    _place_symbol(layout, host, measures, aside)
    return layout


def _symbol(facts: LabelFacts, form: Form) -> Symbol:
    if form is Form.MINI:
        return mini_symbol(mini_url(facts.url, facts.id))
    return standard_symbol(standard_url(facts.url, facts.token))


def _usual_size(form: Form) -> int:
    return 29 if form is Form.MINI else 53


def _head(layout: Layout, facts: LabelFacts, measures: Measures) -> float:
    """Set the scheme's title and a rule over the whole width; return where the next thing begins."""
    width = layout.width - 2 * measures.margin
    end = layout.write(facts.scheme_title, measures.margin, measures.margin, measures.scheme, width, bold=True)
    rule = end + measures.scheme * 0.35
    layout.bars.append(Bar(measures.margin, rule, width, 0.8))
    return rule + 0.8 + measures.scheme * 0.9


def _column(layout: Layout, facts: LabelFacts, measures: Measures, top: float, width: float) -> float:
    """Set product, version, tier, number and parties one below the other; return where they end."""
    words, x = WORDS[facts.language], measures.margin
    size = largest_fitting(facts.product, measures.product, width, 2, bold=True)
    end = layout.write(facts.product, x, top, size, width, bold=True, leading=_HEADLINE_LEADING)
    end = layout.write(words.version.format(facts.version), x, end + measures.text * 0.5, measures.version, width)
    end = _tier(layout, facts.tier_name, measures, end + measures.text * 0.9, width)
    return _rows(layout, facts, measures, end + measures.text * 1.1, width)


def _rows(layout: Layout, facts: LabelFacts, measures: Measures, top: float, width: float) -> float:
    """Set number, holder and issuer beside their names; the number is never broken."""
    words, x, size, number = WORDS[facts.language], measures.margin, measures.text, format_number(facts.id)
    names = (words.number, words.holder, words.issuer)
    indent = max(width_of(name, size) for name in names) + size * 0.7
    number_indent = min(indent, width - width_of(number, size, bold=True) - 0.1)
    layout.write(words.number, x, top, size, number_indent)
    end = layout.write(number, x + number_indent, top, size, width - number_indent, bold=True)
    for name, value in ((words.holder, facts.holder), (words.issuer, facts.issuer)):
        row = end + size * 0.5
        layout.write(name, x, row, size, indent)
        end = layout.write(value, x + indent, row, size, width - indent)
    return end


def _tier(layout: Layout, name: str, measures: Measures, top: float, width: float) -> float:
    """Set the tier in words inside an outline; return where it ends."""
    padding = measures.tier * 0.5
    inner = width - 2 * padding
    first = len(layout.lines)
    end = layout.write(name, measures.margin + padding, top + padding, measures.tier, inner, bold=True)
    box_width = max(line.width for line in layout.lines[first:]) + 2 * padding
    bottom = end - measures.tier * _DESCENT + padding
    layout.bars.append(Bar(measures.margin, top, box_width, bottom - top, filled=False))
    return bottom


def _foot(layout: Layout, facts: LabelFacts, measures: Measures, end: float) -> None:
    """Set the dates and the question below everything; a label grows where its names are long."""
    width = layout.width - 2 * measures.margin
    lines = _joined(dates_and_question(facts), measures.text, width)
    needed = measures.text * (_CAP_HEIGHT + (len(lines) - 1) * _LEADING)
    rule = max(end + measures.text * 0.9, layout.height - measures.margin - needed - measures.text * 0.9)
    layout.bars.append(Bar(measures.margin, rule, width, 0.4))
    top = rule + measures.text * 0.9
    for line in lines:
        layout.write(line, measures.margin, top, measures.text, width)
        top += measures.text * _LEADING
    layout.height = rule + measures.text * 0.9 + needed + measures.margin


def _joined(parts: tuple[str, ...], size: float, width: float) -> list[str]:
    """Join parts with middle dots into as few lines as their room allows."""
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]} · {part}"
        if width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _block_height(layout: Layout, host: str, measures: Measures, aside: float) -> float:
    lines = len(wrap_host(host, measures.text, aside, bold=True))
    return layout.symbol.size + _HOST_GAP + measures.text * (_CAP_HEIGHT + (lines - 1) * _LEADING)


def _place_symbol(layout: Layout, host: str, measures: Measures, aside: float) -> None:
    """Place the symbol, with the host in clear under it, half-way between the two rules, at the right."""
    head, foot = layout.bars[0].y, layout.bars[-1].y
    lines = wrap_host(host, measures.text, aside, bold=True)
    block = _block_height(layout, host, measures, aside)
    left = layout.width - measures.margin - aside
    layout.symbol_x = round(left + (aside - layout.symbol.size) / 2)
    layout.symbol_y = round((head + foot - block) / 2)
    baseline = layout.symbol_y + layout.symbol.size + _HOST_GAP + measures.text * _CAP_HEIGHT
    centre = layout.symbol_x + layout.symbol.size / 2
    for number, line in enumerate(lines):
        x = centre - width_of(line, measures.text, bold=True) / 2
        layout.lines.append(Line(x, baseline + number * measures.text * _LEADING, line, measures.text, bold=True))
