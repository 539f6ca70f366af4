"""Every reader of key sets must agree on these files; this is the one in Python."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from labels.key_set import KeySet
from labels.public_keys import from_base64
from labels.root import Root
from labels.signed_key_set import verify_key_set
from schemas.errors import CouldNotCheck

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "vectors" / "key_sets"
FILES = sorted(FOLDER.glob("*/*.json"))


def answer(vector: dict[str, Any]) -> dict[str, Any]:
    try:
        if "jwks" in vector:
            keys, version = KeySet.from_json(vector["jwks"]), None
        else:
            root = Root.from_json(json.dumps(vector["root"]))
            found = verify_key_set(from_base64(vector["signed"]), root, at_least=vector["at_least"])
            keys, version = found.keys, found.version
    except CouldNotCheck as error:
        return {"code": error.code, "version": None, "kids": []}
    return {"code": None, "version": version, "kids": [key.kid for key in keys.keys]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_vector_gets_its_answer(path: Path) -> None:
    vector = json.loads(path.read_bytes())

    assert answer(vector) == vector["expect"]


def test_good_ones_are_read_and_bad_ones_are_not() -> None:
    read = {path for path in FILES if json.loads(path.read_bytes())["expect"]["code"] is None}

    assert {path.parent.name for path in read} == {"good"}
    assert len(read) < len(FILES) * 0.4


def test_the_script_makes_the_same_questions() -> None:
    """The bytes of ML-DSA-65 differ each time; everything else must be what stands in the files."""
    made = runpy.run_path(str(ROOT / "scripts" / "make_key_set_vectors.py"))["files"]()

    assert made.keys() == {str(path.relative_to(FOLDER)) for path in FILES}
    for path in FILES:
        new, kept = json.loads(made[str(path.relative_to(FOLDER))]), json.loads(path.read_bytes())
        assert len(new.pop("signed", "")) == len(kept.pop("signed", ""))
        assert new == kept
