"""Checks that every image that a holder ever chose is here as it was: certificates may have to be made again."""

from collections.abc import AsyncIterator, Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import holder_images
from certify.register.checking import Finding
from schemas.accession import HolderImageChosen
from schemas.event import Event


async def check_images(session: AsyncSession, stream: str, events: Iterable[Event]) -> AsyncIterator[Finding]:
    """Yield which images are missing or others than the stream of an organisation names."""
    chosen = {event.image for event in events if isinstance(event, HolderImageChosen) and event.image is not None}
    for digest in sorted(chosen):
        where = f"{stream} image {digest}"
        if await holder_images.stored(session, digest) is None:
            yield Finding(where=where, what="is not here", code="holder_image_missing")
        elif await holder_images.find(session, digest) is None:
            yield Finding(where=where, what="its bytes have another digest", code="holder_image_differs")
