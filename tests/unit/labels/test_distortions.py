"""A rendered label is read as a phone would see it: turned, in perspective, blurred, small, partly covered."""

import io
import math
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFilter

from labels.artwork import png
from labels.layout import Form, set_out
from labels.qr import mini_url, standard_url
from labels.reading import texts_in
from schemas.label import LabelFacts

Matrix = tuple[tuple[float, float, float], ...]
Distortion = Callable[[LabelFacts, Form], Image.Image]

pytestmark = pytest.mark.slow


def from_the_side(facts: LabelFacts, form: Form) -> Image.Image:
    """Turn by 15°, let the far edge be 0.15 shorter, blur by 0.4 module, at 4 pixels a module."""
    drawn = _drawn(facts, form, 4)
    margin = drawn.width // 3
    seen = Image.new("L", (drawn.width + 2 * margin, drawn.height + 2 * margin), 255)
    seen.paste(drawn, (margin, margin))
    turned = seen.transform(
        seen.size, Image.Transform.PERSPECTIVE, _view(seen.size), Image.Resampling.BICUBIC, fillcolor=255
    )
    return turned.filter(ImageFilter.GaussianBlur(0.4 * 4))


def from_afar(facts: LabelFacts, form: Form) -> Image.Image:
    """Leave 1.5 pixels a module."""
    drawn = _drawn(facts, form, 6)
    return drawn.resize((drawn.width // 4, drawn.height // 4), Image.Resampling.BOX)


def covered_in_the_middle(facts: LabelFacts, form: Form) -> Image.Image:
    """Cover a tenth of the symbol's area, as a sticker might."""
    return _covered(facts, form, 0.5, 0.5, fill=255)


def covered_at_the_edge(facts: LabelFacts, form: Form) -> Image.Image:
    """Cover a tenth of the symbol's area, as a thumb might."""
    return _covered(facts, form, 1, 0.5, fill=128)


def covered_in_the_corner(facts: LabelFacts, form: Form) -> Image.Image:
    """Cover a tenth of the symbol's area in the one corner without a finder pattern."""
    return _covered(facts, form, 1, 1, fill=0)


@pytest.mark.parametrize(
    ("form", "distort"),
    [
        (Form.STANDARD, from_the_side),
        (Form.STANDARD, from_afar),
        (Form.MINI, from_the_side),
        (Form.MINI, from_afar),
        (Form.MINI, covered_in_the_middle),
        (Form.MINI, covered_at_the_edge),
        (Form.MINI, covered_in_the_corner),
    ],
)
def test_twenty_of_twenty_labels_are_read(twenty_labels: list[LabelFacts], form: Form, distort: Distortion) -> None:
    expected = [
        mini_url(facts.url, facts.id) if form is Form.MINI else standard_url(facts.url, facts.token)
        for facts in twenty_labels
    ]

    assert [_read(distort(facts, form)) for facts in twenty_labels] == expected


def _covered(facts: LabelFacts, form: Form, across: float, down: float, fill: int) -> Image.Image:
    drawn, layout = _drawn(facts, form, 4), set_out(facts, form)
    side = math.sqrt(0.1) * layout.symbol.size
    room = layout.symbol.size - side
    left, top = (layout.symbol_x + across * room) * 4, (layout.symbol_y + down * room) * 4
    ImageDraw.Draw(drawn).rectangle((left, top, left + side * 4 - 1, top + side * 4 - 1), fill=fill)
    return drawn


def _drawn(facts: LabelFacts, form: Form, pixels: int) -> Image.Image:
    return Image.open(io.BytesIO(png(facts, form=form, module_pixels=pixels)))


def _read(image: Image.Image) -> str:
    content = io.BytesIO()
    image.save(content, "PNG")
    (text,) = texts_in(content.getvalue())
    return text


def _view(size: tuple[int, int]) -> tuple[float, ...]:
    """Return the eight coefficients that map a place seen back to a place drawn."""
    x, y = size[0] / 2, size[1] / 2
    angle = math.radians(15)
    turn = ((math.cos(angle), -math.sin(angle), 0.0), (math.sin(angle), math.cos(angle), 0.0), (0.0, 0.0, 1.0))
    tilt = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.15 / size[1], 1.0))
    there, back = ((1.0, 0.0, -x), (0.0, 1.0, -y), (0.0, 0.0, 1.0)), ((1.0, 0.0, x), (0.0, 1.0, y), (0.0, 0.0, 1.0))
    matrix = _product(back, _product(turn, _product(tilt, there)))
    return tuple(value / matrix[2][2] for row in matrix for value in row)[:8]


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = list(zip(*right, strict=True))
    return tuple((_dot(row, columns[0]), _dot(row, columns[1]), _dot(row, columns[2])) for row in left)


def _dot(row: tuple[float, ...], column: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(row, column, strict=True))
