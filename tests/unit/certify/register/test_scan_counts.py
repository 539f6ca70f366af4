from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from certify.register import scan_counts
from certify.register.database import Database
from certify.register.scan_counts import FEW, LabelScans, ScanCount, told

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = NOON.date()
LABEL, OTHER = "008J4CT4ANK7F24S", "0000000000000000"


async def add(database: Database, counts: dict[tuple[str, date, str], int]) -> None:
    async with database.writing() as session:
        await scan_counts.add(session, counts)


async def test_counts_of_several_writings_add_up(database: Database) -> None:
    await add(database, {(LABEL, TODAY, "code"): 2, (LABEL, TODAY, "badge"): 1})
    await add(database, {(LABEL, TODAY, "code"): 3, (OTHER, TODAY, "code"): 1})

    async with database.reading() as session:
        rows = (await session.exec(select(ScanCount).order_by(ScanCount.label, ScanCount.way))).all()
    assert [(row.label, row.day, row.way, row.count) for row in rows] == [
        (OTHER, TODAY, "code", 1),
        (LABEL, TODAY, "badge", 1),
        (LABEL, TODAY, "code", 5),
    ]


async def test_a_label_is_told_its_busy_days_and_its_sums(database: Database) -> None:
    long_ago = TODAY - timedelta(days=30)
    await add(
        database,
        {
            (LABEL, TODAY, "code"): 15,
            (LABEL, TODAY, "number"): 12,
            (LABEL, TODAY - timedelta(days=29), "code"): 19,
            (LABEL, long_ago, "code"): 1000,
            (OTHER, TODAY, "code"): 500,
        },
    )

    async with database.reading() as session:
        found = await scan_counts.of_label(session, LABEL, NOON)

    assert found == LabelScans(
        lately={"code": 30, "number": None}, ever={"code": 1030, "number": None}, days=((TODAY, 20),)
    )


async def test_all_labels_together_are_told_in_tens(database: Database) -> None:
    async with database.reading() as session:
        assert await scan_counts.in_all(session) == 0
    await add(database, {(LABEL, TODAY, "code"): 15, (OTHER, TODAY, "badge"): 14})

    async with database.reading() as session:
        assert await scan_counts.in_all(session) == 20


@pytest.mark.parametrize(("count", "shown"), [(0, None), (1, None), (FEW - 1, None), (FEW, 20), (29, 20), (30, 30)])
def test_one_look_more_is_seldom_seen_in_a_figure(count: int, shown: int | None) -> None:
    assert told(count) == shown
