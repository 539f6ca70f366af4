"""Whose access ended: who ended it, when, and when a recovery restored it (ASVS 5.0, 7.4.2, 7.4.5; security T12)."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from schemas.account_events import AccessEnded, AccessRestored
from schemas.event import Event


class AccessEnd(SQLModel, table=True):
    """A view: the last end of a person's access.

    Attributes:
        restored_at: None while the person is kept out.
    """

    __tablename__ = "access_end"
    __table_args__ = (CheckConstraint("ended_by <> person", name="ended_by_another"),)

    person: str = Field(primary_key=True)
    ended_by: str
    ended_at: datetime
    restored_at: datetime | None = None


def row_after(row: SQLModel | None, number: int, event: Event) -> AccessEnd:  # noqa: ARG001  # as of every view
    """Return the row of a person after one more entry of the stream `people`.

    Raises:
        ValueError: access that has ended ends again, or one that has not is restored, or somebody ends their own.
    """
    known = cast("AccessEnd | None", row)
    is_out = known is not None and known.restored_at is None
    if isinstance(event, AccessEnded):
        if is_out or event.actor == event.person:
            raise ValueError("access that has ended ends again, or somebody ends their own access")
        ended = known or AccessEnd(person=event.person, ended_by=event.actor, ended_at=event.at)
        ended.ended_by, ended.ended_at, ended.restored_at = event.actor, event.at, None
        return ended
    restored = cast("AccessRestored", event)
    if known is None or not is_out:
        raise ValueError("access that has not ended is restored")
    known.restored_at = restored.at
    return known


async def has_ended(session: AsyncSession, person: str) -> bool:
    """Whether a person is kept out."""
    row = await session.get(AccessEnd, person, populate_existing=True)
    return row is not None and row.restored_at is None


async def ended(session: AsyncSession) -> dict[str, AccessEnd]:
    """Return everybody who is kept out, by person."""
    rows = (await session.exec(select(AccessEnd).where(col(AccessEnd.restored_at).is_(None)))).all()
    return {row.person: row for row in rows}
