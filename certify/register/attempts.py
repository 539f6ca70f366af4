"""Refused acts: ten a minute an actor are entries of the stream `attempts`, more are only counted."""

from datetime import datetime

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

STREAM = "attempts"
KEPT_A_MINUTE = 10


class AttemptCount(SQLModel, table=True):
    """Working table: how many refusals an actor had in a minute."""

    __tablename__ = "attempt_count"

    actor: str = Field(primary_key=True)
    minute: datetime = Field(primary_key=True)
    count: int


async def count(session: AsyncSession, actor: str, now: datetime) -> int:
    """Count one more refusal of an actor and return how many this minute has."""
    minute = now.replace(second=0, microsecond=0)
    row = await session.get(AttemptCount, (actor, minute)) or AttemptCount(actor=actor, minute=minute, count=0)
    row.count += 1
    session.add(row)
    return row.count
