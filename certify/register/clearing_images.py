"""Clears the images of holders that nobody needs: replaced, taken away, or handed in and never chosen (decision 50)."""

import asyncio
from bisect import bisect
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.database import Database, hold
from certify.register.entries import JournalBody, JournalEntry
from certify.register.holder_images import CHOSEN, HELD, HolderImage, ImageHandedIn
from certify.register.labels import LabelRecord
from schemas.accession import HolderImageChosen
from schemas.errors import Unavailable
from workflows.options import case_stream, matter_stream
from workflows.rules.label.kernel import LABEL
from workflows.rules.matter.organisations import ORGANISATION

log = structlog.get_logger()

WAITS = timedelta(days=1)
"""So long an image waits for the act that chooses it."""

EVERY = timedelta(hours=1)

Choices = dict[str, list[tuple[int, str | None]]]
"""By the streams of organisations, each choice with its position, in order."""


async def keep_clearing(database: Database, require_whole: Callable[[], Awaitable[None]]) -> None:
    """Clear now and then until cancelled; what cannot be done now is done the next time.

    `require_whole` refuses while the record lacks what was logged: what it lacks may name an image.
    """
    while True:
        try:
            await require_whole()
            async with database.writing(unhurried=True) as session:
                await clear(session, datetime.now(UTC))
        except (Unavailable, SQLAlchemyError, OSError) as error:
            log.warning("images_not_cleared", error=type(error).__name__)
        await asyncio.sleep(EVERY.total_seconds())


async def clear(session: AsyncSession, now: datetime) -> frozenset[str]:
    """Remove the images that nobody needs and that were handed in a while ago; return their digests."""
    await hold(session, HELD)
    recent = select(ImageHandedIn.digest).where(ImageHandedIn.at > now - WAITS)
    query = select(HolderImage.digest).where(col(HolderImage.digest).not_in(recent))
    old = frozenset((await session.exec(query)).all())
    gone = old - await needed(session) if old else old
    for table in (HolderImage, ImageHandedIn):
        await session.exec(delete(table).where(col(table.digest).in_(gone)))
    return gone


async def needed(session: AsyncSession) -> frozenset[str]:
    """Return the digests of all images that an organisation has now, or had when one of its labels was issued.

    Every label's certificate may have to be made again. Where a view lacks a label, every choice is taken for needed.
    """
    choices = await _choices(session)
    issues = await _issues(session) if choices else {}
    if issues is None:
        shown = {image for chosen in choices.values() for _, image in chosen}
    else:
        shown = {image for stream, chosen in choices.items() for image in _shown(chosen, issues.get(stream, []))}
    return frozenset(image for image in shown if image is not None)


def _shown(chosen: list[tuple[int, str | None]], issues: list[int]) -> set[str | None]:
    positions, images = zip(*chosen, strict=True)
    return {images[-1], *(images[place - 1] for issue in issues if (place := bisect(positions, issue)))}


async def _choices(session: AsyncSession) -> Choices:
    query = (
        select(JournalEntry.stream, JournalEntry.position, JournalBody.body)
        .join(
            JournalBody,
            (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number),
        )
        .where(JournalEntry.kind == CHOSEN)
        .order_by(col(JournalEntry.position))
    )
    found: Choices = defaultdict(list)
    for stream, position, body in (await session.exec(query)).all():
        found[stream].append((position or 0, HolderImageChosen.model_validate_json(body).image))
    return found


async def _issues(session: AsyncSession) -> dict[str, list[int]] | None:
    """Return at which positions labels were issued, by the streams of their holders; None where one has no holder."""
    holder_of: dict[str, str] = {}
    rows = select(LabelRecord.id, LabelRecord.application, LabelRecord.organisation)
    for label, application, organisation in (await session.exec(rows)).all():
        holder = matter_stream(ORGANISATION.name, organisation)
        holder_of |= {case_stream(application): holder, matter_stream(LABEL.name, label): holder}
    query = select(JournalEntry.stream, JournalEntry.position).where(
        col(JournalEntry.kind).in_(["label_issued", "label_prolonged"])
    )
    found: dict[str, list[int]] = defaultdict(list)
    for stream, position in (await session.exec(query)).all():
        if stream not in holder_of:
            return None
        found[holder_of[stream]].append(position or 0)
    return found
