"""Appeals as the record counts them: against which entry, of whom, with which outcome; no text and no person."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters
from certify.register.labels import LabelRecord
from schemas.appeal import Appeal
from schemas.event import Event
from workflows.rules.matter.appeal_panels import sitting


class AppealRecord(SQLModel, table=True):
    """A view: one appeal, in the words that can be counted.

    Attributes:
        stream: where the act stands that it is against, as entry `number`.
    """

    __tablename__ = "appeal"

    id: str = Field(primary_key=True)
    stream: str = Field(index=True)
    number: int
    against: str
    organisation: str = Field(index=True)
    label: str | None = Field(default=None, index=True)
    lodged_at: datetime
    due_at: datetime
    outcome: str | None = Field(default=None, index=True)
    decided_at: datetime | None = None


class AppealCounts(BaseModel):
    """How many appeals there were, for everybody (procedure, What is public).

    Attributes:
        by_outcome: of those that ended.
        by_act: of all, by the kind of act they are against.
        in_time: decided no later than they were due.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lodged: int
    undecided: int
    in_time: int
    by_outcome: dict[str, int]
    by_act: dict[str, int]


def row_of(appeal: Appeal) -> AppealRecord:
    """Return the row of an appeal as it stands."""
    decision = appeal.decision
    return AppealRecord(
        id=appeal.id,
        stream=appeal.stream,
        number=appeal.number,
        against=appeal.against.value,
        organisation=appeal.organisation or "",
        label=appeal.label,
        lodged_at=appeal.opened_at,
        due_at=appeal.due_at,
        outcome=appeal.outcome.value if appeal.outcome else None,
        decided_at=decision.decided_at if decision else None,
    )


def rows_of(appeal: Appeal) -> tuple[SQLModel, ...]:
    """Return the rows that an appeal makes, for the check."""
    return (row_of(appeal),)


async def follow(session: AsyncSession, appeal: Appeal, _: Event) -> None:
    """Bring the row of an appeal up to date."""
    await session.merge(row_of(appeal))
    await session.flush()


async def against(session: AsyncSession, *streams: str) -> Sequence[AppealRecord]:
    """Return the appeals against entries of these streams, newest first: what the page of a case or label shows."""
    query = select(AppealRecord).where(col(AppealRecord.stream).in_(streams))
    return (await session.exec(query.order_by(col(AppealRecord.lodged_at).desc()))).all()


async def heard_by(session: AsyncSession, person: str) -> frozenset[str]:
    """Return the cases whose open appeals a person was drawn to decide, with no interest declared.

    An appeal against an act about a label opens the case of that label.
    """
    undecided = await matters.every(session, Appeal, "appeal", open_only=True)
    heard = [one for one in undecided if one.outcome is None and one.decision is None]
    streams = {one.stream for one in heard if person in sitting(one) and one.has_declared_none(person)}
    by_kind = [one.partition("/")[::2] for one in streams]
    held = [subject for kind, subject in by_kind if kind == "label"]
    query = select(LabelRecord.application).where(col(LabelRecord.id).in_(held))
    of_labels = (await session.exec(query)).all() if held else ()
    return frozenset({*of_labels, *(subject for kind, subject in by_kind if kind == "case")})


async def counts(session: AsyncSession) -> AppealCounts:
    """Return how many appeals there were, by outcome and by the kind of act they are against."""
    rows = (await session.exec(select(AppealRecord))).all()
    return AppealCounts(
        lodged=len(rows),
        undecided=sum(row.outcome is None for row in rows),
        in_time=sum(row.decided_at is not None and row.decided_at <= row.due_at for row in rows),
        by_outcome=dict(Counter(row.outcome for row in rows if row.outcome is not None)),
        by_act=dict(Counter(row.against for row in rows)),
    )
