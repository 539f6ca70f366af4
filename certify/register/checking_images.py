"""Checks that every image that stands or is on a certificate is here as it was: certificates may be made again."""

from collections.abc import AsyncIterator, Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import clearing_images, holder_images
from certify.register.checking import Finding
from schemas.accession import HolderImageChosen
from schemas.event import Event


class ImageCheck:
    """Checks the images of one organisation after the other."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._needed: frozenset[str] | None = None

    async def check(self, stream: str, events: Iterable[Event]) -> AsyncIterator[Finding]:
        """Yield which images are missing or others than the stream of an organisation names."""
        chosen = {event.image for event in events if isinstance(event, HolderImageChosen) and event.image is not None}
        if chosen and self._needed is None:
            self._needed = await clearing_images.needed(self._session)
        for digest in sorted(chosen):
            where = f"{stream} image {digest}"
            if await holder_images.stored(self._session, digest) is None:
                if digest in (self._needed or ()):
                    yield Finding(where=where, what="is not here", code="holder_image_missing")
            elif await holder_images.find(self._session, digest) is None:
                yield Finding(where=where, what="its bytes have another digest", code="holder_image_differs")
