"""`python -m labels monitor`: what it prints, how it exits, and that it needs nothing of ours."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from labels.__main__ import main
from labels.root import Root, RootSigners
from tests.unit.labels.mirror.made import KEYS, ORIGIN, ROOT, key, later
from tests.unit.labels.monitor.conftest import Server, Visited, grown, root_file, server, visited
from tests.unit.labels.monitor.test_observation import other_register
from tests.unit.labels.test_mirror_command import MACHINERY, SOURCE

__all__ = ["root_file", "server", "visited"]  # fixtures
CHECKPOINT = "log/checkpoint"


def arguments(visited: Visited, root: Path, *more: str, at: datetime | None = None) -> list[str]:
    moment = (at or later(minutes=1)).isoformat()
    own = ["--root", str(root), "--origin", ORIGIN, "--state", str(visited.folder), "--at", moment]
    return ["monitor", visited.server.url, *own, *more]


def test_a_log_that_only_grew_exits_0_with_keys_that_the_pinned_root_signed(
    visited: Visited, root_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(visited, root_file)) == 0
    assert "First visit: all 300 entries lie under that root; it is remembered." in capsys.readouterr().out
    grown(visited.made, 303)
    visited.publishes()
    assert main(arguments(visited, root_file)) == 0
    assert "It grew out of the 300 entries seen before; 3 new ones" in capsys.readouterr().out


def test_a_fork_exits_3_and_says_where_its_proof_lies(
    visited: Visited, root_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(visited, root_file)) == 0
    visited.publishes(other_register(310), seen_at=later(minutes=1))
    capsys.readouterr()

    assert main(arguments(visited, root_file, "--json")) == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verified"], [one["code"] for one in answer["false"]]) == (False, ["log_forked"])
    assert sorted(one.name for one in Path(answer["evidence"]).iterdir()) == ["found", "remembered"]
    assert main(arguments(visited, root_file)) == 3
    assert "publish them" in capsys.readouterr().out


def test_what_cannot_be_checked_exits_4(
    visited: Visited, root_file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(arguments(visited, root_file, at=later(hours=1))) == 4
    assert "NOT CHECKED: log: was last seen by its witnesses at 2026-03-02 09:00:00" in capsys.readouterr().out
    stranger = tmp_path / "stranger.json"
    stranger.write_text(Root.of(RootSigners(key("stranger"), ROOT.ml_dsa_65)).as_json())
    assert main(arguments(visited, stranger, "--json")) == 4
    assert json.loads(capsys.readouterr().out) == {"verified": None, "code": "wrong_root"}
    del visited.server.files[".well-known/label-keys"]
    assert main(arguments(visited, root_file)) == 4
    assert main(["monitor", visited.server.url, "--state", str(tmp_path / "other")]) == 4
    assert main(["monitor", str(tmp_path), "--root", str(root_file), "--state", str(tmp_path / "other")]) == 4


def test_an_earlier_key_set_than_was_seen_is_not_believed(
    visited: Visited, root_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = visited.server.files[".well-known/label-keys"]
    visited.made.publish_keys(KEYS)
    visited.publishes()
    assert main(arguments(visited, root_file)) == 0
    visited.server.files[".well-known/label-keys"] = first
    capsys.readouterr()

    assert main(arguments(visited, root_file, "--json")) == 4
    assert json.loads(capsys.readouterr().out) == {"verified": None, "code": "older_key_set"}


def test_a_mirror_is_watched_as_the_addresses_are(visited: Visited, root_file: Path, tmp_path: Path) -> None:
    folder = visited.made.mirror(tmp_path / "mirror")
    keys = tmp_path / "keys.json"
    keys.write_text(KEYS.as_json())
    own = ["--origin", ORIGIN, "--state", str(visited.folder), "--at", later().isoformat()]

    assert main(["monitor", str(folder), "--root", str(root_file), *own]) == 0
    assert main(["monitor", visited.server.url, "--keys", str(keys), *own]) == 0
    assert main(["monitor", str(folder), "--keys", str(keys), "--at", later().isoformat(), *own[2:4]]) == 0


def test_the_monitor_runs_without_the_body(visited: Visited, root_file: Path) -> None:
    """In a process of its own, which loads no module of the body, of a database or of a web framework."""
    forbidden = ("certify", "workflows", *MACHINERY)
    script = f"""
import sys
from labels.__main__ import main
code = main({arguments(visited, root_file)!r})
loaded = [name for name in {forbidden!r} if name in sys.modules]
assert not loaded, loaded
sys.exit(code)
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=SOURCE, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert isinstance(visited.server, Server)
