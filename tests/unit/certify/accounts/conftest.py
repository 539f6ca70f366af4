from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel

from certify.accounts import people
from certify.accounts.passwords import Passwords
from certify.register.database import Database
from schemas.identifiers import ENGINE
from schemas.people import Role
from tests.cells import CELLS

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
async def empty_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("empty") / "certify.db"
    database = Database(f"sqlite+aiosqlite:///{path}", cells=CELLS)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await database.close()
    return path.read_bytes()


@pytest.fixture
async def database(tmp_path: Path, empty_file: bytes) -> AsyncIterator[Database]:
    path = tmp_path / "certify.db"
    path.write_bytes(empty_file)
    opened = Database(f"sqlite+aiosqlite:///{path}", cells=CELLS)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def quick_hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@pytest.fixture
def passwords(quick_hasher: PasswordHash) -> Passwords:
    return Passwords(quick_hasher)


@pytest.fixture
async def ada(database: Database) -> people.Invitation:
    """An expert who was invited and has not yet set a password."""
    async with database.writing() as session:
        return await people.invite(
            session,
            name="Ada",
            email="Ada@Example.org",
            roles=[Role.EXPERT],
            areas=["ethics_or_law"],
            by=ENGINE,
            now=NOW,
        )
