"""Invitations that take two people: who asked, and which other person confirmed (security I17; ASVS 5.0, 2.3.5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.columns import from_words, words
from schemas.account_events import InvitationAsked, InvitationConfirmed
from schemas.event import Event
from schemas.people import Role


class InvitationRecord(SQLModel, table=True):
    """A view: one invitation that needs a second person.

    Attributes:
        ended: `confirmed` or `refused`; None while it waits.
    """

    __tablename__ = "invitation"
    # The database refuses what the code should never write.
    __table_args__ = (
        CheckConstraint("confirmed_by <> asked_by", name="confirmed_by_another"),
        CheckConstraint("ended <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmed_by_somebody"),
    )

    id: str = Field(primary_key=True)
    asked_by: str
    asked_at: datetime
    roles: str
    organisation: str | None = None
    areas: str
    confirmed_by: str | None = None
    ended: str | None = None

    @property
    def asked_roles(self) -> tuple[Role, ...]:
        """The roles it is to."""
        return tuple(Role(role) for role in from_words(self.roles))

    @property
    def asked_areas(self) -> tuple[str, ...]:
        """The areas of competence it names."""
        return from_words(self.areas)


def row_after(row: SQLModel | None, number: int, event: Event) -> InvitationRecord:  # noqa: ARG001  # as of every view
    """Return the row of an invitation after one more entry of the stream `people`.

    Raises:
        ValueError: the entry does not follow from those before it.
    """
    known = cast("InvitationRecord | None", row)
    if isinstance(event, InvitationAsked):
        if known is not None:
            raise ValueError("an invitation is asked for twice")
        return InvitationRecord(
            id=event.invitation, asked_by=event.actor, asked_at=event.at, roles=words(event.roles),
            organisation=event.organisation, areas=words(event.areas),
        )  # fmt: skip
    if known is None or known.ended is not None:
        raise ValueError("there is no such invitation that waits")
    if isinstance(event, InvitationConfirmed):
        if event.actor == known.asked_by:
            raise ValueError("an invitation is confirmed by whoever asked for it")
        known.confirmed_by, known.ended = event.actor, "confirmed"
        return known
    known.ended = "refused"
    return known


async def find(session: AsyncSession, invitation: str) -> InvitationRecord | None:
    """Return an invitation, waiting or ended."""
    return await session.get(InvitationRecord, invitation)


async def waiting(session: AsyncSession) -> Sequence[InvitationRecord]:
    """Return the invitations that wait for a second person, the oldest first."""
    query = select(InvitationRecord).where(col(InvitationRecord.ended).is_(None))
    return (await session.exec(query.order_by(col(InvitationRecord.asked_at), col(InvitationRecord.id)))).all()
