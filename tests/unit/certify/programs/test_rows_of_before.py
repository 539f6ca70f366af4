"""An installation of a version whose rows carried no proof: it is upgraded once, and its people come in as before."""

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection

from certify.accounts import gate, tokens
from certify.accounts.opaque import digest_of_secret
from certify.accounts.passwords import Passwords
from certify.accounts.sign_in import sign_in
from certify.config import Settings
from certify.programs import administration
from certify.programs.check import check
from certify.programs.record import open_record
from certify.programs.vault_keeping import seal_record
from certify.register.database import Database
from certify.register.schema import config, load_tables, upgrade
from certify.vault.payload_keys import PayloadKeys
from schemas.errors import NotPermitted

FIRST = Path(__file__).parents[3] / "data" / "first" / "data"
PASSWORD, SECRET = "a long enough secret", "s" * 43
NOW = datetime.now(UTC)
HASHER = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A copy of a folder of an early version; somebody there has a password and a token."""
    shutil.copytree(FIRST, tmp_path / "data")
    found = Settings(data=tmp_path / "data")
    plant_token(found, "aaaaaaaaaaaa")
    with sqlite3.connect(found.data / "certify.db") as database:
        hashed = HASHER.hash(PASSWORD)
        database.execute("UPDATE account SET password_hash = ? WHERE person = ?", (hashed, person_in(found)))
    return found


def person_in(settings: Settings) -> str:
    with sqlite3.connect(settings.data / "certify.db") as database:
        ((person,),) = database.execute("SELECT person FROM account ORDER BY person LIMIT 1").fetchall()
    return str(person)


def plant_token(settings: Settings, name: str) -> None:
    """Write a token as a version without proofs did, and as whoever writes in the database can."""
    row = (name, person_in(settings), "t", digest_of_secret(SECRET), "read act", "2999-01-01 00:00:00.000000")
    columns = "id, person, name, secret_digest, scopes, expires_at"
    with sqlite3.connect(settings.data / "certify.db") as database:
        database.execute(f"INSERT INTO api_token ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608  # our own names


async def by_token(database: Database, name: str = "aaaaaaaaaaaa") -> str:
    token = f"vcl_{name}_{SECRET}"
    return (await gate.principal_of_token(database, f"{token}{tokens.checksum(token)}", NOW)).person


async def by_password(database: Database) -> str:
    with sqlite3.connect(database.file or "") as opened:
        ((email,),) = opened.execute("SELECT email FROM account WHERE password_hash IS NOT NULL").fetchall()
    cookie = await sign_in(database, Passwords(HASHER), email=email, password=PASSWORD, now=NOW)
    return (await gate.principal_of_session(database, cookie, NOW)).person


def proven(settings: Settings) -> bool:
    assert settings.payload_keys_file is not None
    return PayloadKeys.read(settings.payload_keys_file).rows_proven_since is not None


async def test_its_people_come_in_after_the_upgrade_and_nothing_differs(settings: Settings) -> None:
    async with administration.opened(settings) as database:
        assert await by_token(database) == await by_password(database) == person_in(settings)

    assert proven(settings)
    assert [str(finding) for finding in await check(settings)] == []


async def test_what_is_planted_after_the_upgrade_is_proven_by_no_later_one(settings: Settings) -> None:
    async with administration.opened(settings):
        pass
    plant_token(settings, "bbbbbbbbbbbb")

    assert {column: count async for column, count in seal_record(settings)}["proofs of rows"] == 0
    async with administration.opened(settings) as database:
        with pytest.raises(NotPermitted, match="token_invalid"):
            await by_token(database, "bbbbbbbbbbbb")
    assert [(one.where, one.code) for one in await check(settings)] == [("api_token bbbbbbbbbbbb", "row_not_proven")]


async def test_where_the_owner_migrates_without_keys_sealing_lets_people_in(settings: Settings) -> None:
    """As with Compose, where `certify migrate` is handed no key."""
    await administration.migrate(settings)
    database = await open_record(settings)
    with pytest.raises(NotPermitted, match="token_invalid"):
        await by_token(database)

    assert {column: count async for column, count in seal_record(settings)}["proofs of rows"] > 0

    assert proven(settings)
    assert await by_token(database) == person_in(settings)
    await database.close()


async def test_a_backup_of_before_is_proven_once_its_keeper_says_so(settings: Settings) -> None:
    backup = (settings.data / "certify.db").read_bytes()
    async with administration.opened(settings):
        pass
    for left in settings.data.glob("certify.db-*"):
        left.unlink()
    (settings.data / "certify.db").write_bytes(backup)
    async with administration.opened(settings) as database:
        with pytest.raises(NotPermitted, match="token_invalid"):
            await by_token(database)

    before = settings.model_copy(update={"seal_payloads": False})
    for one in (before, settings):
        assert [column async for column, _ in seal_record(one)]

    async with administration.opened(settings) as database:
        assert await by_token(database) == person_in(settings)
    assert proven(settings)


async def test_a_record_that_is_founded_with_this_version_is_proven_from_the_start(tmp_path: Path) -> None:
    found = Settings(data=tmp_path)
    database = await open_record(found)
    await upgrade(database)
    await database.close()

    assert proven(found)


async def test_a_passkey_of_before_stands_beside_its_key_and_one_that_ended_beside_none(settings: Settings) -> None:
    database = await open_record(settings)
    await upgrade_to(database, "0155")
    with sqlite3.connect(settings.data / "certify.db") as opened:
        for key, until in (("live", None), ("ended", 9)):
            opened.execute("INSERT INTO passkey VALUES (?, 'ada', ?, 1, ?)", (key, f"public {key}", until))
            opened.execute("INSERT INTO passkey_use VALUES (?, 'Phone', 3, NULL)", (key,))

    await upgrade(database)

    with sqlite3.connect(settings.data / "certify.db") as opened:
        rows = opened.execute("SELECT credential_id, person, public_key, sign_count FROM passkey_use").fetchall()
    assert rows == [("live", "ada", "public live", 3)]
    await database.close()


async def upgrade_to(database: Database, revision: str) -> None:
    """As `upgrade`, to an earlier shape."""
    load_tables()
    settings = config()

    def run(connection: Connection) -> None:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)

    async with database.engine.begin() as connection:
        await connection.run_sync(run)
