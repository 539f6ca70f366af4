"""Refused acts: ten a minute an actor are entries of the stream `attempts`, more are only counted."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

STREAM = "attempts"
KEPT_A_MINUTE = 10


class AttemptCount(SQLModel, table=True):
    """Working table: how many refusals an actor had in a minute."""

    __tablename__ = "attempt_count"

    actor: str = Field(primary_key=True)
    minute: datetime = Field(primary_key=True)
    count: int


# One statement: on PostgreSQL two refusals at once would both read and one count would be lost.
_ONE_MORE = text(
    "INSERT INTO attempt_count (actor, minute, count) VALUES (:actor, :minute, 1) "
    "ON CONFLICT (actor, minute) DO UPDATE SET count = attempt_count.count + 1 RETURNING count"
).bindparams(bindparam("minute", type_=UTCDateTime()))


async def count(session: AsyncSession, actor: str, now: datetime) -> int:
    """Count one more refusal of an actor and return how many this minute has."""
    minute = now.replace(second=0, microsecond=0)
    connection = await session.connection()
    found = await connection.execute(_ONE_MORE, {"actor": actor, "minute": minute})
    return int(found.scalar_one())
