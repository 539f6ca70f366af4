from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labels.layout import Form, Layout, set_out
from labels.qr import QUIET_MODULES
from labels.typography import width_of, wrap
from schemas.label import LabelFacts

Facts = Callable[..., LabelFacts]
Box = tuple[float, float, float, float]

LONGEST = {
    "product": "W" * 200,
    "version": "9" * 60,
    "holder": "Ж" * 200,
    "issuer": "Commission " * 18,
    "scheme_title": "Ю" * 200,
    "tier_name": "T" * 60,
    "url": "https://" + "long-host." * 18 + "example",
}
names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=200).filter(
    lambda text: text.strip()
)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("changes", [{}, LONGEST, {"url": "http://localhost:8080"}], ids=["usual", "longest", "local"])
def test_nothing_runs_out_of_the_picture_or_over_another(
    some_facts: Facts, form: Form, language: str, changes: dict[str, str]
) -> None:
    _check_apart(set_out(some_facts(language=language, **changes), form))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(product=names, parties=names, title=names, form=st.sampled_from(Form))
def test_no_name_runs_out_of_the_picture(some_facts: Facts, product: str, parties: str, title: str, form: Form) -> None:
    _check_apart(set_out(some_facts(product=product, holder=parties, issuer=parties, scheme_title=title), form))


def test_a_usual_label_is_a_card_of_85_6_by_54_mm(facts: LabelFacts) -> None:
    layout = set_out(facts, Form.STANDARD)

    assert (round(layout.width * 0.4, 1), round(layout.height * 0.4, 1)) == (85.6, 54.0)


@pytest.mark.parametrize(("form", "least"), [(Form.STANDARD, 1.2), (Form.MINI, 0.9)])
def test_the_smallest_print_has_the_x_height_everyone_can_read(facts: LabelFacts, form: Form, least: float) -> None:
    x_height = 0.519  # of Liberation Sans, in units of its size

    assert min(line.size for line in set_out(facts, form).lines) * x_height * 0.4 >= least


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_number_stands_unbroken_on_every_label(some_facts: Facts, form: Form, language: str) -> None:
    layout = set_out(some_facts(language=language, url="http://localhost:8080", holder="H" * 100), form)

    assert "008J-4CT4-ANK7-F24S-N" in [line.text for line in layout.lines]


@given(st.text(max_size=120), st.floats(20, 200))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: float) -> None:
    lines = wrap(text, 6, width)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line, 6) <= width or len(line) == 1 for line in lines)


def _check_apart(layout: Layout) -> None:
    boxes = list(_boxes(layout))
    for left, top, right, bottom in boxes:
        assert left >= 1
        assert top >= 1
        assert right <= layout.width - 1
        assert bottom <= layout.height - 1
    for number, box in enumerate(boxes):
        assert [other for other in boxes[number + 1 :] if _meet(box, other)] == []


def _boxes(layout: Layout) -> Iterator[Box]:
    """Yield the room of every line of text (baseline to capital height) and of the symbol with its quiet zone."""
    for line in layout.lines:
        yield line.x, line.y - 0.73 * line.size, line.x + line.width, line.y
    x, y, size = layout.symbol_x, layout.symbol_y, layout.symbol.size
    yield x - QUIET_MODULES, y - QUIET_MODULES, x + size + QUIET_MODULES, y + size + QUIET_MODULES


def _meet(one: Box, other: Box) -> bool:
    overlap_x = min(one[2], other[2]) - max(one[0], other[0])
    overlap_y = min(one[3], other[3]) - max(one[1], other[1])
    return overlap_x > 0.01 and overlap_y > 0.01
