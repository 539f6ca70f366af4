"""Cases as folded: one row each, with the whole state."""

import json
from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, literal
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import labels
from certify.register.cells import sealed_text
from certify.register.entries import JournalEntry
from certify.register.label_lives import LabelLifeRecord
from schemas.case import Case
from schemas.errors import NotFound, Unacceptable
from schemas.event import Event
from schemas.events import LabelIssued
from schemas.stages import Stage
from workflows.rules.case.fold import evolve

_AT_ONCE = 100


class CaseRecord(SQLModel, table=True):
    """A view: the case after the last entry of its stream."""

    __tablename__ = "case"
    __table_args__ = (UniqueConstraint("organisation", "reference"),)

    id: str = Field(primary_key=True)
    organisation: str = Field(index=True)
    reference: str
    stage: str = Field(index=True)
    tier: str
    entry: int
    state: str = Field(sa_type=sealed_text("case.state"))

    @property
    def case(self) -> Case:
        """The case itself."""
        return Case.model_validate_json(self.state)


def columns_of(case: Case) -> dict[str, Any]:
    """Return the columns a case is shown by."""
    return {
        "id": case.id,
        "organisation": case.lodged.organisation,
        "reference": case.lodged.reference,
        "stage": case.stage.value,
        "tier": case.tier.value,
        "entry": case.entry,
        "state": case.model_dump_json(),
    }


async def apply(session: AsyncSession, application: str, _: int, event: Event) -> None:
    """Fold one event into its case, and into the directory where it makes a label."""
    row = await session.get(CaseRecord, application)
    case = evolve(row.case if row else None, event)
    row = row or CaseRecord(**columns_of(case))
    row.sqlmodel_update(columns_of(case))
    session.add(row)
    if isinstance(event, LabelIssued):
        session.add(labels.row_of(case))
    await session.flush()


async def find(session: AsyncSession, application: str) -> Case | None:
    """Return a case, None when there is none."""
    row = await session.get(CaseRecord, application)
    return row.case if row else None


async def get(session: AsyncSession, application: str) -> Case:
    """Return a case.

    Raises:
        NotFound: `unknown_application`.
    """
    case = await find(session, application)
    if case is None:
        raise NotFound("unknown_application", "There is no such application.")
    return case


async def named(session: AsyncSession, name: str) -> Case:
    """Return the case with this id, else the only one that was lodged under this reference.

    Raises:
        NotFound: `unknown_application`.
        Unacceptable: `reference_not_unique`: several organisations use the reference.
    """
    found = await find(session, name)
    if found is not None:
        return found
    lodged = await _cases(session, CaseRecord.reference == name)
    if not lodged:
        raise NotFound("unknown_application", "There is no such application.")
    if len(lodged) > 1:
        ids = ", ".join(case.id for case in lodged)
        raise Unacceptable("reference_not_unique", f"{len(lodged)} applications have the reference {name}: {ids}.")
    return lodged[0]


async def of_organisation(session: AsyncSession, organisation: str) -> Sequence[Case]:
    """Return the cases of one organisation, newest first."""
    return await _cases(session, CaseRecord.organisation == organisation)


async def every(session: AsyncSession) -> Sequence[Case]:
    """Return all cases, newest first."""
    return await _cases(session, col(CaseRecord.id).is_not(None))


async def telling(
    session: AsyncSession, words: Collection[str], *, organisation: str | None
) -> AsyncGenerator[Case, None]:
    """Yield the cases, the last lodged first, whose state has each of some words somewhere, in any case of letters.

    A case is read when its turn comes: whoever wants the first few does not wait for all.
    """
    lodged = (col(JournalEntry.stream) == literal("case/").concat(col(CaseRecord.id))) & (JournalEntry.number == 1)
    query = select(CaseRecord.id).outerjoin(JournalEntry, lodged)
    if organisation is not None:
        query = query.where(CaseRecord.organisation == organisation)
    ids = (await session.exec(query.order_by(col(JournalEntry.position).desc(), col(CaseRecord.id)))).all()
    parts = (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
    written = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]
    for part in parts:
        rows = {row.id: row for row in await session.exec(select(CaseRecord).where(col(CaseRecord.id).in_(part)))}
        for row in (rows[one] for one in part):
            told = row.state.casefold()
            if all(word in told for word in written):
                yield row.case


async def unfinished(session: AsyncSession) -> Sequence[Case]:
    """Return the cases that still wait for someone, newest first."""
    final = [stage.value for stage in Stage if stage.is_final]
    return await _cases(session, col(CaseRecord.stage).not_in(final))


async def whose_label_has_no_life(session: AsyncSession) -> Sequence[Case]:
    """Return the granted cases that have still to tell of their label: its life begins with the last of it."""
    query = select(labels.LabelRecord.id, labels.LabelRecord.application).where(
        col(labels.LabelRecord.id).not_in(select(LabelLifeRecord.id))
    )
    lacking = {application: label for label, application in (await session.exec(query)).all()}
    found = await _cases(session, col(CaseRecord.id).in_(lacking))
    return [case for case in found if case.label is not None and case.label.id == lacking[case.id]]


async def with_standing_label(session: AsyncSession, scheme: str, now: datetime) -> Sequence[Case]:
    """Return the cases of a scheme whose label is in force or suspended: not those whose label has ended."""
    applications = {row.application for row in await labels.standing(session, now)}
    found = await _cases(session, col(CaseRecord.stage) == Stage.GRANTED.value)
    return [case for case in found if case.id in applications and case.lodged.scheme.id == scheme]


async def _cases(session: AsyncSession, condition: object) -> Sequence[Case]:
    rows = (await session.exec(select(CaseRecord).where(condition))).all()  # type: ignore[arg-type]  # bool or clause
    return sorted((row.case for row in rows), key=lambda case: case.lodged_at, reverse=True)
