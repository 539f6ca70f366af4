"""The images that holders have printed on their certificates; which one stands, the organisation's stream says.

They lie in the record's database because the signer, which makes the certificates, reaches no other store.
"""

import hashlib
import json
from datetime import datetime

import structlog
from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters
from certify.register.chain import verified_entries
from certify.register.checking import columns_of
from certify.register.database import hold
from certify.register.labels import LabelRecord
from schemas.accession import HolderImageChosen
from schemas.errors import NotFound
from schemas.organisation import Organisation
from workflows.options import case_stream, matter_stream
from workflows.rules.label.kernel import LABEL
from workflows.rules.matter.organisations import ORGANISATION

log = structlog.get_logger()

CHOSEN = "holder_image_chosen"
HELD = "holder_image"
"""What writers hold while images come or go."""


class HolderImage(SQLModel, table=True):
    """An image as it was encoded anew; it stays as long as a certificate may have to be made again."""

    __tablename__ = "holder_image"

    digest: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class ImageHandedIn(SQLModel, table=True):
    """A working table: when an image was last handed in; the act that chooses it comes after."""

    __tablename__ = "image_handed_in"

    digest: str = Field(primary_key=True)
    at: datetime


def digest_of(content: bytes) -> str:
    """Return the digest under which an image is kept."""
    return hashlib.sha256(content).hexdigest()


async def keep(session: AsyncSession, content: bytes, now: datetime) -> str:
    """Keep an image and return its digest; bytes that are not its own any more are replaced."""
    digest = digest_of(content)
    await hold(session, HELD)
    await session.merge(HolderImage(digest=digest, content=content))
    await session.merge(ImageHandedIn(digest=digest, at=now))
    return digest


async def require(session: AsyncSession, digest: str) -> None:
    """Refuse an image that is not here whole.

    Raises:
        NotFound: `unknown_image`.
    """
    if await find(session, digest) is None:
        raise NotFound("unknown_image", "There is no such image.")


async def find(session: AsyncSession, digest: str) -> bytes | None:
    """Return an image; None where it is not here, or what is here is another."""
    content = await stored(session, digest)
    return content if isinstance(content, bytes) and digest_of(content) == digest else None


async def stored(session: AsyncSession, digest: str) -> object:
    """Return what lies under a digest, whatever it is; None where nothing does."""
    query = select(*columns_of(HolderImage, "content")).where(HolderImage.digest == digest)
    return (await (await session.connection()).execute(query)).scalar()


async def printed(session: AsyncSession, digest: str | None, **about: str) -> bytes | None:
    """Return the image for a certificate; one that is lost or altered holds no certificate up, and the log says so."""
    image = await find(session, digest) if digest is not None else None
    if digest is not None and image is None:
        log.warning("holder_image_lost", image=digest, **about)
    return image


async def chosen(session: AsyncSession, organisation: str) -> str | None:
    """Return the digest of the image that an organisation has now."""
    state = await matters.find(session, Organisation, ORGANISATION.name, organisation)
    return state.holder_image if state is not None else None


async def chosen_at_issue(session: AsyncSession, label: LabelRecord) -> str | None:
    """Return the digest of the image that its holder had when the record took a label in.

    It is the last one chosen before the label's own entry: journal positions never change, so neither does this. The
    journal alone is read, for the signer may read no view of organisations.

    Raises:
        ChainBroken: a stream does not hold.
    """
    issued = await _issued_at(session, label)
    choices = await _entries(session, matter_stream(ORGANISATION.name, label.organisation), CHOSEN)
    before = [body for position, body in choices if position < issued]
    return HolderImageChosen.model_validate_json(before[-1]).image if before else None


async def _issued_at(session: AsyncSession, label: LabelRecord) -> int:
    """Return the position of the entry that holds a label: in its case, or in the label that it carries on."""
    before = label.public_facts.prolongs
    stream, kind = (
        (matter_stream(LABEL.name, before), "label_prolonged")
        if before is not None
        else (case_stream(label.application), "label_issued")
    )
    found = await _entries(session, stream, kind)
    return next((position for position, body in found if json.loads(body)["label"]["id"] == label.id), 0)


async def _entries(session: AsyncSession, stream: str, kind: str) -> list[tuple[int, bytes]]:
    """Return position and body of the entries of one kind in a stream, in order; what was erased is not among them.

    Raises:
        ChainBroken: the stream does not hold.
    """
    found = [(row, body) async for row, body in verified_entries(session, stream)]
    return [(row.position or 0, body) for row, body in found if row.kind == kind and body is not None]
