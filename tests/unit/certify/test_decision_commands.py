"""`certify decision export` and `certify decision verify`: exit codes, what is said, and what is not needed."""

import io
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from certify import decision_commands
from certify.decision_commands import BYTES_MAX
from certify.register.database import Database
from schemas.scheme import Tier
from tests.builders import SECRETARY, lodged, text
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk
from tests.unit.certify.test_cli import Ended, run
from tests.unit.workflows.rules.case.tampering import changed
from tests.vectors.decisions.make import EDITIONS, FOLDER, SIGNED

ROOT = Path(__file__).parents[3]
GRANTED = FOLDER / "good" / "low_granted.json"
REFUSED = FOLDER / "good" / "low_refused_at_a_gate.json"


@pytest.fixture
def certify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Run a command in an empty folder, with nothing set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CERTIFY_DATA", raising=False)
    monkeypatch.delenv("CERTIFY_DATABASE_URL", raising=False)
    return lambda *arguments: run("decision", *arguments, monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Write a record with something else at one place, and return the file."""

    def write(place: str, value: object, record: Path = GRANTED) -> Path:
        file = tmp_path / "changed.json"
        file.write_text(json.dumps(changed(json.loads(record.read_text("utf-8")), {place: value})), "utf-8")
        return file

    return write


# Verifying


def test_a_record_that_amounts_to_its_decision_exits_0_and_says_so(certify: Any) -> None:
    ended: Ended = certify("verify", GRANTED)

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "decision case-1/25: granted, as stated; granted, as recomputed\n"
        "tier: low; 8 results, which pass\n"
        "round 1: 3 of 3 voted, 3 to grant, 0 to refuse, 0 abstained; quorum reached, majority reached\n"
        "ballots: not signed, as the procedure of this case has it\n"
        "The record amounts to this decision.\n"
    )


@pytest.mark.parametrize("name", SIGNED)
def test_a_decision_in_which_people_signed_is_recomputed_with_every_signature(certify: Any, name: str) -> None:
    record = json.loads((FOLDER / "good" / f"{name}.json").read_text("utf-8"))
    ended: Ended = certify("verify", FOLDER / "good" / f"{name}.json")

    assert (record["edition"], ended.code) == (EDITIONS[name], 0)
    assert (
        f"ballots: {len(record['rounds'][-1]['ballots'])} signed by passkey, 0 by one-time code and countersigned"
        in ended.out
    )


def test_a_refusal_at_a_gate_is_recomputed_too(certify: Any) -> None:
    ended: Ended = certify("verify", REFUSED)

    assert ended.code == 0
    assert "refused, as stated; refused, as recomputed" in ended.out
    assert "0 results, which do not pass" in ended.out


def test_a_record_that_amounts_to_something_else_exits_3_naming_each_place(certify: Any, written: Any) -> None:
    ended: Ended = certify("verify", written("/decision/outcome", "refused"))

    assert (ended.code, ended.err) == (3, "")
    assert '/decision/outcome: stated "refused", recomputed "granted" [other_outcome]\n' in ended.out
    assert ended.out.endswith("does not amount to this decision: 1 difference.\n")


def test_what_a_rule_refuses_is_said_with_its_code(certify: Any, written: Any) -> None:
    ended: Ended = certify("verify", written("/recommendation/rapporteur", "edda"))

    assert ended.code == 3
    assert "/recommendation: Only the rapporteur of this case recommends. [not_the_rapporteur]\n" in ended.out


def test_machines_get_one_object_with_the_recomputed_decision(certify: Any, written: Any) -> None:
    good, bad = certify("verify", GRANTED, "--json"), certify("verify", written("/decision/majority", "2/3"), "--json")

    answer, other = json.loads(good.out), json.loads(bad.out)
    assert (good.code, bad.code) == (0, 3)
    assert (answer["agrees"], answer["differences"], other["agrees"]) == (True, [], False)
    assert answer["recomputed"]["outcome"] == answer["stated"] == "granted"
    assert answer["recomputed"]["tally"]["in_favour"] == 3
    assert {result["criterion"] for result in answer["recomputed"]["results"]} >= {"I-1.1-01", "II-2.2-01"}
    assert other["differences"] == [
        {"place": "/decision/majority", "code": "other_quorum", "message": "The rules give something else.",
         "stated": "2/3", "computed": "simple"}
    ]  # fmt: skip


def test_a_round_that_cannot_be_counted_is_a_difference(certify: Any, written: Any) -> None:
    ended: Ended = certify("verify", written("/rounds/0/closed_at", None))

    assert ended.code == 3
    assert "[round_is_open]" in ended.out
    assert "none, as recomputed" in ended.out


def test_a_record_is_read_from_stdin(certify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GRANTED.read_bytes())))

    assert certify("verify", "-").code == 0


def test_verifying_needs_neither_folder_nor_settings_nor_network_nor_database(tmp_path: Path) -> None:
    program = f"""
import socket, sys
def nobody(*_): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = nobody
from certify.cli import main
sys.argv = ["certify", "decision", "verify", {str(GRANTED)!r}]
try:
    main()
except SystemExit as ended:
    loaded = {{name.split(".")[0] for name in sys.modules}} & {{"sqlalchemy", "temporalio", "fastapi", "httpx2"}}
    assert not loaded, loaded
    raise
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


# What is no record


@pytest.mark.parametrize(
    ("content", "code", "exit_code"),
    [
        (b"", "not_a_record", 2),
        (b"\xff\xfe", "not_a_record", 2),
        (b"[1, 2]", "not_a_record", 2),
        (b'{"format": "another"}', "not_a_record", 2),
        (b'{"format": "certify-decision-record", "version": 1}', "not_a_record", 2),
        (b'{"format": "certify-decision-record", "version": true}', "not_a_record", 2),
        (b'{"format": "certify-decision-record", "version": 2}', "unknown_version", 4),
        (b'{"format": "certify-decision-record", "version": 1, "edition": 8}', "unknown_edition", 4),
        (b'{"format": "certify-decision-record", "format": "certify-decision-record"}', "not_a_record", 2),
        (b'{"format": NaN}', "not_a_record", 2),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not_a_record", 2),
        (b" " * (BYTES_MAX + 1), "record_too_large", 2),
    ],
    ids=range(12),
)
def test_what_is_no_record_is_refused_with_its_code(
    certify: Any, tmp_path: Path, content: bytes, code: str, exit_code: int
) -> None:
    (tmp_path / "file").write_bytes(content)
    ended, machine = certify("verify", "file"), certify("verify", "file", "--json")

    assert (ended.code, ended.out) == (machine.code, "") == (exit_code, "")
    assert ended.err.endswith(f"[{code}]\n")
    answer = json.loads(machine.out)
    assert (answer["agrees"], answer["code"]) == (None, code)


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        ("/remark", "true", "/remark"),
        ("/entry", "25", "/entry"),
        ("/rounds/0/ballots/member-a", {}, "/rounds/0/ballots/member-a/member"),
        ("/decision/decided_at", "2026-03-02T09:00:00", "/decision/decided_at"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(
    certify: Any, written: Any, place: str, value: object, named: str
) -> None:
    ended: Ended = certify("verify", written(place, value))

    assert ended.code == 2
    assert f"certify: {named}: " in ended.err


def test_a_key_that_stands_twice_is_refused_because_two_readers_would_differ(certify: Any, tmp_path: Path) -> None:
    twice = GRANTED.read_text("utf-8").replace('"outcome":"granted"', '"outcome":"refused","outcome":"granted"')
    (tmp_path / "twice.json").write_text(twice, "utf-8")

    ended: Ended = certify("verify", "twice.json")

    assert ended.code == 2
    assert "the key 'outcome' stands twice" in ended.err


@pytest.mark.parametrize("name", ["nowhere.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_usage(certify: Any, name: str) -> None:
    ended: Ended = certify("verify", name)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith("[record_unreadable]\n")


def test_stdin_that_is_too_large_is_not_swallowed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b" " * (BYTES_MAX + 10))))

    with pytest.raises(decision_commands.RecordUnreadable, match="at most") as refused:
        decision_commands._content_of("-")
    assert refused.value.code == "record_too_large"


# Exporting


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Body]:
    """A body in whose data folder the command runs."""
    database = Database(sqlite_url, cells=CELLS)
    yield await founded(database, tmp_path)
    await database.close()


def in_a_thread(command: Any, *arguments: object) -> Any:
    """Run a command that begins a loop of its own, beside the test's."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(command, *arguments).result()


@pytest.mark.parametrize("tier", list(Tier))
async def test_what_is_exported_verifies_in_every_tier(body: Body, certify: Any, tmp_path: Path, tier: Tier) -> None:
    await body.certified(tier)

    exported: Ended = in_a_thread(certify, "export", "CASE-1", "--data", tmp_path)
    (tmp_path / "record.json").write_text(exported.out, "utf-8")

    assert (exported.code, exported.err) == (0, "")
    assert certify("verify", "record.json").code == 0
    assert in_a_thread(certify, "export", "case-1", "--data", tmp_path).out == exported.out


async def test_a_refusal_at_a_gate_is_exported_too(body: Body, certify: Any, tmp_path: Path) -> None:
    walk = RecordedWalk(gates={**lodged().gates, "G2": "yes"}).to_intake().act("accept_application", SECRETARY)
    walk.act("record_hearing", SECRETARY, protocol=text("Protocol")).act("open_round", SECRETARY).all_declare()
    for voter in walk.voters():
        walk.ballot(voter, "refuse", grounds=("G2",))  # type: ignore[arg-type]  # the word of the choice
    await walk.record(body.database)

    exported: Ended = in_a_thread(certify, "export", "case-1", "--data", tmp_path)
    (tmp_path / "record.json").write_text(exported.out, "utf-8")

    assert json.loads(exported.out)["decision"]["grounds"] == ["G2"]
    assert certify("verify", "record.json").code == 0


async def test_what_cannot_be_exported_is_refused_with_its_code(body: Body, certify: Any, tmp_path: Path) -> None:
    await RecordedWalk().to_round().record(body.database)

    for name, code in (("case-1", "not_decided"), ("case-2", "unknown_application")):
        ended: Ended = in_a_thread(certify, "export", name, "--data", tmp_path)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.endswith(f"[{code}]\n")


def test_a_folder_without_a_record_could_not_be_read(certify: Any, tmp_path: Path) -> None:
    ended: Ended = certify("export", "case-1", "--data", tmp_path / "nowhere")

    assert (ended.code, ended.out) == (4, "")
    assert re.fullmatch(r"certify: The record cannot be read: there is no .* \[record_unreadable\]\n", ended.err)
    assert not (tmp_path / "nowhere").exists()
