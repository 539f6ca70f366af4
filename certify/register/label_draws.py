"""The draw of a quarter as the record gives it: which labels there were, and the digests it is drawn with."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters, schemes
from certify.register.database import Database
from certify.register.entries import JournalEntry
from schemas.label_life import LabelLife
from schemas.records import Entry
from schemas.scheme import BUILT_IN, Scheme, Tier
from workflows.options import matter_stream
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.sampling import awaits_sample, begins_at, due_at, quarter_of, sampled

KEPT_FOR: Final = timedelta(hours=1)
"""The draw of a quarter rests on what was recorded before it, and reads every label for that."""


@dataclass(frozen=True, kw_only=True)
class OpenSample:
    """The labels drawn in a quarter whose surveillances are still to be opened, and by when.

    Attributes:
        is_near: whether the first of the scheme's reminders before a deadline is due.
    """

    quarter: str
    due_at: datetime
    labels: tuple[LabelLife, ...]
    is_near: bool
    is_overdue: bool


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


class KeptDraw:
    """The draw of the current quarter, read once an hour; what is still to be opened, each time."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._read: tuple[datetime, str, frozenset[str]] | None = None

    async def open_sample(self, database: Database, now: datetime | None = None) -> OpenSample:
        """Return what of the current quarter's draw waits for the secretariat."""
        now = now or datetime.now(UTC)
        quarter = quarter_of(now)
        # Whoever waits here holds no connection.
        async with self._one_at_a_time, database.reading() as session:
            scheme = await schemes.in_force(session, BUILT_IN.name)
            found = await self._drawn(session, quarter, scheme, now)
            drawn = [await matters.get(session, LabelLife, LABEL.name, label) for label in sorted(found)]
        labels = tuple(life for life in drawn if not life.is_over and awaits_sample(life, quarter))
        ends_at, before = due_at(quarter, scheme.rules), max(scheme.rules.clocks.reminders_days_before, default=0)
        return OpenSample(
            quarter=quarter,
            due_at=ends_at,
            labels=labels,
            is_near=ends_at - timedelta(days=before) <= now < ends_at,
            is_overdue=now >= ends_at,
        )

    async def _drawn(self, session: AsyncSession, quarter: str, scheme: Scheme, now: datetime) -> frozenset[str]:
        kept = self._read
        if kept is None or kept[1] != quarter or not timedelta() <= now - kept[0] < KEPT_FOR:
            by_tier = {tier: await heads(session, quarter, tier) for tier in Tier}
            drawn = [sampled(quarter, tier, found, scheme.rules) for tier, found in by_tier.items()]
            kept = self._read = now, quarter, frozenset(label for labels in drawn for label in labels)
        return kept[2]
