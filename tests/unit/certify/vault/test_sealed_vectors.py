import base64
import json
from pathlib import Path

import pytest

from certify.vault.keys import FileKey
from certify.vault.sealing import Opener, SealBroken
from scripts.make_sealed_vectors import FOLDER, files

VECTORS = sorted(FOLDER.glob("*/*.json"))


def test_the_files_are_those_that_the_script_makes() -> None:
    assert {path.relative_to(FOLDER).as_posix(): path.read_text() for path in VECTORS} == files()


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_file_is_answered_as_it_says(path: Path) -> None:
    asked = json.loads(path.read_text())
    opener, found, code = Opener(FileKey(asked["key_id"], bytes.fromhex(asked["key"])), asked["subject"]), b"", None
    try:
        found = opener.open(base64.b64decode(asked["sealed"]))
        found += opener.finish()
    except SealBroken as error:
        code = error.code

    if "plain" in asked["expect"]:
        assert (found, code) == (base64.b64decode(asked["expect"]["plain"]), None)
    else:
        assert code == asked["expect"]["code"]
