"""How often labels were looked at, by label, UTC day and way; nothing about who looked, when in the day, or from where.

Two people who look leave the same trace as one who looks twice (security I20). Small figures are told to nobody: a day
with a single look could be somebody's (security, Privacy).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Date, bindparam, func, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

FEW = 20
"""Fewer than so many are told as that."""

DAYS = 30
"""How many days the holder of a label is shown."""

_STEP = 10


class ScanCount(SQLModel, table=True):
    """Working table: answers about a label given on a day (UTC) to those who came one way; beside the record."""

    __tablename__ = "scan_count"

    label: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    way: str = Field(primary_key=True)
    count: int


# One statement: two web programs that write at once add up.
_MORE = text(
    "INSERT INTO scan_count (label, day, way, count) VALUES (:label, :day, :way, :count) "
    "ON CONFLICT (label, day, way) DO UPDATE SET count = scan_count.count + excluded.count"
).bindparams(bindparam("day", type_=Date()))


async def add(session: AsyncSession, counts: Mapping[tuple[str, date, str], int]) -> None:
    """Add to what is counted already."""
    # In one order, so that two writers on PostgreSQL never wait for each other.
    rows = [{"label": label, "day": day, "way": way, "count": n} for (label, day, way), n in sorted(counts.items())]
    await (await session.connection()).execute(_MORE, rows)


def told(count: int) -> int | None:
    """Return a figure as it is told: None for a small one, others rounded down to tens."""
    return None if count < FEW else count - count % _STEP


@dataclass(frozen=True)
class LabelScans:
    """How often a label was looked at, as its holder and the body are told.

    Attributes:
        lately: by way, in the last `DAYS` days; `ever`: by way, since it was issued.
        days: the busier of those days, newest first, with all ways together.
    """

    lately: Mapping[str, int | None]
    ever: Mapping[str, int | None]
    days: tuple[tuple[date, int], ...]


async def of_label(session: AsyncSession, label_id: str, now: datetime) -> LabelScans:
    """Return how often a label was looked at."""
    since = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    lately: Counter[str] = Counter()
    ever: Counter[str] = Counter()
    days: Counter[date] = Counter()
    for row in (await session.exec(select(ScanCount).where(col(ScanCount.label) == label_id))).all():
        ever[row.way] += row.count
        if row.day >= since:
            lately[row.way] += row.count
            days[row.day] += row.count
    busy = ((day, told(days[day])) for day in sorted(days, reverse=True))
    return LabelScans(
        lately={way: told(count) for way, count in lately.items()},
        ever={way: told(count) for way, count in ever.items()},
        days=tuple((day, count) for day, count in busy if count is not None),
    )


async def in_all(session: AsyncSession) -> int:
    """Return how often labels were looked at in all, rounded down to tens; 0 while they are few."""
    return told(int((await session.exec(select(func.sum(ScanCount.count)))).one() or 0)) or 0
