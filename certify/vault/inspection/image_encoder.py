"""Has the image of a holder encoded anew by a process of its own; what comes back was written by our own encoder."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Final

from certify.vault.inspection.inspector import CouldNotInspect, Inspector, spooled
from schemas.errors import Unacceptable, Unavailable

SENTENCES: Final = {
    "image_too_large": "An image has at most 2 MiB, 8000 pixels a side and 20 million pixels in all.",
    "image_unfit": "An image is one PNG or JPEG picture that does not move.",
    "image_unreadable": "The image is damaged and cannot be read to its end.",
}
"""The sentence of each refusal (`labels.certificate.holder_image.reencoded`)."""
NOT_LOOKED_AT: Final = "The image could not be looked at now; please send it again."


class ImageEncoder:
    """Encodes images anew, a few at a time."""

    def __init__(self, inspector: Inspector | None = None) -> None:
        self._inspector = inspector or Inspector(child="certify.vault.inspection.reencoding")

    async def encode(self, image: bytes) -> bytes:
        """Return an image as it is printed.

        Raises:
            Unacceptable: a code of `SENTENCES`.
            Unavailable: `image_not_looked_at`: the process was ended, which says nothing of the image.
        """
        file = await spooled(_whole(image), len(image))
        try:
            return _image_in(await self._inspector.said_of(file))
        except CouldNotInspect:
            raise Unavailable("image_not_looked_at", NOT_LOOKED_AT) from None
        finally:
            file.close()


async def _whole(image: bytes) -> AsyncIterator[bytes]:
    yield image


def _image_in(said: bytes) -> bytes:
    try:
        found = json.loads(said)
        code, image = found["code"], base64.b64decode(found["image"], validate=True)
    except (ValueError, KeyError, TypeError):
        raise CouldNotInspect from None
    if code in SENTENCES:
        raise Unacceptable(code, SENTENCES[code])
    if code is not None or not image:
        raise CouldNotInspect
    return image
