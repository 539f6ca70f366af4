import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from certify.accounts import security_events
from certify.accounts.security_events import LOGGER, line, note


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
    note("sign_in_failed", person="p1", authn="session", request_id="r1", outcome="refused", **fields)


def test_an_event_is_one_line_with_who_how_when_and_what_became_of_it(file: Path) -> None:
    failed(code="wrong_password")

    (event,) = told(file)
    assert datetime.fromisoformat(str(event.pop("at"))).tzinfo == UTC
    assert event == {
        "kind": "sign_in_failed",
        "outcome": "refused",
        "person": "p1",
        "authn": "session",
        "request_id": "r1",
        "code": "wrong_password",
    }


def test_only_its_owner_reads_the_file_also_after_it_was_turned_over(file: Path) -> None:
    failed()
    (handler,) = [one for one in LOGGER.handlers if isinstance(one, RotatingFileHandler)]
    handler.doRollover()
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
    assert event["kind"] == "sign_in_failed"
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
