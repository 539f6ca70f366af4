"""The one picture a holder may add to its certificate: PNG or JPEG, decoded, made smaller and encoded anew.

What comes out was written by us: no metadata, no animation, nothing behind the end, no other format inside.
"""

import io
import struct

from PIL import Image, ImageOps

from schemas.errors import PreparationError

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 8_000
MAX_PIXELS = 20_000_000  # 80 MB once decoded
KEPT_WIDTH, KEPT_HEIGHT = 540, 300  # 45.7 by 25.4 mm at 300 dots an inch
_PNG = b"\x89PNG\r\n\x1a\n"
FORMATS = {_PNG: "png", b"\xff\xd8\xff": "jpg"}

_KEPT_MODES = {"PNG": ("L", "LA", "RGB", "RGBA"), "JPEG": ("L", "RGB")}
_DOTS_PER_MM = 300 / 25.4
_OF_16_BITS = 255 / 65535


def reencoded(image: bytes) -> bytes:
    """Return an image of a holder as we may show it: same format, at most 540 by 300 pixels, and nothing else in it.

    Raises:
        PreparationError: `image_too_large` (over 2 MiB, 8 000 pixels a side or 20 million in all),
            `image_unfit` (neither PNG nor JPEG, or several pictures in one), `image_unreadable` (cut off or broken).
    """
    if len(image) > MAX_BYTES:
        raise PreparationError("image_too_large", "An image has at most 2 MiB.")
    if not image.startswith(tuple(FORMATS)):
        raise PreparationError("image_unfit", "An image is a PNG or a JPEG file.")
    kind = "PNG" if image.startswith(_PNG) else "JPEG"
    try:
        with Image.open(io.BytesIO(image), formats=("PNG", "JPEG")) as opened:
            _check(opened)
            return _encoded(_shown(opened, kind), kind)
    except PreparationError:
        raise
    except Image.DecompressionBombError as error:
        raise PreparationError("image_too_large", "The image has too many pixels.") from error
    except (OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError, KeyError) as error:
        # What Pillow raises on broken files differs by where they break.
        raise PreparationError("image_unreadable", "The image cannot be read to its end.") from error


def media_type_of(image: bytes) -> str:
    """Return the media type of an image that was encoded here."""
    return "image/png" if image.startswith(_PNG) else "image/jpeg"


def millimetres_of(image: bytes) -> float:
    """Return how wide an image that was encoded here is printed: 300 dots an inch, at most 45.7 mm."""
    with Image.open(io.BytesIO(image)) as opened:
        return min(opened.width, KEPT_WIDTH) / _DOTS_PER_MM


def _check(opened: Image.Image) -> None:
    width, height = opened.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise PreparationError("image_too_large", "The image has too many pixels.")
    if getattr(opened, "n_frames", 1) > 1:
        raise PreparationError("image_unfit", "An image is one picture: no animation.")


def _shown(opened: Image.Image, kind: str) -> Image.Image:
    """Decode all of it, upright, no larger than it is printed, in colours every reader knows."""
    opened.load()
    image = ImageOps.exif_transpose(_in_bytes(opened))
    image.thumbnail((KEPT_WIDTH, KEPT_HEIGHT), Image.Resampling.LANCZOS)
    kept = _KEPT_MODES[kind]
    if image.mode not in kept:
        image = image.convert("RGBA" if "RGBA" in kept and image.has_transparency_data else "RGB")
    return image


def _in_bytes(opened: Image.Image) -> Image.Image:
    """Bring greys of 16 bits to 8: converting alone would make white of all but the darkest (PNG 3rd ed., 12.4)."""
    if not opened.mode.startswith("I"):
        return opened
    grey = opened.point(lambda value: value * _OF_16_BITS + 0.5).convert("L")
    grey.info.pop("transparency", None)  # one grey of 16 bits; among 8 it would take its neighbours with it
    return grey


def _encoded(image: Image.Image, kind: str) -> bytes:
    """Write the pixels alone, into a new picture: what hung on the old one stays behind."""
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    content = io.BytesIO()
    if kind == "PNG":
        clean.save(content, "PNG", optimize=True)
    else:
        clean.save(content, "JPEG", quality=90)
    return content.getvalue()
