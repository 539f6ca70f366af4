"""The picture of a label: SVG for print and page, PNG for everything else. Black on white."""

import io
import math
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw

from labels.layout import Bar, Form, Layout, Line, set_out
from labels.qr import QUIET_MODULES
from labels.typography import FAMILIES, font, width_of
from labels.wording import description_of, title_of, watermark_of
from schemas.errors import PreparationError
from schemas.label import LabelFacts

# A module of 0.4 mm is read by phones at arm's length, and by those that focus badly close by.
MIN_MODULE_MM = 0.4
MAX_MODULE_MM = 10.0  # a wall
MIN_MODULE_PIXELS = 3  # below this the small print runs together
MAX_MODULE_PIXELS = 60

_FRAME = 0.8  # thickness of frame and outlines, in modules
_CORNER = 3
_WATERMARK_GREY = "#d4d4d4"  # light enough that the symbol over it still reads


def svg(
    facts: LabelFacts, *, form: Form = Form.STANDARD, module_mm: float = MIN_MODULE_MM, watermark: str | None = None
) -> str:
    """Draw a label as SVG, sized in millimetres; its text stays text, for search and for screen readers.

    Raises:
        PreparationError: `too_small`: a module under 0.4 mm; `too_large`: over 10 mm; `url_unfit`.
    """
    if not module_mm >= MIN_MODULE_MM:  # so written, what is no number is too small
        raise PreparationError("too_small", f"A module is at least {MIN_MODULE_MM} mm in print, not {module_mm} mm.")
    if module_mm > MAX_MODULE_MM:
        raise PreparationError("too_large", f"A module is at most {MAX_MODULE_MM} mm in print, not {module_mm} mm.")
    layout, watermark = set_out(facts, form), watermark_of(facts, watermark)
    width, height = layout.width, math.ceil(layout.height)
    size = f'width="{width * module_mm:.2f}mm" height="{height * module_mm:.2f}mm" viewBox="0 0 {width:g} {height}"'
    name = f"{form}-{facts.id}"  # ids are unique in a page that shows several labels
    attributes = (
        f'role="img" aria-labelledby="title-{name} desc-{name}" lang="{facts.language}" font-family="{FAMILIES}"'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {attributes}>',
        f'<title id="title-{name}">{escape(title_of(facts))}</title>',
        f'<desc id="desc-{name}">{escape(description_of(facts))}</desc>',
        f'<rect width="{width:g}" height="{height}" fill="#fff"/>',
        *([_svg_watermark(watermark, layout)] if watermark else []),
        _svg_outline(Bar(0, 0, width, height), _CORNER),
        *(_svg_bar(bar) for bar in layout.bars),
        *(_svg_line(line) for line in layout.lines),
        _svg_symbol(layout),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def millimetres(facts: LabelFacts, *, form: Form = Form.STANDARD, module_mm: float) -> tuple[float, float]:
    """Return width and height of a label in print.

    Raises:
        PreparationError: `url_unfit`.
    """
    layout = set_out(facts, form)
    return layout.width * module_mm, math.ceil(layout.height) * module_mm


def png(
    facts: LabelFacts, *, form: Form = Form.STANDARD, module_pixels: int = 8, watermark: str | None = None
) -> bytes:
    """Draw a label as PNG, whole pixels a module; its resolution is set so that it prints at 0.4 mm a module.

    Raises:
        PreparationError: `too_small`: fewer than 3 pixels a module; `too_large`: more than 60; `url_unfit`.
    """
    if module_pixels < MIN_MODULE_PIXELS:
        raise PreparationError("too_small", f"A module is at least {MIN_MODULE_PIXELS} pixels, not {module_pixels}.")
    if module_pixels > MAX_MODULE_PIXELS:
        raise PreparationError("too_large", f"A module is at most {MAX_MODULE_PIXELS} pixels, not {module_pixels}.")
    layout, watermark = set_out(facts, form), watermark_of(facts, watermark)
    image = Image.new("L", (math.ceil(layout.width) * module_pixels, math.ceil(layout.height) * module_pixels), "white")
    if watermark:
        _paint_watermark(image, watermark, layout, module_pixels)
    _paint(ImageDraw.Draw(image), layout, image.size, module_pixels)
    dots_per_inch = module_pixels / MIN_MODULE_MM * 25.4
    content = io.BytesIO()
    image.save(content, "PNG", dpi=(dots_per_inch, dots_per_inch), optimize=True)
    return content.getvalue()


def _svg_symbol(layout: Layout) -> str:
    x, y, side = _symbol_field(layout)
    return (
        f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="#fff"/>'
        f'<path transform="translate({layout.symbol_x} {layout.symbol_y})" shape-rendering="crispEdges"'
        f' d="{layout.symbol.svg_path()}"/>'
    )


def _symbol_field(layout: Layout) -> tuple[int, int, int]:
    """Return x, y and side of the white square the symbol stands in, so that no watermark dims it."""
    side = layout.symbol.size + 2 * QUIET_MODULES
    return layout.symbol_x - QUIET_MODULES, layout.symbol_y - QUIET_MODULES, side


def _svg_line(line: Line) -> str:
    """Set a line with its measured length, so that it keeps its place in whatever font stands in."""
    weight = ' font-weight="700"' if line.bold else ""
    return (
        f'<text x="{line.x:.2f}" y="{line.y:.2f}" font-size="{line.size:g}"{weight}'
        f' textLength="{line.width:.2f}" lengthAdjust="spacingAndGlyphs">{escape(line.text)}</text>'
    )


def _svg_bar(bar: Bar) -> str:
    if not bar.filled:
        return _svg_outline(bar, _CORNER / 2)
    return f'<rect x="{bar.x:.2f}" y="{bar.y:.2f}" width="{bar.width:.2f}" height="{bar.height:.2f}"/>'


def _svg_outline(bar: Bar, corner: float) -> str:
    return (
        f'<rect x="{bar.x + _FRAME / 2:.2f}" y="{bar.y + _FRAME / 2:.2f}" width="{bar.width - _FRAME:.2f}"'
        f' height="{bar.height - _FRAME:.2f}" rx="{corner:g}" fill="none" stroke="#000" stroke-width="{_FRAME:g}"/>'
    )


def _svg_watermark(word: str, layout: Layout) -> str:
    size, angle, x, y = _watermark_shape(word, layout)
    return (
        f'<text x="{x:.2f}" y="{y + size * 0.36:.2f}" font-size="{size:.2f}" font-weight="700" text-anchor="middle"'
        f' fill="{_WATERMARK_GREY}" transform="rotate({-angle:.2f} {x:.2f} {y:.2f})">{escape(word)}</text>'
    )


def _watermark_shape(word: str, layout: Layout) -> tuple[float, float, float, float]:
    """Return size, angle (degrees) and centre of a word that lies along the diagonal of the column of text."""
    width = layout.symbol_x - QUIET_MODULES
    room = 0.7 * math.hypot(width, layout.height)
    size = min(room / width_of(word, 1, bold=True), layout.height * 0.35)
    return size, math.degrees(math.atan2(layout.height, width)), width / 2, layout.height / 2


def _paint(draw: ImageDraw.ImageDraw, layout: Layout, size: tuple[int, int], scale: int) -> None:
    frame = max(1, round(_FRAME * scale))
    draw.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), _CORNER * scale, outline="black", width=frame)
    for bar in layout.bars:
        corners = (bar.x * scale, bar.y * scale, (bar.x + bar.width) * scale - 1, (bar.y + bar.height) * scale - 1)
        if bar.filled:
            draw.rectangle(corners, fill="black")
        else:
            draw.rounded_rectangle(corners, _CORNER / 2 * scale, outline="black", width=frame)
    for line in layout.lines:
        at = (line.x * scale, line.y * scale)
        draw.text(at, line.text, fill="black", font=font(line.size * scale, bold=line.bold), anchor="ls")
    x, y, side = (place * scale for place in _symbol_field(layout))
    draw.rectangle((x, y, x + side - 1, y + side - 1), fill="white")
    for x, y, length in layout.symbol.dark_runs():
        left, top = (layout.symbol_x + x) * scale, (layout.symbol_y + y) * scale
        draw.rectangle((left, top, left + length * scale - 1, top + scale - 1), fill="black")


def _paint_watermark(image: Image.Image, word: str, layout: Layout, scale: int) -> None:
    size, angle, x, y = _watermark_shape(word, layout)
    mask = Image.new("L", image.size, 0)
    centre = (x * scale, y * scale)
    ImageDraw.Draw(mask).text(centre, word, fill=255, font=font(size * scale, bold=True), anchor="mm")
    image.paste(
        Image.new("L", image.size, _WATERMARK_GREY), mask=mask.rotate(angle, Image.Resampling.BICUBIC, center=centre)
    )
