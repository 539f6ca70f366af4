"""Evidence is proposed for erasure after its cycle, a whole case after ten years, and never while it is needed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from certify.procedure.due_evidence import DueErasure, due_erasures
from certify.procedure.retention import look
from certify.procedure.retention_classes import CLASSES
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.register.legal_holds import Held
from schemas.case import Case
from schemas.legal_hold import HeldKind, HoldAsked
from tests.builders import LABEL_OFFICER, text
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import append
from tests.unit.workflows.rules.matter import test_erasures
from workflows.options import matter_stream

TEN_YEARS = CLASSES["record"].kept_for
DAY = timedelta(days=1)
CYCLE = CLASSES["evidence"].kept_for + 10 * DAY
"""A label of two years lasts until midnight, and so does a cycle; ten days past two years are past both."""


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def certified(body: Body) -> datetime:
    """A case with a label; returns when the label expires, and all with it."""
    case: Case = (await body.certified()).case
    assert case.label is not None
    return case.label.expires_at


async def issued_at(body: Body) -> datetime:
    async with body.database.reading() as session:
        ((label),) = (await session.exec(select(LabelRecord))).all()
    return label.issued_at


async def due(body: Body, now: datetime) -> list[DueErasure]:
    async with body.database.reading() as session:
        return await due_erasures(session, now, await Held.now(session))


async def asked(body: Body, *, files_only: bool, refused: bool = False) -> None:
    """An erasure of the case on record."""
    walk = test_erasures.asked(files_only=files_only)
    if refused:
        walk.act("refuse_erasure", LABEL_OFFICER, reasons=text(), institution=test_erasures.SEATS)
    await append(body.database, matter_stream("erasure", walk.subject), *walk.events)


async def test_files_are_due_a_cycle_after_the_label_ended_and_not_before(body: Body) -> None:
    ended = await certified(body)
    lasted = ended - (await issued_at(body))
    assert await due(body, ended + lasted - DAY) == []
    (found,) = await due(body, ended + lasted + DAY)
    assert (found.application, found.files_only, found.due_since) == ("case-1", True, ended + lasted)


async def test_the_whole_case_is_due_after_ten_years_whatever_became_of_its_files(body: Body) -> None:
    ended = await certified(body)
    await asked(body, files_only=True)
    assert await due(body, ended + TEN_YEARS - DAY) == []
    (found,) = await due(body, ended + TEN_YEARS + DAY)
    assert (found.files_only, found.due_since) == (False, ended + TEN_YEARS)


async def test_what_is_asked_for_is_not_listed_again_until_it_was_refused(body: Body) -> None:
    ended = await certified(body)
    await asked(body, files_only=False)
    assert await due(body, ended + TEN_YEARS + DAY) == []


async def test_what_was_refused_is_listed_again(body: Body) -> None:
    ended = await certified(body)
    await asked(body, files_only=True, refused=True)
    assert [one.files_only for one in await due(body, ended + CYCLE + DAY)] == [True]


async def test_what_is_held_is_not_listed(body: Body) -> None:
    ended = await certified(body)
    hold = HoldAsked(
        at=datetime.now(UTC), actor="sofia", hold="hold-1", about=HeldKind.CASE, held="case-1", reasons=text()
    )
    await append(body.database, matter_stream("legal_hold", "hold-1"), hold)
    assert await due(body, ended + TEN_YEARS + DAY) == []


async def test_a_label_in_force_keeps_everything(body: Body) -> None:
    ended = await certified(body)
    assert await due(body, ended - DAY) == []


async def test_the_job_counts_what_is_proposed_and_erases_none_of_it(body: Body) -> None:
    ended = await certified(body)
    before = body.objects("case-1")
    found = {one.name: one for one in await look(body.database, None, ended + CYCLE + DAY)}
    assert (found["evidence"].count, found["record"].count) == (1, 0)
    assert body.objects("case-1") == before
