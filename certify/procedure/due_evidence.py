"""Which cases are kept longer than they need be: their files after a certification cycle, all of them after ten years.

The job never erases them: they are listed for the secretariat, who ask for the erasure, and a second person approves it
(security I17; decision 31).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.procedure.erasing import is_held
from certify.procedure.retention_classes import CLASSES
from certify.register import cases, matters
from certify.register.labels import LabelRecord
from certify.register.legal_holds import Held
from schemas.case import Case
from schemas.erasure import Erasure
from schemas.label import Standing
from workflows.rules.matter.erasures import ERASURE

Labels = dict[str, LabelRecord]


class DueErasure(NamedTuple):
    """A case whose erasure is due.

    Attributes:
        application: its id, with its `reference`.
        files_only: its files alone; else all that it has in the store.
        due_since: since when.
    """

    application: str
    reference: str
    files_only: bool
    due_since: datetime


class _Ended(NamedTuple):
    """When all ended that rests on a case, and how long a cycle of it is."""

    at: datetime
    cycle: timedelta


async def due_erasures(session: AsyncSession, now: datetime, held: Held) -> list[DueErasure]:
    """Return what is due and not held, nor erased or asked for already; the longest due first."""
    every = {row.id: row for row in (await session.exec(select(LabelRecord))).all()}
    erased = await _erased(session)
    found = []
    for case in await cases.every(session):
        due = _due(case, every, now, erased.get(case.id))
        if due is not None and case.id not in held.cases and not await is_held(session, case):
            found.append(due)
    return sorted(found, key=lambda one: one.due_since)


async def _erased(session: AsyncSession) -> dict[str, str]:
    """Return, by case, whether an erasure of its `files` or of the `whole` case is done or under way."""
    found: dict[str, str] = {}
    for erasure in await matters.every(session, Erasure, ERASURE.name):
        stands = erasure.refused is None and erasure.failed is None and erasure.item is None
        if stands and found.get(erasure.application) != "whole":
            found[erasure.application] = "files" if erasure.files_only else "whole"
    return found


def _due(case: Case, labels: Labels, now: datetime, erased: str | None) -> DueErasure | None:
    ended = _ended(case, labels, now)
    if ended is None or erased == "whole":
        return None
    whole_at, files_at = ended.at + CLASSES["record"].kept_for, ended.at + ended.cycle
    if whole_at <= now:
        return DueErasure(case.id, case.lodged.reference, files_only=False, due_since=whole_at)
    if files_at <= now and case.evidence and erased is None:
        return DueErasure(case.id, case.lodged.reference, files_only=True, due_since=files_at)
    return None


def _ended(case: Case, labels: Labels, now: datetime) -> _Ended | None:
    """Return when the last ended of case and labels, None while any of it, or a label that followed, has not."""
    ends, cycles = [case.ended_at], [CLASSES["evidence"].kept_for]
    for row in [one for one in labels.values() if one.application == case.id]:
        following = labels.get(_successor(row) or "")
        ends += [_end_of(row, now), *([_end_of(following, now)] if following else [])]
        cycles.append(row.expires_at - row.issued_at)
    if not case.stage.is_final or None in ends:
        return None
    own = [at for at in ends if at is not None]
    return _Ended(at=max(own), cycle=max(cycles))


def _successor(row: LabelRecord) -> str | None:
    return row.life.public_life.successor if row.life is not None else None


def _end_of(row: LabelRecord, now: datetime) -> datetime | None:
    """Return when a label ended, None while it has not."""
    if not row.standing_at(now).is_final:
        return None
    recorded = row.life is not None and Standing(row.life.standing).is_final
    return row.life.since if recorded and row.life is not None else row.expires_at
