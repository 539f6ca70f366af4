"""Reading a label's QR out of a picture a person took or was sent. The picture is not trusted."""

import io
import warnings
from pathlib import Path

import zxingcpp
from PIL import Image

from schemas.errors import CouldNotCheck

MAX_PIXELS = 50_000_000  # a phone's largest photograph, and no decompression bomb
MAX_FILE_BYTES = 50_000_000
_SMALL_PIXELS = 4_000_000
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")


def texts_in(picture: Path | bytes) -> tuple[str, ...]:
    """Return the text of every QR code in a picture (a file, or its bytes), at least one.

    Raises:
        CouldNotCheck: `no_readable_code`: no such file, no picture of a known kind, too large, or no QR in it.
    """
    image = _grey_image(picture if isinstance(picture, bytes) else content_of(picture))
    texts = _codes(image) or _codes(_enlarged(image))
    if not texts:
        raise CouldNotCheck("no_readable_code", "No QR code can be read in the picture; hold the camera closer.")
    return texts


def _codes(image: Image.Image) -> tuple[str, ...]:
    found = zxingcpp.read_barcodes(image, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return tuple(code.text for code in found if code.valid)


def _enlarged(image: Image.Image) -> Image.Image:
    """Return a small picture at twice its size: below two pixels a module the reader needs the help."""
    if image.width * image.height > _SMALL_PIXELS:
        return image
    return image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)


def content_of(picture: Path) -> bytes:
    """Return a file, or of one that is too large enough to tell.

    Raises:
        CouldNotCheck: `no_readable_code`: no such file.
    """
    try:
        with picture.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise CouldNotCheck("no_readable_code", f"The picture cannot be read: {error.strerror}: {picture}") from error


def _grey_image(content: bytes) -> Image.Image:
    """Decode to grey on white; every way a decoder can fail is one answer."""
    if len(content) > MAX_FILE_BYTES:
        raise CouldNotCheck("no_readable_code", "The file is too large for a picture of a label.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound below is ours
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise CouldNotCheck("no_readable_code", "The picture has too many pixels.")
                coloured = image.convert("RGBA")
                white = Image.new("RGBA", coloured.size, "white")
                return Image.alpha_composite(white, coloured).convert("L")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise CouldNotCheck("no_readable_code", "The file is no picture (PNG, JPEG, WebP, GIF, BMP, TIFF).") from error
