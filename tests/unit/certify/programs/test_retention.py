"""`certify retention`: what is due, told first and erased then (security.md, 8)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from certify.cli import app
from certify.config import Settings
from certify.procedure.retention_classes import CLASSES
from certify.procedure.whole_record import WholeRecord
from certify.programs.retention import retention
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.schema import upgrade
from schemas.errors import Unavailable
from tests.cells import CELLS, put_keys

LONG_AGO = datetime.now(UTC) - CLASSES["drafts"].kept_for - timedelta(days=1)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """An installation with one draft that is due, and nothing logged yet."""
    found = Settings(data=tmp_path)
    put_keys(tmp_path)
    database = Database(found.database_url, cells=CELLS)
    await upgrade(database)
    async with database.writing() as session:
        session.add(Draft(person="ada", subject="application/A-1", content="{}", saved_at=LONG_AGO))
    await database.close()
    return found


async def drafts_left(settings: Settings) -> int:
    database = Database(settings.database_url, cells=CELLS)
    async with database.reading() as session:
        found = len((await session.exec(select(Draft))).all())
    await database.close()
    return found


async def test_a_dry_run_tells_and_changes_nothing(settings: Settings) -> None:
    before = sorted(settings.data.rglob("*.jsonl"))
    found = {one.name: one for one in await retention(settings, dry_run=True)}

    assert list(found) == list(CLASSES)
    assert (found["drafts"].count, found["drafts"].oldest) == (1, LONG_AGO)
    assert await drafts_left(settings) == 1
    assert sorted(settings.data.rglob("*.jsonl")) == before


async def test_a_run_erases_and_tells_the_security_log_too(settings: Settings) -> None:
    found = {one.name: one for one in await retention(settings, dry_run=False)}

    assert (found["drafts"].count, await drafts_left(settings)) == (1, 0)
    assert settings.security_events_file is not None
    told = [json.loads(one) for one in settings.security_events_file.read_text().splitlines()]
    assert [(one["kind"], one["outcome"]) for one in told] == [
        ("retention_applied", "attempted"),
        ("retention_applied", "done"),
    ]


async def test_nothing_is_erased_while_the_record_is_behind_the_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def behind(_: WholeRecord) -> None:
        raise Unavailable("record_behind_log", "The record is being restored.")

    monkeypatch.setattr(WholeRecord, "require_for_acts", behind)
    with pytest.raises(Unavailable, match="restored"):
        await retention(settings, dry_run=False)
    assert await drafts_left(settings) == 1


def test_the_command_says_what_is_due_in_words_and_in_json(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    words = runner.invoke(app, ["retention", "--dry-run", "--data", str(tmp_path)])
    told = runner.invoke(app, ["retention", "--dry-run", "--json", "--data", str(tmp_path)])

    assert (words.exit_code, told.exit_code) == (0, 0)
    assert "drafts: 0" in words.stdout
    assert {one["name"] for one in json.loads(told.stdout)} == set(CLASSES)
