"""Lines of the security events file go when their time is over, and whoever writes meanwhile loses none."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.accounts import security_events
from certify.accounts.security_events import LOGGER, EventFiles, note, strangers_file
from certify.accounts.security_log import DueLines, drop_lines, due_lines, lines_about

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
BEFORE = NOW - YEAR


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "security-events.jsonl"
    handler = security_events.write_to(path)
    yield path
    LOGGER.removeHandler(handler)
    handler.close()


def kinds(path: Path) -> list[str]:
    return [json.loads(text)["kind"] for text in path.read_text().splitlines()]


def turn_over() -> None:
    (handler,) = [one for one in LOGGER.handlers if isinstance(one, EventFiles)]
    handler.people.doRollover()


def test_what_is_older_goes_and_the_rest_stays_in_every_file(file: Path) -> None:
    note("long_ago", "ada", at=BEFORE - YEAR)
    note("recent", "ada", at=NOW)
    turn_over()
    note("just_due", "ada", at=BEFORE - timedelta(seconds=1))
    note("not_due", "ada", at=BEFORE)

    assert due_lines(file, BEFORE) == DueLines(2, BEFORE - YEAR)
    drop_lines(file, BEFORE)
    assert (kinds(file.with_name(f"{file.name}.1")), kinds(file)) == (["recent"], ["not_due"])
    assert due_lines(file, BEFORE) == DueLines()
    assert {one.stat().st_mode & 0o777 for one in file.parent.iterdir()} == {0o600}


def test_a_program_that_holds_the_file_open_goes_on_in_the_new_one(file: Path) -> None:
    note("old", "ada", at=BEFORE - YEAR)
    drop_lines(file, BEFORE)
    note("new", "ada", at=NOW)
    assert kinds(file) == ["new"]


def test_lines_of_held_people_stay_as_subject_and_as_actor(file: Path) -> None:
    note("about_ada", "ada", at=BEFORE - YEAR)
    note("by_ada", "ben", actor="ada", at=BEFORE - YEAR)
    note("about_ben", "ben", at=BEFORE - YEAR)
    assert due_lines(file, BEFORE, {"ada"}).number == 1
    drop_lines(file, BEFORE, {"ada"})
    assert kinds(file) == ["about_ada", "by_ada"]


def test_a_line_that_was_cut_off_stays_and_hinders_nothing(file: Path) -> None:
    note("old", "ada", at=BEFORE - YEAR)
    with file.open("a") as more:
        more.write('{"at":"2020-01-0\n')
    drop_lines(file, BEFORE)
    assert file.read_text() == '{"at":"2020-01-0\n'


def test_a_line_of_a_clock_that_was_ahead_keeps_none_after_it(file: Path) -> None:
    note("ahead", "ada", at=NOW + 100 * YEAR)
    note("old", "ada", at=BEFORE - YEAR)
    assert due_lines(file, BEFORE) == DueLines(1, BEFORE - YEAR)
    drop_lines(file, BEFORE)
    assert kinds(file) == ["ahead"]


def test_a_person_finds_their_own_lines_the_oldest_first(file: Path) -> None:
    note("first", "ada", at=BEFORE)
    turn_over()
    note("others", "ben", at=NOW)
    note("second", "ben", actor="ada", at=NOW)
    assert [event["kind"] for event in lines_about(file, "ada")] == ["first", "second"]


def test_lines_of_what_strangers_cause_go_and_are_found_with_the_others(file: Path) -> None:
    note("sign_in_failed", "ada", at=BEFORE - YEAR)
    note("sign_in_failed", "ada", at=BEFORE)
    note("sign_in_failed", "ben", at=BEFORE)
    note("signed_in", "ada", at=BEFORE - timedelta(seconds=1))
    note("signed_out", "ada", at=NOW)

    assert [event["at"][:4] for event in lines_about(file, "ada")] == ["2024", "2025", "2025", "2026"]
    assert due_lines(file, BEFORE) == DueLines(2, BEFORE - YEAR)
    drop_lines(file, BEFORE)
    assert kinds(file) == ["signed_out"]
    assert kinds(strangers_file(file)) == ["sign_in_failed", "sign_in_failed"]


def test_where_nothing_was_written_nothing_is_due(tmp_path: Path) -> None:
    assert due_lines(tmp_path / "none.jsonl", NOW) == DueLines()
    assert due_lines(None, NOW) == DueLines()
    drop_lines(None, NOW)
