"""No stranger turns the security events over: what they cause has a file of its own, and so many lines a minute."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from certify.accounts import security_events
from certify.accounts.security_events import BY_STRANGERS, LOGGER, EventFiles, note, strangers_file
from certify.register.report_counts import A_MINUTE_IN_ALL
from schemas.errors import Unavailable
from schemas.identifiers import PUBLIC, WITHOUT_ACCOUNT

AUDIT = Path(__file__).parents[4] / "docs" / "operate" / "audit.md"
DAY = 24 * 60
"""Minutes."""


@pytest.fixture
def files(tmp_path: Path) -> Iterator[EventFiles]:
    opened = security_events.write_to(tmp_path / "security-events.jsonl")
    yield opened
    LOGGER.removeHandler(opened)
    opened.close()


def told(file: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []


def of_people(files: EventFiles) -> list[dict[str, object]]:
    return told(Path(files.people.baseFilename))


def of_strangers(files: EventFiles) -> list[dict[str, object]]:
    return told(Path(files.strangers.baseFilename))


def refused(times: int, kind: str = "token_refused", person: str | None = None) -> None:
    for number in range(times):
        note(kind, person, authn="token", request_id=f"r{number}")


@pytest.mark.parametrize("kind", sorted(BY_STRANGERS))
def test_what_strangers_cause_has_a_file_of_its_own(files: EventFiles, kind: str) -> None:
    note(kind, None, authn="link", request_id="r1")
    note(kind, "ada", authn="link", request_id="r2")

    assert of_people(files) == []
    assert [one["request_id"] for one in of_strangers(files)] == ["r1", "r2"]
    assert Path(files.strangers.baseFilename).stat().st_mode & 0o777 == 0o600


def test_ten_a_minute_are_lines_and_the_rest_is_one_with_their_number(files: EventFiles) -> None:
    refused(1000)
    assert [one["request_id"] for one in of_strangers(files)] == [f"r{number}" for number in range(10)]

    files.strangers.end_minute()

    rest = of_strangers(files)[10:]
    assert [(one["kind"], one["outcome"], one["known"], one["more"]) for one in rest] == [
        ("token_refused", "refused", False, 990)
    ]
    refused(10)
    files.strangers.end_minute()
    assert len(of_strangers(files)) == 21


def test_a_flood_of_one_kind_hides_no_other_and_nobody_whom_we_know(files: EventFiles) -> None:
    refused(50)
    refused(1, "link_refused")
    refused(1, "token_refused", "ada")
    note("act_refused", PUBLIC, authn=WITHOUT_ACCOUNT, request_id="r", act="report_label", code="unknown_matter")
    files.strangers.end_minute()

    assert [(one["kind"], one["person"], one.get("more")) for one in of_strangers(files)[10:]] == [
        ("link_refused", None, None),
        ("token_refused", "ada", None),
        ("act_refused", PUBLIC, None),
        ("token_refused", None, 40),
    ]


def test_the_number_is_told_when_the_program_ends(files: EventFiles) -> None:
    refused(13)
    files.close()

    assert of_strangers(files)[-1]["more"] == 3


def test_the_number_is_told_when_the_minute_is_over_though_nothing_more_happens(tmp_path: Path) -> None:
    opened = security_events.write_to(tmp_path / "events.jsonl", minute=0.05)
    refused(13)
    until = time.monotonic() + 10
    while len(of_strangers(opened)) < 11 and time.monotonic() < until:
        time.sleep(0.01)
    LOGGER.removeHandler(opened)

    assert [one["more"] for one in of_strangers(opened)[10:]] == [3]
    opened.close()
    assert len(of_strangers(opened)) == 11


def test_what_must_be_told_first_is_told_however_much_comes(files: EventFiles) -> None:
    for number in range(30):
        note("contact_erased", PUBLIC, authn=WITHOUT_ACCOUNT, request_id=f"r{number}", outcome="attempted", surely=True)
        note("contact_erased", PUBLIC, authn=WITHOUT_ACCOUNT, request_id=f"r{number}")
    files.strangers.end_minute()

    found = of_strangers(files)
    assert [one["request_id"] for one in found if one["outcome"] == "attempted"] == [f"r{n}" for n in range(30)]
    assert [one.get("more") for one in found if one["outcome"] == "done"] == [*[None] * 10, 20]
    assert of_people(files) == []


def test_what_a_stranger_changes_and_cannot_be_told_raises(files: EventFiles) -> None:
    Path(files.strangers.baseFilename).mkdir()

    with pytest.raises(Unavailable, match="not_told"):
        note("contact_erased", PUBLIC, authn=WITHOUT_ACCOUNT, outcome="attempted", surely=True)


def test_nothing_that_somebody_signed_in_does_is_left_out_or_counted(files: EventFiles) -> None:
    for kind in ("act_refused", "step_up_failed", "password_change_failed", "signed_in", "signed_out"):
        for number in range(100):
            note(kind, "ada", authn="session", request_id=f"{kind} {number}")

    assert len({one["request_id"] for one in of_people(files)}) == 500
    assert of_strangers(files) == []


def test_however_long_strangers_try_the_lines_of_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_events, "FILE_MAX_BYTES", 2000)
    opened = security_events.write_to(tmp_path / "events.jsonl")
    note("signed_in", "ada", authn="passkey", request_id="r")
    for _ in range(20):
        refused(50)
        opened.strangers.end_minute()
    LOGGER.removeHandler(opened)
    opened.close()

    assert [one["kind"] for one in of_people(opened)] == ["signed_in"]
    kept = list(tmp_path.glob("events-strangers.jsonl*"))
    assert len(kept) == 9  # the oldest ones went
    assert sum(one.stat().st_size for one in kept) <= 9 * 2000
    assert len(list(tmp_path.glob("events.jsonl*"))) == 1


ADA = str(uuid4())
WORST: tuple[tuple[str, str | None, dict[str, str]], ...] = (
    ("link_refused", None, {"authn": "link", "code": "link_invalid"}),
    ("sign_in_failed", None, {"authn": "passkey", "code": "passkey_refused"}),
    ("sign_in_failed", ADA, {"authn": "password"}),
    ("sign_in_refused", None, {"authn": "password", "code": "too_many_attempts"}),
    ("sign_in_refused", ADA, {"authn": "password", "code": "access_ended"}),
    ("token_refused", None, {"authn": "token"}),
    ("token_refused", ADA, {"authn": "token"}),
    ("unproven_row_refused", None, {"code": "authentication_challenge"}),
    ("unproven_row_refused", ADA, {"code": "authentication_challenge"}),
    ("act_refused", PUBLIC, {"authn": WITHOUT_ACCOUNT, "act": "answer_as_complainant", "code": "nothing_was_asked"}),
    ("contact_erased", PUBLIC, {"authn": WITHOUT_ACCOUNT}),
)
"""What strangers can cause, as long as the program writes it."""
BY_REQUEST = (WORST[0], WORST[5])
"""What a request alone causes, with no form and no row of anybody."""


def bytes_a_day(files: EventFiles, kinds: tuple[tuple[str, str | None, dict[str, str]], ...]) -> int:
    """What is written of so many that most are counted only."""
    for kind, person, fields in kinds:
        for _ in range(1000):
            note(kind, person, request_id=str(uuid4()), **fields)  # type: ignore[arg-type]  # names of arguments
    files.strangers.end_minute()
    return Path(files.strangers.baseFilename).stat().st_size * DAY


def megabytes_said(before: str) -> int:
    """A figure of the manual."""
    found = re.search(rf"{before} (\d+) MB a day", " ".join(AUDIT.read_text().split()))
    assert found is not None
    return int(found[1])


def test_a_day_of_the_worst_flood_is_what_the_manual_says(files: EventFiles) -> None:
    assert {kind for kind, *_ in WORST} == BY_STRANGERS | {"act_refused", "contact_erased"}
    for _ in range(A_MINUTE_IN_ALL):
        note("contact_erased", PUBLIC, authn=WITHOUT_ACCOUNT, request_id=str(uuid4()), outcome="attempted", surely=True)

    assert 0 <= megabytes_said("at most") - bytes_a_day(files, WORST) / 1e6 < 1
    assert of_people(files) == []


def test_a_day_of_wrong_links_and_tokens_is_what_the_manual_says(files: EventFiles) -> None:
    assert 0 <= megabytes_said("wrong links and tokens alone") - bytes_a_day(files, BY_REQUEST) / 1e6 < 1


def test_a_command_writes_what_it_notices_into_the_same_two_files(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with security_events.written_to(path):
        note("token_created", "ada", authn="operator")
        refused(12)

    assert [one["kind"] for one in told(path)] == ["token_created"]
    assert [one.get("more") for one in told(strangers_file(path))] == [*[None] * 10, 2]
