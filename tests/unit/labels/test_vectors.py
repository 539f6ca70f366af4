"""Every verifier must agree on these files (docs: label-format); this is the one in Python."""

import json
import runpy
from datetime import datetime
from pathlib import Path

import pytest

from labels.key_set import KeySet
from labels.verification import verify

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "vectors" / "labels"
FILES = sorted(FOLDER.glob("*/*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_vector_gets_its_answer(path: Path) -> None:
    vector = json.loads(path.read_bytes())

    witnessed_at = vector.get("witnessed_at")
    answer = verify(
        vector["token"],
        KeySet.from_json(json.dumps(vector["keys"])),
        at=datetime.fromisoformat(vector["at"]),
        witnessed_at=datetime.fromisoformat(witnessed_at) if witnessed_at else None,
    )

    statement = answer.statement.model_dump(mode="json") if answer.statement else None
    assert vector["expect"] == {
        "authenticity": answer.authenticity,
        "expired": answer.expired,
        "statement": statement,
    }


def test_most_vectors_must_fail() -> None:
    refused = [path for path in FILES if path.parent.name == "bad"]
    authentic = [path for path in FILES if json.loads(path.read_bytes())["expect"]["authenticity"] == "authentic"]

    assert len(FILES) >= 60
    assert len(refused) >= 0.6 * len(FILES)
    assert {path.parent.name for path in authentic} == {"good"}
    assert len(authentic) + len(refused) == len(FILES)


def test_the_script_makes_the_very_same_files() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "make_label_vectors.py"))["files"]()

    assert made == {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FILES}
