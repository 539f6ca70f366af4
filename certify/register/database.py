"""One way to reach the database, SQLite or PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cells import CellKeys, attach

_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    # Without it INSERT OR REPLACE walks past the triggers that keep the journal append-only.
    "PRAGMA recursive_triggers=ON",
)
_KEPT, _AT_ONCE = 5, 15
"""Connections to PostgreSQL that stay open, and how many there are at most."""
_AT_THE_END = "at_the_end"
_WRITER_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


@dataclass(frozen=True)
class Waits:
    """How long a program lets PostgreSQL take before it gives up (security T17, F26), in seconds.

    Attributes:
        statement: one statement.
        lock: until another transaction gives a row or a table free.
        idle: a transaction in which nothing is asked.
        connection: until one of the `_AT_ONCE` connections is free.
    """

    statement: float = 15
    lock: float = 5
    idle: float = 60
    connection: float = 1


class Database:
    """Sessions that read and sessions that write; a writer on SQLite holds the file from its first statement.

    Without `cells` nothing that is sealed is read or written (`cell_keys_missing`). Programs that people wait for give
    `waits`; without them nothing is cut off, as a migration or a check must not be.
    """

    def __init__(
        self, url: str, *, read_only: bool = False, cells: CellKeys | None = None, waits: Waits | None = None
    ) -> None:
        self.read_only = read_only
        self.is_sqlite = url.startswith("sqlite")
        self.file = _file_of(url) if self.is_sqlite else None
        self.engine = _sqlite(url, read_only=read_only) if self.is_sqlite else _postgresql(url, waits)
        attach(self.engine.dialect, cells)

    def require_file(self) -> None:
        """Refuse a file that is not there before the driver does: its thread outlives what it could not open.

        Raises:
            FileNotFoundError: an SQLite database that is not there.
        """
        if self.file is not None and not self.file.is_file():
            raise FileNotFoundError(f"there is no {self.file}")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that sees one state of the database and changes nothing."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            if not self.is_sqlite:
                connection = await session.connection()
                await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield session

    @asynccontextmanager
    async def writing(self, *, unhurried: bool = False) -> AsyncIterator[AsyncSession]:
        """Open a session whose changes are kept together when the block ends, or not at all.

        `unhurried` lets a statement take as long as it takes, where nobody waits for the answer.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                await session.connection(execution_options={"begin": "IMMEDIATE"})
            elif unhurried:
                await (await session.connection()).execute(text("SET LOCAL statement_timeout = 0"))
            kept = False
            try:
                yield session
                await session.commit()
                kept = True
            finally:
                for tell in session.info.pop(_AT_THE_END, ()):
                    tell(kept)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def at_the_end(session: AsyncSession, tell: Callable[[bool], None]) -> None:
    """Have somebody told when a writing session ends, and whether what it changed was kept; it must raise nothing."""
    session.info.setdefault(_AT_THE_END, []).append(tell)


async def hold(session: AsyncSession, name: str) -> None:
    """Keep other writers that hold the same name waiting until this transaction ends."""
    # SQLite needs none: a writing session holds the whole file from its first statement.
    if session.get_bind().dialect.name == "postgresql":
        connection = await session.connection()
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def _file_of(url: str) -> Path:
    return Path(url.partition(":///")[2])


def _postgresql(url: str, waits: Waits | None) -> AsyncEngine:
    # What a statement was given stands in no error, and so in no log (security I12, T36).
    kept = {"pool_size": _KEPT, "max_overflow": _AT_ONCE - _KEPT, "hide_parameters": True}
    if waits is None:
        return create_async_engine(url, **kept)
    settings = {
        "statement_timeout": waits.statement,
        "lock_timeout": waits.lock,
        "idle_in_transaction_session_timeout": waits.idle,
    }
    in_milliseconds = {name: f"{seconds * 1000:.0f}" for name, seconds in settings.items()}
    return create_async_engine(
        url, **kept, pool_timeout=waits.connection, connect_args={"server_settings": in_milliseconds}
    )


def _sqlite(url: str, *, read_only: bool) -> AsyncEngine:
    if read_only:
        url = f"sqlite+aiosqlite:///file:{_file_of(url)}?mode=ro&uri=true"
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: it would begin them deferred.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS if read_only else (*_PRAGMAS, *_WRITER_PRAGMAS):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
