"""The exit drill: what the body published is verified by a stranger when the body is gone (security, G16; issue 4)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import certify

SOURCE = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a label was granted by the real programs, which have stopped since."""
    data = tmp_path_factory.mktemp("demo") / "data"
    ended = certify("demo", "--once", "--json", "--data", data)
    assert ended.returncode == 0, ended.stderr
    return data


def as_a_stranger(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the offline verifier with nothing set, where nothing of ours is but the source of `labels` and `schemas`."""
    for package in ("labels", "schemas"):
        shutil.copytree(SOURCE / package, folder / package, dirs_exist_ok=True)
    command = (sys.executable, "-m", "labels", *map(str, arguments))
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=120, check=False)


def test_a_mirror_is_verified_by_a_stranger_after_the_body_is_gone(demonstrated: Path, tmp_path: Path) -> None:
    data, mirror, pinned = tmp_path / "data", tmp_path / "mirror", tmp_path / "root.json"
    shutil.copytree(demonstrated, data)
    assert certify("check", "--data", data).returncode == 0
    exported = certify("mirror", "export", mirror, "--data", data, "--json")
    assert exported.returncode == 0, exported.stderr
    assert json.loads(exported.stdout)["labels"] == 1
    shutil.copy(data / "keys" / "root.json", pinned)
    shutil.rmtree(data)

    ended = as_a_stranger("mirror", mirror, "--root", pinned, "--json", folder=tmp_path / "stranger")

    assert ended.returncode == 0, ended.stderr + ended.stdout
    answer = json.loads(ended.stdout)
    assert (answer["verified"], answer["labels"], answer["root_pinned"]) == (True, {"in_force": 1}, True)
    assert len(answer["proved"]) == 11


def test_a_mirror_that_was_touched_is_not_verified(demonstrated: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    assert certify("mirror", "export", mirror, "--data", demonstrated).returncode == 0
    (label,) = (mirror / "labels").iterdir()
    told = (label / "label.json").read_text()
    (label / "label.json").write_text(told + " ")

    ended = certify("mirror", "verify", mirror)

    assert ended.returncode == 3
    assert "[file_differs]" in ended.stdout
    assert certify("mirror", "compare", mirror, mirror).returncode == 0
