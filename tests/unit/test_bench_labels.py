"""What the bench of answers measures are answers that tell a label as in force."""

from datetime import UTC, datetime
from pathlib import Path

from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.web.standing import PublishedLog, require_own_facts, standing_of
from schemas.label import Standing
from tests.bench.many_labels import many_labels
from tests.cells import CELLS


async def test_its_many_labels_are_in_force_for_whoever_asks(tmp_path: Path) -> None:
    settings, made = await many_labels(tmp_path, 2)
    database = Database(settings.database_url, cells=CELLS)
    async with database.reading() as session:
        rows = [await session.get_one(LabelRecord, label.id) for label in made]
    published, now = PublishedLog.of(settings, database), datetime.now(UTC)

    for row in rows:
        await require_own_facts(published, row)
        assert await standing_of(published, row, now) == Standing.IN_FORCE
    await database.close()
