from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from sqlmodel import select

from certify.register.database import Database
from certify.register.scan_counts import ScanCount
from certify.web.scans import ScanCounter, Way
from tests.cells import CELLS

LABEL = "008J4CT4ANK7F24S"


async def written(database: Database) -> list[tuple[str, str, int]]:
    async with database.reading() as session:
        rows = (await session.exec(select(ScanCount))).all()
    return sorted((row.way, row.day.isoformat(), row.count) for row in rows)


async def test_what_was_counted_is_written_once(database: Database) -> None:
    scans = ScanCounter()
    at = datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
    for way in (Way.CODE, Way.CODE, Way.BADGE):
        scans.count(LABEL, way, at)
    scans.count(LABEL, Way.CODE, at + timedelta(seconds=1))

    for _ in range(2):
        await scans.write(database)

    assert await written(database) == [("badge", "2026-11-26", 1), ("code", "2026-11-26", 2), ("code", "2026-11-27", 1)]


async def test_the_day_is_that_of_utc_wherever_the_clock_stands(database: Database) -> None:
    scans = ScanCounter()
    scans.count(LABEL, Way.NUMBER, datetime(2026, 11, 27, 1, tzinfo=timezone(timedelta(hours=3))))

    await scans.write(database)

    assert await written(database) == [("number", "2026-11-26", 1)]


async def test_what_cannot_be_written_is_kept_for_the_next_time(database: Database, tmp_path: Path) -> None:
    scans = ScanCounter()
    scans.count(LABEL, Way.CODE, datetime(2026, 11, 26, tzinfo=UTC))
    away = Database(f"sqlite+aiosqlite:///{tmp_path}/nowhere/certify.db", cells=CELLS)

    await scans.write(away)
    await away.close()
    await scans.write(database)

    assert await written(database) == [("code", "2026-11-26", 1)]
