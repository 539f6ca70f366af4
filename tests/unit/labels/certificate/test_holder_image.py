import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from labels.certificate.holder_image import KEPT_HEIGHT, KEPT_WIDTH, MAX_BYTES, media_type_of, millimetres_of, reencoded
from schemas.errors import PreparationError
from tests.unit.labels.certificate.conftest import picture


def opened(image: bytes) -> Image.Image:
    return Image.open(io.BytesIO(image))


def refusal(image: bytes) -> str:
    with pytest.raises(PreparationError) as refused:
        reencoded(image)
    return refused.value.code


@pytest.mark.parametrize(
    ("kind", "mode", "kept"),
    [
        ("PNG", "RGB", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "L", "L"),
        ("PNG", "1", "RGB"),
        ("PNG", "P", "RGB"),
        ("PNG", "I;16", "L"),
        ("JPEG", "RGB", "RGB"),
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "RGB"),
    ],
)
def test_an_image_keeps_its_format_in_colours_every_reader_knows(kind: str, mode: str, kept: str) -> None:
    image = opened(reencoded(picture(kind, mode)))

    assert (image.format, image.mode, image.size) == (kind, kept, (300, 120))


def grey_of_16_bits(*greys: int, clear: int | None = None) -> bytes:
    """A PNG of one line, as scanners write it (PNG 3rd ed., 11.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(greys), 1, 16, 0, 0, 0, 0)
    line = b"\0" + struct.pack(f">{len(greys)}H", *greys)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(line)), chunk(b"IEND", b"")]
    if clear is not None:
        parts.insert(1, chunk(b"tRNS", struct.pack(">H", clear)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("clear", [None, 0, 65535])
def test_greys_of_16_bits_keep_their_shades(clear: int | None) -> None:
    image = opened(reencoded(grey_of_16_bits(0, 257, 16448, 32896, 49344, 65535, clear=clear)))

    assert (image.mode, image.tobytes()) == ("L", bytes((0, 1, 64, 128, 192, 255)))


def test_a_palette_with_a_clear_colour_stays_clear() -> None:
    image = opened(reencoded(picture("PNG", "P", transparency=0)))

    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0


def test_an_image_is_made_no_larger_than_it_is_printed() -> None:
    image = reencoded(picture(size=(4000, 1000)))

    assert opened(image).size == (KEPT_WIDTH, 135)
    assert opened(reencoded(picture(size=(100, 4000)))).height == KEPT_HEIGHT
    assert millimetres_of(image) == pytest.approx(45.7, abs=0.1)


def test_metadata_and_whatever_lies_behind_the_end_are_gone() -> None:
    said = PngInfo()
    said.add_text("Author", "SECRET")
    exif = Image.Exif()
    exif[0x010E] = "SECRET"  # description
    polyglot = picture(pnginfo=said, exif=exif) + b"<script>SECRET</script>%PDF-1.7 PK\x03\x04"
    jpeg = picture("JPEG", comment=b"SECRET", icc_profile=b"SECRET") + b"<?php SECRET"

    for image in (polyglot, jpeg):
        assert b"SECRET" in image
        anew = reencoded(image)
        assert b"SECRET" not in anew
        assert b"script" not in anew
        assert opened(anew).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_a_camera_turned_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn
    assert opened(reencoded(picture("JPEG", exif=exif))).size == (120, 300)


@pytest.mark.parametrize(
    "image",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a" + picture("GIF", "P")[6:],
        b"%PDF-1.7",
        picture("WEBP"),
        picture("TIFF"),
        picture("BMP"),
        b"",
        b" " + picture(),
    ],
)
def test_nothing_but_png_and_jpeg_is_an_image(image: bytes) -> None:
    assert refusal(image) == "image_unfit"


def animation() -> bytes:
    """A PNG of two pictures."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = io.BytesIO()
    frames[0].save(content, "PNG", save_all=True, append_images=frames[1:])
    return content.getvalue()


def test_an_animation_is_refused() -> None:
    assert refusal(animation()) == "image_unfit"


def test_an_image_is_given_out_as_what_it_is() -> None:
    assert media_type_of(reencoded(picture())) == "image/png"
    assert media_type_of(reencoded(picture("JPEG"))) == "image/jpeg"


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8001, 1), (5000, 5000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_they_are_decoded(width: int, height: int) -> None:
    assert refusal(bomb(width, height)) == "image_too_large"


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert refusal(picture() + bytes(MAX_BYTES)) == "image_too_large"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_image_that_is_cut_off_or_broken_is_refused(kind: str) -> None:
    whole = picture(kind, size=(300, 300))

    for image in (whole[: len(whole) // 2], whole[:12], whole[:30]):
        assert refusal(image) == "image_unreadable"
    assert refusal(bomb(300, 300)) == "image_unreadable"
