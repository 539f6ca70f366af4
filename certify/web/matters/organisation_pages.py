"""Organisations as their rooms show them: with the image that certificates print, where the reader may see it."""

from dataclasses import dataclass, replace

from certify.accounts.matter_reading import MatterReading
from certify.accounts.principal import Principal
from certify.register import holder_images
from certify.web.matters.matter_pages import MatterRoom
from certify.web.matters.open_matter import OpenMatter
from certify.web.services import Services
from labels.certificate.holder_image import millimetres_of

_PIXELS_PER_MM = 96 / 25.4
"""As browsers count them (CSS Values, 5.2)."""


@dataclass(frozen=True, kw_only=True)
class PrintedImage:
    """An image as a page shows it.

    Attributes:
        address: where the browser finds it; None where it was lost or altered.
        width: in pixels of the page, so that it is as wide as it will be printed.
        preview: address of a certificate that would show it, where there is one.
    """

    address: str | None
    width: int = 0
    preview: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrganisationRoom(MatterRoom):
    """A room about organisations."""

    async def open(self, services: Services, principal: Principal, subject: str) -> OpenMatter:
        """Return an organisation with its image."""
        found = await super().open(services, principal, subject)
        printed = await self._printed(services, principal, found.reading)
        return replace(found, shown={**found.shown, "printed": printed})

    async def preview_for(self, services: Services, principal: Principal) -> str | None:  # noqa: ARG002  # for rooms that have one
        """Return the address of a certificate's preview in this room."""
        return None

    async def _printed(self, services: Services, principal: Principal, reading: MatterReading) -> PrintedImage | None:
        digest = reading.facts.get("holder_image")
        if digest is None:
            return None
        async with services.database.reading() as session:
            image = await holder_images.printed(session, str(digest), organisation=reading.id)
        if image is None:
            return PrintedImage(address=None)
        return PrintedImage(
            address=f"/api/organisations/{reading.id}/holder-image",
            width=round(millimetres_of(image) * _PIXELS_PER_MM),
            preview=await self.preview_for(services, principal),
        )
