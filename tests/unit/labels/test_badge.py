import xml.etree.ElementTree as ET
from typing import get_args

import pytest

from labels.badge import WIDTH, Badge, Sign, Tone, badge_svg

SVG = "{http://www.w3.org/2000/svg}"


def a_badge(**changes: str) -> Badge:
    usual = {
        "headline": "Label in force",
        "tone": "good",
        "sign": "tick",
        "product": "Lighthouse Reader 2.1",
        "host": "v.example.eu",
        "language": "en",
    }
    return Badge(**{**usual, **changes})  # type: ignore[arg-type]  # the fields of a badge


def drawn(badge: Badge) -> ET.Element:
    return ET.fromstring(badge_svg(badge))  # noqa: S314  # our own drawing


def test_a_badge_says_standing_product_and_register_in_text_and_to_those_who_do_not_see_it() -> None:
    found = drawn(a_badge())

    assert [one.text for one in found.iter(f"{SVG}text")] == ["Label in force", "Lighthouse Reader 2.1", "v.example.eu"]
    assert (
        found.findtext(f"{SVG}title")
        == found.get("aria-label")
        == ("Label in force. Lighthouse Reader 2.1. v.example.eu")
    )
    assert (found.get("role"), found.get("lang")) == ("img", "en")


def test_no_two_standings_differ_by_colour_alone() -> None:
    shapes = {sign: drawn(a_badge(sign=sign)).find(f".//{SVG}path").get("d") for sign in get_args(Sign)}
    assert len(set(shapes.values())) == len(shapes)


@pytest.mark.parametrize("tone", get_args(Tone))
def test_every_colour_can_be_read_on_white(tone: str) -> None:
    colour = drawn(a_badge(tone=tone)).find(f".//{SVG}text").get("fill")
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (light + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("text", ["Щ" * 200, "W" * 60, '<script>alert(1)</script> & "quoted"', "x " * 90])
def test_long_and_hostile_names_stay_text_and_inside(text: str) -> None:
    found = drawn(a_badge(product=text, host="long-host." * 12 + "example"))

    assert "".join(text.split()) in "".join("".join(one.text.split()) for one in found.iter(f"{SVG}text"))
    for one in found.iter(f"{SVG}text"):
        assert float(one.get("x")) + float(one.get("textLength")) <= WIDTH - 12
        assert float(one.get("y")) <= float(found.get("height")) - 12
    assert {element.tag for element in found.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "rect", "g", "circle", "path", "text")
    }
