"""An image of a holder is decoded by a process that may die of it, and what comes back was written by our encoder."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from certify.vault.inspection import reencoding
from certify.vault.inspection.image_encoder import SENTENCES, ImageEncoder
from certify.vault.inspection.inspector import Inspector
from labels.certificate.holder_image import MAX_BYTES, reencoded
from schemas.errors import Unacceptable, Unavailable
from tests.unit.labels.certificate.conftest import picture
from tests.unit.labels.certificate.test_holder_image import animation, bomb

pytestmark = pytest.mark.slow


async def test_the_child_gives_back_what_the_encoder_makes_and_nothing_that_hung_on_the_file() -> None:
    said = PngInfo()
    said.add_text("Author", "SECRET")
    image = picture(pnginfo=said) + b"<script>SECRET</script>"

    anew = await ImageEncoder().encode(image)
    assert anew == reencoded(image)
    assert b"SECRET" not in anew


async def test_the_largest_image_there_may_be_fits_into_the_child() -> None:
    largest = picture(mode="RGBA", size=(5000, 4000))
    assert Image.open(io.BytesIO(await ImageEncoder().encode(largest))).size == (375, 300)


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image_unfit"),
        (animation(), "image_unfit"),
        (picture() + bytes(MAX_BYTES), "image_too_large"),
        (bomb(60_000, 60_000), "image_too_large"),
        (picture(size=(300, 300))[:60], "image_unreadable"),
        (b"", "image_unfit"),
    ],
)
async def test_what_is_no_image_for_us_is_refused_with_its_code_and_a_sentence(image: bytes, code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        await ImageEncoder().encode(image)
    assert (refused.value.code, refused.value.message) == (code, SENTENCES[code])


@pytest.mark.parametrize(
    "child", ["no.such.module", "this", "certify.vault.inspection.child", "tests.unit.certify.vault.inspection.killed"]
)
async def test_a_child_that_dies_or_babbles_says_nothing_of_the_image(child: str) -> None:
    encoder = ImageEncoder(Inspector(within=5, child=child))
    with pytest.raises(Unavailable) as refused:
        await encoder.encode(picture())
    assert refused.value.code == "image_not_looked_at"


def test_nothing_is_decoded_before_the_bounds_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def bound() -> None:
        raise RuntimeError("bounded first")

    monkeypatch.setattr(reencoding, "bound", bound)
    with pytest.raises(RuntimeError, match="bounded first"):
        reencoding.main()
