from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from certify.register.cells import CellKeys
from certify.register.database import Database
from tests.cells import CELLS
from tests.postgres import PostgresServer, postgres, shape

__all__ = ["postgres"]


@pytest.fixture(scope="session")
async def empty_record(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an SQLite file of the present shape: copying it is faster than making it."""
    path = tmp_path_factory.mktemp("empty") / "certify.db"
    await shape(f"sqlite+aiosqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
async def sqlite_url(tmp_path: Path, empty_record: bytes) -> str:
    path = tmp_path / "certify.db"
    path.write_bytes(empty_record)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[str]:
    """The address of an empty record, once on each database."""
    if request.param == "sqlite":
        yield sqlite_url
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with server.fresh() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty record, once on each database."""
    opened = Database(database_url, cells=CELLS)
    yield opened
    await opened.close()


@pytest.fixture
async def others(database: Database, database_url: str) -> AsyncIterator[Any]:
    """Opens the same database with other keys."""
    opened: list[Database] = []

    def open_with(keys: CellKeys | None) -> Database:
        opened.append(Database(database_url, cells=keys))
        return opened[-1]

    yield open_with
    for one in opened:
        await one.close()
