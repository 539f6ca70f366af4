import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlmodel import select

from certify.accounts import security_events
from certify.accounts.security_events import LOGGER, EventFiles, line, note, tell
from certify.accounts.throttle import SignInFailure, count_attempt
from certify.register.database import Database
from schemas.errors import Unavailable


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "logs" / "security-events.jsonl"
    handler = security_events.write_to(path)
    yield path
    LOGGER.removeHandler(handler)
    handler.close()


def told(file: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in file.read_text().splitlines()]


def failed(**fields: object) -> None:
    note("step_up_failed", person="p1", authn="session", request_id="r1", outcome="refused", **fields)


def test_an_event_is_one_line_with_who_how_when_and_what_became_of_it(file: Path) -> None:
    failed(code="wrong_password")

    (event,) = told(file)
    assert datetime.fromisoformat(str(event.pop("at"))).tzinfo == UTC
    assert event == {
        "kind": "step_up_failed",
        "outcome": "refused",
        "person": "p1",
        "authn": "session",
        "request_id": "r1",
        "code": "wrong_password",
    }


def test_only_its_owner_reads_the_file_also_after_it_was_turned_over(file: Path) -> None:
    failed()
    (handler,) = [one for one in LOGGER.handlers if isinstance(one, EventFiles)]
    handler.people.doRollover()
    failed()

    kept = sorted(file.parent.iterdir())
    assert [path.name for path in kept] == ["security-events.jsonl", "security-events.jsonl.1"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_a_field_nobody_listed_is_left_out_and_its_name_told(file: Path) -> None:
    failed(password="hunter2", email="ada@example.org", code="x")

    assert "hunter2" not in file.read_text()
    assert "ada@" not in file.read_text()
    assert told(file)[0]["left_out"] == "email,password"


@pytest.mark.parametrize("trick", ["\r\n", "\n", "\x1b[2J", "\x9b31m", "\u202e", "\u2028", "\0", "\x7f", "\ud800"])
def test_no_value_forges_a_line_or_moves_a_terminal(file: Path, trick: str) -> None:
    failed(code=f'a{trick}{{"kind":"signed_in"}}')

    (event,) = told(file)
    assert event["kind"] == "step_up_failed"
    assert trick not in str(event["code"])
    assert file.read_text().isascii()
    assert all(sign.isprintable() for sign in file.read_text().removesuffix("\n"))


def test_times_are_utc_however_they_came() -> None:
    moscow = datetime(2026, 3, 1, 2, 0, tzinfo=timezone(timedelta(hours=3)))

    assert line({"expires_at": moscow}) == '{"expires_at":"2026-02-28T23:00:00.000Z"}'


def test_a_long_value_is_cut(file: Path) -> None:
    failed(code="x" * 5000)

    assert len(str(told(file)[0]["code"])) == 201


def test_what_else_is_logged_there_loses_its_text(file: Path) -> None:
    LOGGER.warning("the password was %s", "hunter2")

    assert "hunter2" not in file.read_text()
    assert told(file)[0]["kind"] == "other_message"


def test_what_became_of_it_is_told_by_the_kind_where_nobody_says_it(file: Path) -> None:
    note("session_ended", "p1", authn="passkey", request_id="r", ended=2)
    note("password_change_failed", "p1", actor="p2")

    ended, failed = told(file)
    assert (ended["outcome"], ended["authn"], ended["ended"]) == ("done", "passkey", 2)
    assert (failed["outcome"], failed["actor"]) == ("failed", "p2")


def test_an_event_may_tell_when_it_was(file: Path) -> None:
    note("signed_in", "p1", at=datetime(2026, 3, 1, tzinfo=UTC))

    assert told(file)[0]["at"] == "2026-03-01T00:00:00.000Z"


def test_without_a_file_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    failed()

    assert capfd.readouterr() == ("", "")


@contextmanager
def unwritable(file: Path) -> Iterator[None]:
    """A folder stands in the file's place."""
    file.mkdir()
    yield
    file.rmdir()


async def changed(database: Database, *, kept: bool = True) -> None:
    """A change that is told; one that is not kept fails after it was told."""
    async with database.writing() as session:
        await count_attempt(session, "ada", datetime(2026, 3, 1, tzinfo=UTC))
        tell(session, "token_created", "p1", authn="passkey", request_id="r1")
        if not kept:
            raise OSError("the disk of the database is full")


async def is_changed(database: Database) -> bool:
    async with database.reading() as session:
        return (await session.exec(select(SignInFailure))).first() is not None


async def test_a_change_is_told_before_it_is_kept_and_again_once_it_is(file: Path, database: Database) -> None:
    await changed(database)

    assert [(one["kind"], one["outcome"], one["request_id"]) for one in told(file)] == [
        ("token_created", "attempted", "r1"),
        ("token_created", "done", "r1"),
    ]
    assert await is_changed(database)


async def test_of_a_change_that_was_not_kept_it_is_told_that_it_failed(file: Path, database: Database) -> None:
    with pytest.raises(OSError, match="full"):
        await changed(database, kept=False)

    assert [one["outcome"] for one in told(file)] == ["attempted", "failed"]
    assert not await is_changed(database)


async def test_a_change_that_cannot_be_told_is_not_kept(file: Path, database: Database) -> None:
    with unwritable(file), pytest.raises(Unavailable, match="not_told"):
        await changed(database)

    assert not await is_changed(database)
    await changed(database)
    assert [one["outcome"] for one in told(file)] == ["attempted", "done"]


async def test_on_a_full_disk_nothing_is_kept_and_no_half_line_stays(
    file: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(code="before")
    written = os.write
    monkeypatch.setattr(os, "write", lambda file, line: written(file, line[:20]))

    with pytest.raises(Unavailable, match="not_told"):
        await changed(database)

    monkeypatch.undo()
    assert not await is_changed(database)
    failed(code="after")
    assert [one["code"] for one in told(file)] == ["before", "after"]


def test_a_refusal_that_cannot_be_told_raises_nothing_and_what_is_given_out_does(file: Path) -> None:
    with unwritable(file):
        failed(code="wrong_password")
        with pytest.raises(Unavailable, match="not_told"):
            note("own_data_exported", "p1", surely=True)


async def test_a_file_that_is_full_is_turned_over_between_two_lines(
    file: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = [one for one in LOGGER.handlers if isinstance(one, EventFiles)]
    monkeypatch.setattr(handler.people, "maxBytes", 200)

    await changed(database)

    assert [one["outcome"] for one in told(file)] == ["done"]
    assert [one["outcome"] for one in told(file.with_name(f"{file.name}.1"))] == ["attempted"]


def test_a_program_starts_where_the_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    handler = security_events.write_to(tmp_path / "events")

    failed(code="wrong_password")
    with pytest.raises(Unavailable, match="not_told"):
        note("own_data_exported", "p1", surely=True)
    LOGGER.removeHandler(handler)
    handler.close()
