"""Recoveries of accounts: who asked, who agreed, from when a link may be made, and how each ended (security T32)."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from schemas.account_events import (
    RecoveryApproved,
    RecoveryCancelled,
    RecoveryDone,
    RecoveryLinkMade,
    RecoveryRequested,
)
from schemas.event import Event


class RecoveryRecord(SQLModel, table=True):
    """A view: one recovery.

    Attributes:
        ended: `cancelled` or `done`; None while it is open.
    """

    __tablename__ = "recovery"
    # The database refuses what the code should never write (security I17).
    __table_args__ = (
        CheckConstraint("requested_by <> person", name="requested_by_another"),
        CheckConstraint("approved_by <> requested_by", name="approved_by_another"),
        CheckConstraint("approved_by <> person", name="approved_not_by_oneself"),
    )

    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    requested_by: str
    requested_at: datetime
    approved_by: str | None = None
    due_at: datetime | None = None
    ended: str | None = None
    ended_by: str | None = None


def row_after(row: SQLModel | None, number: int, event: Event) -> RecoveryRecord:  # noqa: ARG001  # as of every view
    """Return the row of a recovery after one more entry of the stream `people`.

    Raises:
        ValueError: the entry does not follow from those before it.
    """
    known = cast("RecoveryRecord | None", row)
    if isinstance(event, RecoveryRequested):
        if known is not None or event.actor == event.person:
            raise ValueError("a recovery is requested twice, or by the person")
        return RecoveryRecord(id=event.recovery, person=event.person, requested_by=event.actor, requested_at=event.at)
    return _after(known, cast("_Following", event))


_Following = RecoveryApproved | RecoveryLinkMade | RecoveryCancelled | RecoveryDone


def _after(row: RecoveryRecord | None, event: _Following) -> RecoveryRecord:
    if row is None or row.ended is not None or row.person != event.person:
        raise ValueError("there is no such open recovery")
    if isinstance(event, RecoveryApproved):
        if row.approved_by is not None or event.actor in {row.requested_by, row.person}:
            raise ValueError("a recovery is approved twice, or by whoever asked for it")
        row.approved_by, row.due_at = event.actor, event.due_at
        return row
    is_cancelled = isinstance(event, RecoveryCancelled)
    if not is_cancelled and (row.due_at is None or event.at < row.due_at):
        raise ValueError("a recovery is done, or its link made, before its time")
    if isinstance(event, RecoveryLinkMade):
        return row
    row.ended, row.ended_by = "cancelled" if is_cancelled else "done", event.actor
    return row


async def find(session: AsyncSession, recovery: str) -> RecoveryRecord | None:
    """Return a recovery, open or ended."""
    return await session.get(RecoveryRecord, recovery)


async def open_of(session: AsyncSession, person: str) -> RecoveryRecord | None:
    """Return the open recovery of a person; there is one at most."""
    query = select(RecoveryRecord).where(RecoveryRecord.person == person, col(RecoveryRecord.ended).is_(None))
    return (await session.exec(query)).first()


async def all_open(session: AsyncSession) -> Sequence[RecoveryRecord]:
    """Return all open recoveries, the oldest first."""
    query = select(RecoveryRecord).where(col(RecoveryRecord.ended).is_(None))
    return (await session.exec(query.order_by(col(RecoveryRecord.requested_at), col(RecoveryRecord.id)))).all()
