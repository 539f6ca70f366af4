"""Refused acts: ten a minute an actor are entries of the stream `attempts`, and each conflict of interest once a day.

What is refused beyond those is only counted (docs/decisions/0082).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from certify.register.entries import JournalBody, JournalEntry
from certify.register.row_proofs import proof_of
from schemas.canonical import canonical_json
from schemas.record_events import AttemptRefused

STREAM = "attempts"
KEPT_A_MINUTE = 10
_AT_A_TIME = 500


class AttemptCount(SQLModel, table=True):
    """Working table: how many refusals an actor had in a minute, and beyond ten of which kind on a day.

    Attributes:
        actor: whose; of a kind its digest, with our key: whoever reads the table finds nobody's interests in it.
        minute: when it begins, or the day.
    """

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
    return await _count(session, actor, now.replace(second=0, microsecond=0))


async def is_new_today(session: AsyncSession, event: AttemptRefused, about: str | None) -> bool:
    """Whether this is the first refusal of its actor, act, subject and code since midnight that is counted here."""
    what = canonical_json([AttemptCount.__tablename__, event.actor, event.act, about, event.code])
    midnight = event.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return await _count(session, proof_of(session, what), midnight) == 1


async def _count(session: AsyncSession, actor: str, minute: datetime) -> int:
    connection = await session.connection()
    found = await connection.execute(_ONE_MORE, {"actor": actor, "minute": minute})
    return int(found.scalar_one())


async def with_body_before(session: AsyncSession, before: datetime) -> Sequence[JournalEntry]:
    """Return the attempts recorded before a moment whose bodies are still there, in order."""
    has_body = (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number)
    query = (
        select(JournalEntry)
        .join(JournalBody, has_body)
        .where(JournalEntry.stream == STREAM, col(JournalEntry.recorded_at) < before)
        .order_by(col(JournalEntry.number))
    )
    return (await session.exec(query)).all()


async def erase_bodies(session: AsyncSession, numbers: Sequence[int]) -> None:
    """Delete what attempts were about; their entries stay, and the chain verifies."""
    for start in range(0, len(numbers), _AT_A_TIME):
        some = numbers[start : start + _AT_A_TIME]
        of_these = col(JournalBody.number).in_(some)
        await session.exec(delete(JournalBody).where(col(JournalBody.stream) == STREAM, of_these))
