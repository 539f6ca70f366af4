"""Complaints as the record counts them: about which label, how far, with which outcome; no text and no person."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.legal_holds import Held
from schemas.complaint import Complaint
from schemas.event import Event


class ComplaintRecord(SQLModel, table=True):
    """A view: one complaint, in the words that can be counted.

    Attributes:
        label: the number the complainant gave, whether or not a label has it.
    """

    __tablename__ = "complaint"

    code: str = Field(primary_key=True)
    about: str
    label: str | None = Field(default=None, index=True)
    life_at_risk: bool
    filed_at: datetime
    due_at: datetime
    outcome: str | None = Field(default=None, index=True)
    decided_at: datetime | None = None


class ComplaintCounts(BaseModel):
    """How many complaints there were, for everybody (procedure, What is public).

    Attributes:
        by_outcome: of those decided.
        by_subject: of all, by what they are about.
        in_time: decided no later than they were due.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    filed: int
    undecided: int
    in_time: int
    by_outcome: dict[str, int]
    by_subject: dict[str, int]


def row_of(complaint: Complaint) -> ComplaintRecord:
    """Return the row of a complaint as it stands."""
    decision = complaint.decision
    return ComplaintRecord(
        code=complaint.id,
        about=complaint.about.value,
        label=complaint.label,
        life_at_risk=complaint.life_at_risk,
        filed_at=complaint.opened_at,
        due_at=complaint.due_at,
        outcome=decision.outcome.value if decision else None,
        decided_at=decision.decided_at if decision else None,
    )


def rows_of(complaint: Complaint) -> tuple[SQLModel, ...]:
    """Return the rows that a complaint makes, for the check."""
    return (row_of(complaint),)


async def follow(session: AsyncSession, complaint: Complaint, _: Event) -> None:
    """Bring the row of a complaint up to date."""
    await session.merge(row_of(complaint))
    await session.flush()


async def open_about(session: AsyncSession, *label_ids: str | None) -> int:
    """Return how many complaints about labels are not decided (scheme, `no_open_complaint`)."""
    about = col(ComplaintRecord.label).in_([one for one in label_ids if one is not None])
    query = select(func.count()).where(about, col(ComplaintRecord.outcome).is_(None))
    return (await session.exec(query)).one()


async def is_held(session: AsyncSession, code: str) -> bool:
    """Whether a legal hold covers a complaint: by the label that it names."""
    row = await session.get(ComplaintRecord, code)
    return row is not None and row.label in (await Held.now(session)).labels


async def about_label(session: AsyncSession, label_id: str) -> Sequence[ComplaintRecord]:
    """Return the complaints about a label, newest first; for those who keep it."""
    query = select(ComplaintRecord).where(ComplaintRecord.label == label_id)
    return (await session.exec(query.order_by(col(ComplaintRecord.filed_at).desc()))).all()


async def counts(session: AsyncSession) -> ComplaintCounts:
    """Return how many complaints there were, by outcome and by what they were about."""
    rows = (await session.exec(select(ComplaintRecord))).all()
    decided = [row for row in rows if row.outcome is not None]
    return ComplaintCounts(
        filed=len(rows),
        undecided=len(rows) - len(decided),
        in_time=sum(row.decided_at is not None and row.decided_at <= row.due_at for row in decided),
        by_outcome=dict(Counter(row.outcome for row in decided if row.outcome is not None)),
        by_subject=dict(Counter(row.about for row in rows)),
    )
