"""The conformance kit, its size, and the first of the four verifiers that it is for: `python -m labels verify`."""

import json
import runpy
from datetime import datetime
from pathlib import Path

import pytest

from labels.__main__ import main
from labels.key_set import KeySet
from labels.verification import verify
from tests.conformance import ALL, FOLDERS, VECTORS, Vector

SCRIPTS = Path(__file__).parents[3] / "scripts"


def asked_of_the_command(vector: Vector, folder: Path) -> list[str]:
    """Write what is given to files, as somebody has them, and return the arguments."""
    (folder / "keys.json").write_text(vector.keys)
    arguments = ["verify", "--json", f"--keys={folder / 'keys.json'}", f"--at={vector.document['at']}"]
    if vector.folder == "status":
        arguments.append("--standing")
    if vector.folder != "labels":
        arguments += [f"--origin={vector.document['origin']}"]
    for place, content in enumerate(vector.lists.values()):
        (folder / f"list-{place}").write_bytes(content)
        arguments.append(f"--status={folder / f'list-{place}'}")
    if vector.proof is not None:
        (folder / "label.tlog-proof").write_bytes(vector.proof)
        arguments.append(f"--proof={folder / 'label.tlog-proof'}")
    for shard, version in vector.document.get("known_versions", {}).items():
        arguments.append(f"--known-version={shard}={version}")
    return [*arguments, "--", vector.text]


OF_THE_LIBRARY = [vector for vector in ALL if vector.is_token or "witnessed_at" in vector.document]


@pytest.mark.parametrize("vector", [one for one in ALL if one not in OF_THE_LIBRARY], ids=str)
def test_the_command_answers_as_every_verifier_must(
    vector: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = asked_of_the_command(vector, tmp_path)
    exit_code = main(asked)

    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert {name: answer.get(name, default) for name, default in (
        ("authenticity", None), ("standing", None), ("code", None), ("witnessed_at", None), ("is_other_host", False)
    )} == vector.expected  # fmt: skip
    leaves_open = answer["standing"] == "expired" or ("--standing" in asked and answer["code"] == "no_proof")
    assert (exit_code == 0) == (vector.is_good and not leaves_open)
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("vector", OF_THE_LIBRARY, ids=str)
def test_the_library_answers_for_tokens_as_they_are_and_who_knows_when_witnesses_saw_them(vector: Vector) -> None:
    document = vector.document
    seen = document.get("witnessed_at")
    answer = verify(
        vector.text,
        KeySet.from_json(vector.keys),
        at=datetime.fromisoformat(document["at"]),
        witnessed_at=datetime.fromisoformat(seen) if seen else None,
    )
    assert answer.authenticity == vector.expected["authenticity"]


def test_the_kit_is_large_and_most_of_it_must_fail() -> None:
    assert {vector.folder for vector in ALL} == set(FOLDERS)
    for folder in (*FOLDERS, ""):
        vectors = [one for one in ALL if str(one).startswith(folder)]
        failing = [one for one in vectors if not one.is_good]
        assert len(vectors) >= (60 if folder in {"", "labels"} else 20)
        assert len(failing) >= 0.6 * len(vectors), folder


@pytest.mark.parametrize(("script", "folder"), [("status", "status"), ("proof", "proofs"), ("address", "addresses")])
def test_the_scripts_make_the_very_same_files(script: str, folder: str) -> None:
    made = runpy.run_path(str(SCRIPTS / f"make_{script}_vectors.py"))["files"]()

    root = VECTORS / folder
    assert made == {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.json")}


def test_every_file_says_why_in_words_and_its_name_is_used_once() -> None:
    assert all(vector.document["why"] for vector in ALL)
    assert len({str(vector) for vector in ALL}) == len(ALL)
