import io
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from PIL import Image

from labels.artwork import png, svg
from labels.layout import Form
from labels.qr import mini_url, standard_url
from labels.reading import texts_in
from schemas.errors import PreparationError
from schemas.label import LabelFacts

SVG = "{http://www.w3.org/2000/svg}"
Facts = Callable[..., LabelFacts]


@pytest.mark.parametrize("form", Form)
def test_the_picture_says_what_a_label_must_say(facts: LabelFacts, form: Form) -> None:
    texts = [element.text for element in _drawn(svg(facts, form=form)).iter(f"{SVG}text")]
    said = " ".join(text for text in texts if text)

    for words in (
        "AI Ethics Code · Certification Scheme",
        "Low risk",
        "Lighthouse Reader",
        "version 2.1",
        "008J-4CT4-ANK7-F24S-N",
        "Northern Lights OÜ",
        "issued 2026-11-22 · ends 2028-11 at the latest",
        "scan: does it still stand?",
        "v.example.eu",
    ):
        assert words in said
    assert "valid" not in said


def test_the_picture_speaks_russian(some_facts: Facts) -> None:
    drawn = svg(some_facts(language="ru", tier_name="Низкий риск", product="Маяк"))

    for words in ("Низкий риск", "Маяк", "версия 2.1", "Держатель", "выдан 2026-11-22", "окончание не позднее 2028-11"):
        assert words in drawn
    assert 'lang="ru"' in drawn


def test_those_who_do_not_see_it_are_told_what_it_says(facts: LabelFacts) -> None:
    drawn = _drawn(svg(facts))
    title, description = drawn.findtext(f"{SVG}title"), drawn.findtext(f"{SVG}desc")

    assert title == "Label 008J-4CT4-ANK7-F24S-N"
    assert description == (
        "AI Ethics Code · Certification Scheme. Low risk. Lighthouse Reader, version 2.1. "
        "Holder: Northern Lights OÜ. Issuer: Commission for the AI Ethics Code. "
        "issued 2026-11-22 · ends 2028-11 at the latest · scan: does it still stand?"
    )


def test_names_are_text_and_never_markup(some_facts: Facts) -> None:
    name = '</text><script>alert("1")</script>&amp;'
    drawn = _drawn(svg(some_facts(product=name, holder=name, issuer=name, scheme_title=name, tier_name=name)))

    assert {element.tag for element in drawn.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text", "path")
    }
    assert name in (drawn.findtext(f"{SVG}desc") or "")


def test_an_svg_is_sized_in_millimetres(facts: LabelFacts) -> None:
    drawn = _drawn(svg(facts, module_mm=0.5))

    assert (drawn.get("width"), drawn.get("height")) == ("107.00mm", "67.50mm")


def test_a_picture_is_never_smaller_than_can_be_read(facts: LabelFacts) -> None:
    with pytest.raises(PreparationError, match="too_small"):
        svg(facts, module_mm=0.39)
    with pytest.raises(PreparationError, match="too_small"):
        png(facts, module_pixels=2)
    with pytest.raises(PreparationError, match="too_large"):
        png(facts, module_pixels=61)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("pixels", [3, 8])
def test_a_png_has_whole_pixels_and_prints_at_0_4_mm_a_module(facts: LabelFacts, form: Form, pixels: int) -> None:
    image = Image.open(io.BytesIO(png(facts, form=form, module_pixels=pixels)))

    assert (image.format, image.mode) == ("PNG", "L")
    assert (image.width % pixels, image.height % pixels) == (0, 0)
    assert image.info["dpi"][0] == pytest.approx(pixels / 0.4 * 25.4, rel=1e-3)


@pytest.mark.parametrize(("form", "watermark"), [(Form.STANDARD, None), (Form.STANDARD, "DEMO"), (Form.MINI, "TEST")])
def test_a_picture_reads_as_its_address(facts: LabelFacts, form: Form, watermark: str | None) -> None:
    expected = {Form.STANDARD: standard_url(facts.url, facts.token), Form.MINI: mini_url(facts.url, facts.id)}[form]

    assert texts_in(png(facts, form=form, module_pixels=4, watermark=watermark)) == (expected,)


def test_a_watermark_shows_in_both_kinds_of_picture(facts: LabelFacts) -> None:
    grey = [Image.open(io.BytesIO(png(facts, watermark=word))).histogram()[0xD4] for word in ("DEMO", None)]

    assert ">DEMO</text>" in svg(facts, watermark="DEMO")
    assert "DEMO" not in svg(facts)
    assert grey[0] > 100 * max(grey[1], 1)


def test_the_same_label_is_the_same_picture(facts: LabelFacts) -> None:
    assert (svg(facts), png(facts)) == (svg(facts), png(facts))


def _drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # our own drawing
