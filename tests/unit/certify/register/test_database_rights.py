"""What each program may do with the tables on PostgreSQL: deploy/grants.sql (ASVS 13.2.1, 13.2.2; T25)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from certify.config import Settings
from certify.procedure.attempts import keep_attempt
from certify.programs import administration
from certify.register import attempts, guards, scan_counts
from certify.register.database import Database
from certify.register.entries import JournalBody
from certify.register.schema import load_tables
from certify.register.tables import RECORD, VIEWS, WORKING
from certify.vault import key_tables
from schemas.errors import NotPermitted, Unavailable
from schemas.identifiers import ENGINE
from tests.cells import CELLS
from tests.postgres import APP, OWNER, SIGNER, VERIFICATION, PostgresServer
from tests.unit.certify.register.records import admitted, append

PROGRAMS = (APP, SIGNER, VERIFICATION)
CHANGED_BY_APP = {
    *("access_end", "appeal", "case", "complaint", "invitation", "label_life", "matter", "participant", "passkey"),
    *("account", "api_token", "attempt_count", "complainant_contact", "draft", "file_inspection", "holder_image"),
    *("image_handed_in", "opening_count", "passkey_use", "recovery", "report_count", "scan_count", "sign_in_failure"),
    *("sign_in_link", "signed_in", "stored_file", "totp_secret"),
}
DELETED_FROM_BY_APP = {
    *("accepted_signature", "api_token", "attempt_count", "authentication_challenge", "complainant_contact", "draft"),
    *("file_link", "holder_image", "image_handed_in", "invited_person", "journal_body", "opening_count", "passkey_use"),
    *("relation", "report_count", "sign_in_failure", "sign_in_link", "signed_in", "totp_secret"),
}
GUARDS_AND_TABLES = (
    *(f"TRUNCATE {table}" for table in sorted(RECORD)),
    "TRUNCATE draft",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "ALTER TABLE journal_body DISABLE TRIGGER journal_body_kept",
    "DROP TRIGGER journal_entry_append_only ON journal_entry",
    "CREATE TRIGGER mine BEFORE INSERT ON journal_entry EXECUTE FUNCTION journal_refuses_change()",
    "CREATE OR REPLACE FUNCTION journal_refuses_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "ALTER TABLE account ADD COLUMN mine text",
    "DROP TABLE draft",
    "CREATE TABLE mine (number int)",
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
)
"""Ways past the guards, each a statement that only the owner, or the superuser, may run."""


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres.fresh(OWNER) as address:
        yield address


@pytest.fixture
async def owner(url: str) -> AsyncIterator[Database]:
    opened = Database(url, cells=CELLS)
    yield opened
    await opened.close()


@pytest.fixture
async def app(url: str) -> AsyncIterator[Database]:
    opened = Database(url.replace(f"{OWNER}@", f"{APP}@"), cells=CELLS)
    yield opened
    await opened.close()


@pytest.fixture
async def verification(url: str) -> AsyncIterator[Database]:
    opened = Database(url.replace(f"{OWNER}@", f"{VERIFICATION}@"))
    yield opened
    await opened.close()


async def tables_with(database: Database, right: str, role: str) -> set[str]:
    """The tables with which a role may do something."""
    query = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    asked = f"{query} AND has_table_privilege(:role, oid, :right)"
    async with database.engine.connect() as connection:
        found = await connection.execute(text(asked), {"role": role, "right": right})
        return set(found.scalars())


async def refusal_of(database: Database, statement: str) -> str:
    """What the database says of a statement; nothing, where it does it."""
    try:
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql(statement)
    except DBAPIError as error:
        return str(error.orig)
    return ""


async def test_a_table_is_opened_to_the_programs_by_a_decision(owner: Database) -> None:
    """Whoever adds a table says in deploy/grants.sql who reads it and who writes in it."""
    load_tables()
    assert set(SQLModel.metadata.tables) == RECORD | VIEWS | WORKING

    for right in ("SELECT", "INSERT"):
        assert await tables_with(owner, right, APP) - {"alembic_version"} == RECORD | VIEWS | WORKING
    assert await tables_with(owner, "UPDATE", APP) == CHANGED_BY_APP
    assert await tables_with(owner, "DELETE", APP) == DELETED_FROM_BY_APP
    assert await tables_with(owner, "INSERT", APP) == RECORD | VIEWS | WORKING, "not the version of the tables"


async def test_no_program_empties_tables_refers_to_them_or_sets_triggers(owner: Database) -> None:
    for right in ("TRUNCATE", "REFERENCES", "TRIGGER"):
        for role in PROGRAMS:
            assert await tables_with(owner, right, role) == set(), (right, role)


async def test_the_program_that_answers_scans_reads_four_tables_and_counts(owner: Database) -> None:
    assert await tables_with(owner, "SELECT", VERIFICATION) == {"label", "label_life", "scheme", "scan_count"}
    assert await tables_with(owner, "INSERT", VERIFICATION) == {"scan_count"}
    for right in ("UPDATE", "DELETE"):
        assert await tables_with(owner, right, VERIFICATION) == set(), right


async def test_of_the_journal_it_learns_whether_a_digest_is_there_and_nothing_else(verification: Database) -> None:
    assert await refusal_of(verification, "SELECT position FROM journal_entry WHERE digest = 'x'") == ""
    for column in ("stream", "number", "act_id", "content", "recorded_at"):
        assert "permission denied" in await refusal_of(verification, f"SELECT {column} FROM journal_entry")  # noqa: S608  # a column of ours


async def test_it_reads_no_draft_no_account_and_no_case(verification: Database) -> None:
    closed = {*RECORD, *VIEWS, *WORKING} - {"label", "label_life", "scheme", "scan_count"}
    assert {"account", "case", "complainant_contact", "draft", "journal_body", "signed_in", "api_token"} <= closed
    for table in sorted(closed):
        assert "permission denied" in await refusal_of(verification, f'TABLE "{table}"'), table


async def test_it_counts_looks_and_changes_no_other_part_of_a_count(verification: Database) -> None:
    day = datetime.now(UTC).date()
    for _ in range(2):
        async with verification.writing() as session:
            await scan_counts.add(session, {("LABEL", day, "code"): 20})
    async with verification.reading() as session:
        assert await scan_counts.in_all(session) == 40
    assert "permission denied" in await refusal_of(verification, "UPDATE scan_count SET label = 'another'")


async def test_web_and_worker_change_no_entry_of_the_journal(app: Database) -> None:
    await append(app, "people", admitted("ann"))

    for table in ("journal_entry", "journal_place"):
        assert "permission denied" in await refusal_of(app, f"UPDATE {table} SET position = 7")  # noqa: S608  # a table of ours
        assert "permission denied" in await refusal_of(app, f"DELETE FROM {table}")  # noqa: S608  # as above
    assert "permission denied" in await refusal_of(app, "UPDATE journal_body SET number = 7")
    assert "append-only" in await refusal_of(app, "DELETE FROM journal_body"), "a trigger keeps all but attempts"


async def test_no_program_gets_past_the_guards(app: Database, verification: Database) -> None:
    for program in (app, verification):
        for statement in GUARDS_AND_TABLES:
            said = await refusal_of(program, statement)
            assert "permission denied" in said or "must be owner" in said, (statement, said)


async def test_the_owner_could_which_is_why_no_program_is_the_owner(owner: Database) -> None:
    """What is refused above is refused for want of rights, not because it is no SQL."""
    await append(owner, "people", admitted("ann"))
    for statement in (*guards.dropping("postgresql"), "TRUNCATE journal_entry, journal_body, journal_place"):
        assert await refusal_of(owner, statement) == ""


async def test_bodies_of_refused_attempts_go_and_no_others(app: Database) -> None:
    await append(app, "people", admitted("ann"))
    await keep_attempt(
        app, ENGINE, "submit_review", None, NotPermitted("not_permitted", "…"), "request", authn="passkey"
    )

    async with app.writing() as session:
        await attempts.erase_bodies(session, [1])

    async with app.reading() as session:
        assert (await session.exec(select(JournalBody.stream))).all() == ["people"]


async def test_commands_work_with_the_rights_of_the_programs(app: Database, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=app.engine.url.render_as_string(hide_password=False))
    async with administration.opened(settings) as opened:
        await append(opened, "people", admitted("ann"))


async def test_a_database_of_before_is_named_to_who_may_not_bring_it_up(
    app: Database, owner: Database, tmp_path: Path
) -> None:
    assert await refusal_of(owner, "UPDATE alembic_version SET version_num = '0145'") == ""
    settings = Settings(data=tmp_path, database_url=app.engine.url.render_as_string(hide_password=False))

    with pytest.raises(Unavailable, match="certify migrate") as refused:
        async with administration.opened(settings):
            pass

    assert refused.value.code == "earlier_version"


async def test_of_the_vaults_database_scans_read_and_programs_destroy_no_memory_of_a_subject(
    postgres: PostgresServer,
) -> None:
    async with postgres.fresh_vault(OWNER) as address:
        database = Database(address)
        both = set(key_tables.METADATA.tables)
        assert {right: await tables_with(database, right, APP) for right in ("SELECT", "INSERT", "UPDATE")} == {
            "SELECT": both, "INSERT": both, "UPDATE": both,
        }  # fmt: skip
        assert await tables_with(database, "DELETE", APP) == {"sealed_object"}
        assert await tables_with(database, "TRUNCATE", APP) == set()
        assert await tables_with(database, "SELECT", VERIFICATION) == both
        assert await tables_with(database, "UPDATE", VERIFICATION) == set()
        assert await tables_with(database, "SELECT", SIGNER) == set()
        await database.close()


async def test_migrate_makes_the_tables_of_a_vault_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    async with postgres.fresh(OWNER) as record, postgres.fresh(OWNER) as vault:
        settings = Settings(data=tmp_path, database_url=record, vault_database_url=vault)
        database = Database(vault)
        assert not await tables_with(database, "SELECT", OWNER) & set(key_tables.METADATA.tables)

        for _ in range(2):
            await administration.migrate(settings)

        assert set(key_tables.METADATA.tables) <= await tables_with(database, "SELECT", OWNER)
        assert not (tmp_path / "vault").exists(), "it needs no master key"
        await database.close()
