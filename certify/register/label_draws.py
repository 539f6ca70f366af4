"""The draw of a quarter as the record gives it: which labels there were, and the digests it is drawn with."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters
from certify.register.entries import JournalEntry
from schemas.label_life import LabelLife
from schemas.records import Entry
from schemas.scheme import Tier
from workflows.options import matter_stream
from workflows.rules.label_kernel import LABEL
from workflows.rules.label_sampling import begins_at


async def heads(session: AsyncSession, quarter: str, tier: Tier) -> dict[str, str]:
    """Return the last recorded digest before a quarter began of each label of a tier that stood then, by label."""
    begun_at = begins_at(quarter)
    standing = [life for life in await matters.every(session, LabelLife, LABEL.name) if _stood(life, tier, begun_at)]
    found = {life.id: await _head(session, matter_stream(LABEL.name, life.id), begun_at) for life in standing}
    return {label: digest for label, digest in sorted(found.items()) if digest is not None}


def _stood(life: LabelLife, tier: Tier, at: datetime) -> bool:
    return life.tier == tier and life.opened_at < at and (life.ended_at is None or life.ended_at >= at)


async def _head(session: AsyncSession, stream: str, before: datetime) -> str | None:
    query = select(JournalEntry).where(JournalEntry.stream == stream).order_by(col(JournalEntry.number).desc())
    for entry in (await session.exec(query)).all():
        # The time of the label, which is hashed; that of writing is not.
        if Entry.model_validate_json(entry.content).at < before:
            return entry.digest
    return None
