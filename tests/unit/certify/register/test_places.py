import pytest
from sqlalchemy import text

from certify.register import guards, journal
from certify.register.database import Database
from certify.register.places import place_findings
from tests.postgres import owned
from tests.unit.certify.register.records import a_batch

CHANGES = {
    "recorded_at": "UPDATE journal_entry SET recorded_at = '2020-01-01 00:00:00.000000' WHERE number = 2",
    "position": "UPDATE journal_entry SET position = 1000 WHERE number = 2",
    "seal": "UPDATE journal_place SET seal = 'x' WHERE position = 2",
    "position of the seal": "UPDATE journal_place SET position = 1000 WHERE position = 2",
}


@pytest.mark.parametrize("cell", CHANGES)
async def test_a_changed_place_or_time_is_named(database: Database, cell: str) -> None:
    async with database.writing() as session:
        await journal.append(session, a_batch("people", 1, 2, 3))
    async with database.reading() as session:
        assert [found async for found in place_findings(session)] == []

    async with owned(database) as opened, opened.engine.begin() as connection:
        for statement in (*guards.dropping(database.engine.dialect.name), CHANGES[cell]):
            await connection.execute(text(statement))

    async with database.reading() as session:
        assert "people 2" in {found.where async for found in place_findings(session)}
