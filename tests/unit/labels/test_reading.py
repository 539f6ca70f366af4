import io
from pathlib import Path

import pytest
from PIL import Image

from labels.artwork import png
from labels.layout import Form
from labels.qr import mini_url, standard_url
from labels.reading import MAX_PIXELS, texts_in
from schemas.errors import CouldNotCheck
from schemas.label import LabelFacts


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_label_is_read_from_pictures_of_every_usual_kind(facts: LabelFacts, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"label.{kind.lower()}"
    Image.open(io.BytesIO(png(facts))).save(path, kind)

    assert texts_in(path) == (standard_url(facts.url, facts.token),)


def test_every_code_in_a_picture_is_read(facts: LabelFacts) -> None:
    one, other = (Image.open(io.BytesIO(png(facts, form=form, module_pixels=4))) for form in Form)
    both = Image.new("L", (one.width + other.width, max(one.height, other.height)), "white")
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))

    assert set(texts_in(_content(both))) == {standard_url(facts.url, facts.token), mini_url(facts.url, facts.id)}


def test_a_transparent_background_is_white(facts: LabelFacts) -> None:
    grey = Image.open(io.BytesIO(png(facts)))
    clear = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.paste("black", mask=grey.point(lambda level: 255 - level))

    assert texts_in(_content(clear)) == (standard_url(facts.url, facts.token),)


def test_a_picture_without_a_code_could_not_be_checked() -> None:
    _check_unreadable(_content(Image.new("L", (200, 200), "white")))


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"GIF89a\x01", b"<svg/>", b"\xff\xd8\xff\xe0"]
)
def test_what_is_no_picture_could_not_be_checked(content: bytes) -> None:
    _check_unreadable(content)


def test_a_torn_picture_could_not_be_checked(facts: LabelFacts) -> None:
    whole = png(facts)

    for length in range(0, len(whole) * 9 // 10, 997):
        _check_unreadable(whole[:length])


def test_a_picture_of_too_many_pixels_is_not_even_decoded() -> None:
    width = MAX_PIXELS // 1000 + 1

    _check_unreadable(_content(Image.new("1", (width, 1000))))


def test_a_missing_picture_could_not_be_checked(tmp_path: Path) -> None:
    _check_unreadable(tmp_path / "nowhere.png")
    _check_unreadable(tmp_path)


def _check_unreadable(picture: Path | bytes) -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        texts_in(picture)

    assert refusal.value.code == "no_readable_code"


def _content(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
