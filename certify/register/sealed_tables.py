"""Which columns lie sealed, whether any cell does, and how what earlier versions wrote in clear is sealed in place."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Select, func, inspect, literal, select, text, tuple_, type_coerce, update
from sqlalchemy.types import NullType
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import guards
from certify.register.cells import PREFIX, AsFound, CellKeys, CellUnreadable, SealedCell, Unopened, parted
from certify.register.checking import Finding
from certify.register.database import Database
from certify.register.entries import JournalBody, JournalEntry
from certify.register.schema import load_tables
from certify.register.tables import RECORD, WORKING

_ROWS_AT_A_TIME: Final = 200
"""So short does a writer beside it wait."""


class StoredCell(NamedTuple):
    """What a sealed column keeps in one row."""

    cell: SealedCell
    stored: Any


def sealed_columns() -> Sequence[Column[Any]]:
    """Return every column whose cells are sealed, of all tables."""
    load_tables()
    tables = sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name)
    return [column for table in tables for column in table.c if isinstance(column.type, SealedCell)]


async def newest_sealed(database: Database) -> StoredCell | None:
    """Return a cell that is sealed: the newest of the journal, or any other where nothing is sealed there.

    None where nothing is sealed at all, also in a database that may have no tables yet.
    """
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda synchronous: inspect(synchronous).get_table_names())
        # The journal first: it alone knows its newest.
        columns = sorted(sealed_columns(), key=lambda column: column.table.name != JournalBody.__tablename__)
        for column in columns:
            if column.table.name not in names:
                continue
            stored = (await connection.execute(_sealed_of(column).limit(1))).scalar()
            if stored is not None:
                return StoredCell(_type_of(column), stored)
    return None


async def has_clear(database: Database) -> bool:
    """Whether anything lies in clear in a column that is sealed, in a database that may have no tables yet."""
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda synchronous: inspect(synchronous).get_table_names())
        for column in sealed_columns():
            query = select(literal(1)).where(_begin_of(column) != _type_of(column).to_stored(PREFIX)).limit(1)
            if column.table.name in names and (await connection.execute(query)).first() is not None:
                return True
    return False


async def unopened_cells(session: AsyncSession) -> AsyncIterator[Finding]:
    """Yield the cells of working tables that do not open; those of journal and views are read with their rows."""
    connection = await session.connection()
    for column in sealed_columns():
        if column.table.name not in WORKING:
            continue
        key = [type_coerce(one, NullType()) for one in column.table.primary_key]
        query = select(*key, type_coerce(column, AsFound(_type_of(column))))
        async with connection.stream(query.execution_options(yield_per=_ROWS_AT_A_TIME)) as rows:
            async for *place, found in rows:
                if isinstance(found, Unopened):
                    where = " ".join([column.table.name, *map(str, place), column.name])
                    yield Finding(where=where, what=found.why, code="cell_not_opened")


def _sealed_of(column: Column[Any]) -> Select[Any]:
    """Return what selects the sealed cells of a column as they are stored, those of the journal newest first."""
    query = select(type_coerce(column, NullType()))
    query = query.where(_begin_of(column) == _type_of(column).to_stored(PREFIX))
    if column.table.name != JournalBody.__tablename__:
        return query
    its_entry = (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number)
    return query.join(JournalEntry, its_entry).order_by(col(JournalEntry.position).desc())


def _begin_of(column: Column[Any]) -> ColumnElement[Any]:
    return func.substr(type_coerce(column, _type_of(column).impl_instance), 1, len(PREFIX))


def _type_of(column: Column[Any]) -> SealedCell:
    assert isinstance(column.type, SealedCell)
    return column.type


async def seal_cells(database: Database, keys: CellKeys) -> AsyncIterator[tuple[str, int]]:
    """Seal under the last key what lies in clear or under an older one; yield each column and how many cells it was.

    It goes beside running programs, some rows at a time, and can be stopped and run again. A cell that does not open
    is left as it is, and so is one in clear after all was sealed: `certify check` names it. Nothing of before is left
    in the file of an SQLite database; PostgreSQL keeps old rows until VACUUM.
    """
    for column in sealed_columns():
        count = 0
        async for sealed in _seal_column(database, keys, column):
            count += sealed
        yield f"{column.table.name}.{column.name}", count
    if database.is_sqlite:
        await _leave_nothing_behind(database)


async def _seal_column(database: Database, keys: CellKeys, column: Column[Any]) -> AsyncIterator[int]:
    last: tuple[Any, ...] | None = None
    while True:
        async with database.reading() as session:
            rows = await _rows_after(session, column, last)
        if not rows:
            return
        due = [key for key, stored in rows if _is_due(column, stored, keys)]
        if due:
            yield await _seal_rows(database, column, due)
        last = rows[-1][0]


async def _rows_after(
    session: AsyncSession, column: Column[Any], last: tuple[Any, ...] | None
) -> list[tuple[tuple[Any, ...], Any]]:
    """Return the keys of the next rows, each with what is stored in the column."""
    key = tuple_(*column.table.primary_key)
    query = select(*column.table.primary_key, type_coerce(column, NullType()))
    query = query if last is None else query.where(key > last)
    connection = await session.connection()
    rows = await connection.execute(query.order_by(*column.table.primary_key).limit(_ROWS_AT_A_TIME))
    return [(tuple(row[:-1]), row[-1]) for row in rows]


def _is_due(column: Column[Any], stored: Any, keys: CellKeys) -> bool:
    sealed = _type_of(column).to_sealed(stored)
    if sealed is None:
        # Once all was sealed, what is in clear was planted: sealed, it would be believed.
        return stored is not None and not keys.all_sealed
    return parted(sealed)[0] != keys.current


async def _seal_rows(database: Database, column: Column[Any], due: list[tuple[Any, ...]]) -> int:
    table, count = column.table, 0
    lift, restore = guards.lifting(database.engine.dialect.name, table.name) if table.name in RECORD else (None, None)
    async with database.writing() as session:
        connection = await session.connection()
        if database.is_sqlite:
            await connection.execute(text("PRAGMA secure_delete=ON"))
        if lift is not None:
            await connection.execute(text(lift))
        for key in due:
            place = tuple_(*table.primary_key) == key
            try:
                # As it is now, and the row held: it may have been written meanwhile.
                found = (await connection.execute(select(column).where(place).with_for_update())).first()
            except CellUnreadable:
                continue
            if found is not None and found[0] is not None:
                await connection.execute(update(table).where(place).values({column.name: found[0]}))
                count += 1
        if restore is not None:
            await connection.execute(text(restore))
    return count


async def _leave_nothing_behind(database: Database) -> None:
    """Write the file anew and empty its log: pages that were given up still hold what stood there."""
    async with database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await (await driver.execute("VACUUM")).close()
        await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()
