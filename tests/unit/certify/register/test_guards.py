from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from certify.register import guards, journal
from certify.register.database import Database
from tests.cells import CELLS
from tests.postgres import owned
from tests.unit.certify.register.records import a_batch

CHANGES = (
    "UPDATE journal_entry SET kind = 'other'",
    "UPDATE journal_body SET body = salt",
    "DELETE FROM journal_entry",
    "DELETE FROM journal_body WHERE number = 1",
)
UPSERT = """
    INSERT INTO journal_body SELECT * FROM journal_body WHERE true
    ON CONFLICT (stream, number) DO UPDATE SET body = excluded.salt
"""
REPLACEMENTS = {
    "sqlite": (
        "INSERT OR REPLACE INTO journal_entry SELECT * FROM journal_entry",
        "INSERT OR REPLACE INTO journal_body SELECT * FROM journal_body",
        "REPLACE INTO journal_body VALUES ('people', 1, x'00', x'00')",
        "UPDATE OR REPLACE journal_entry SET number = 1",
        UPSERT,
    ),
    "postgresql": (
        UPSERT,
        "TRUNCATE journal_entry",
        "TRUNCATE journal_body",
    ),
}


async def test_the_journal_takes_no_change_and_no_deletion(database: Database) -> None:
    async with database.writing() as session:
        await journal.append(session, a_batch("people", 1))
    before = await _content(database)

    for change in (*CHANGES, *REPLACEMENTS[database.engine.dialect.name]):
        with pytest.raises(DBAPIError, match="append-only"):
            async with owned(database) as opened, opened.engine.begin() as connection:
                await connection.exec_driver_sql(change)

    assert await _content(database) == before


async def test_replacing_is_refused_even_where_sqlite_tells_no_delete_trigger(sqlite_url: str) -> None:
    database = Database(sqlite_url, cells=CELLS)
    async with database.writing() as session:
        await journal.append(session, a_batch("people", 1))

    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
        for change in REPLACEMENTS["sqlite"]:
            with pytest.raises(DBAPIError, match="append-only"):
                await connection.exec_driver_sql(change)
    await database.close()


async def test_a_guarded_journal_still_grows(database: Database) -> None:
    async with database.writing() as session:
        assert await journal.append(session, a_batch("people", 1, 2, 3)) == 3


async def test_guards_can_be_set_up_twice_and_taken_away(database: Database) -> None:
    dialect = database.engine.dialect.name
    async with database.writing() as session:
        await journal.append(session, a_batch("people", 1))
    async with owned(database) as opened, opened.engine.begin() as connection:
        for statement in (*guards.statements(dialect), *guards.dropping(dialect)):
            await connection.exec_driver_sql(statement)
        changed = await connection.execute(
            text("UPDATE journal_entry SET kind = 'other' WHERE recorded_at < :now"), {"now": datetime.now(UTC)}
        )
        assert changed.rowcount == 1


async def _content(database: Database) -> list[tuple[object, ...]]:
    async with database.engine.connect() as connection:
        entries = (await connection.execute(text("SELECT * FROM journal_entry ORDER BY position"))).all()
        bodies = (await connection.execute(text("SELECT * FROM journal_body ORDER BY stream, number"))).all()
    return [tuple(row) for row in (*entries, *bodies)]
