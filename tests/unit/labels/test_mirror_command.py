"""`python -m labels mirror` and `compare`: what they print, how they exit, and that they need nothing of ours."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from labels.__main__ import main
from labels.root import Root
from schemas.label import Standing
from tests.unit.labels.mirror.conftest import small_register
from tests.unit.labels.mirror.made import ROOT, Made

SOURCE = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_register().mirror(tmp_path_factory.mktemp("kept") / "mirror")


@pytest.fixture(scope="module")
def root_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pinned") / "root.json"
    path.write_text(Root.of(ROOT).as_json())
    return path


def test_a_mirror_that_holds_exits_0_and_says_as_of_when(
    mirror: Path, root_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mirror", str(mirror), "--root", str(root_file), "--origin", "v.example.eu/log"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Mirror of v.example.eu/log as of 2026-03-02 09:00:00 UTC, 12 entries."
    assert lines[-4:] == [
        "Standing at 2026-03-02 09:00:00 UTC: 1 in_force, 1 suspended, 1 withdrawn.",
        (
            "NOT PROVED: The operator alone says of each label: areas, experts, governed_by, holder_seats, "
            "holder_statement, own_tests, recused, separate_opinions, third_party, third_party_signed, websites."
        ),
        ("NOT PROVED: Certificates as PDF: a PDF reader checks their signature; what they say is in certificate.cose."),
        "The mirror proves what it says, but for what is named as not proved.",
    ]


def test_who_pinned_no_root_is_told_to_compare_its_fingerprint(
    mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mirror", str(mirror)]) == 0

    assert f"compare {Root.of(ROOT).fingerprint} with the printed fingerprint" in capsys.readouterr().out


def test_a_mirror_that_lies_exits_3_and_names_the_lie(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = small_register()
    made.listed[[*made.tokens][1]] = Standing.IN_FORCE
    mirror = made.mirror(tmp_path)

    assert main(["mirror", str(mirror), "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verified"], [one["code"] for one in answer["false"]]) == (False, ["status_differs"])

    assert main(["mirror", str(mirror)]) == 3
    printed = capsys.readouterr().out
    assert "FALSE: label" in printed
    assert "[status_differs]" in printed
    assert "in_force" not in printed


def test_what_cannot_be_checked_exits_4(mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mirror", str(mirror), "--at", "2027-01-01"]) == 4
    assert "NOT CHECKED: s/0" in capsys.readouterr().out
    assert main(["mirror", str(tmp_path), "--json"]) == 4
    assert json.loads(capsys.readouterr().out) == {"verified": None, "code": "not_a_mirror"}
    assert main(["mirror", str(mirror), "--root", str(mirror / "register.json")]) == 4


def test_comparing_exits_0_for_a_beginning_and_3_for_a_fork(
    mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grown = small_register()
    grown.grant("four")
    assert main(["compare", str(mirror), str(grown.mirror(tmp_path / "grown"))]) == 0
    assert "is the beginning of the second" in capsys.readouterr().out

    other = Made()
    other.begin()
    other.grant("other")
    assert main(["compare", str(mirror), str(other.mirror(tmp_path / "other"))]) == 3
    printed = capsys.readouterr().out
    assert "fork at entry 3" in printed
    assert printed.count("— v.example.eu/log") == 2
    assert main(["compare", str(mirror), str(tmp_path)]) == 4


MACHINERY = ("sqlalchemy", "sqlmodel", "temporalio", "fastapi", "starlette", "httpx2", "obstore")


@pytest.mark.parametrize("program", ["labels", "certify.cli"])
def test_a_mirror_is_verified_without_database_temporal_or_network(mirror: Path, program: str) -> None:
    """In a process of its own, in which a socket cannot even be made."""
    arguments = ["mirror", *(["verify"] if program == "certify.cli" else []), str(mirror)]
    run = "main(sys.argv[1:])" if program == "labels" else "main()"
    forbidden = ("certify", "workflows", *MACHINERY) if program == "labels" else MACHINERY
    script = f"""
import sys
def refuse(event, _):
    if event.startswith("socket."):
        raise AssertionError(event)
sys.addaudithook(refuse)
sys.argv = ["verify", *{arguments!r}]
from {"labels.__main__" if program == "labels" else "certify.cli"} import main
try:
    code = {run}
except SystemExit as ended:
    code = ended.code
loaded = [name for name in {forbidden!r} if name in sys.modules]
assert not loaded, loaded
assert code in (0, None), code
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=SOURCE, capture_output=True, text=True, check=False, timeout=60
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.endswith("The mirror proves what it says, but for what is named as not proved.\n")
