import json
from pathlib import Path

import pytest

from certify.vault.payload_keys import PayloadKeys
from schemas.errors import Unavailable


def test_the_keys_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "payload-keys.json"

    made = PayloadKeys.made(path)

    assert PayloadKeys.read(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_of_two_that_make_them_at_once_the_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "payload-keys.json"
    first, second = PayloadKeys.new(), PayloadKeys.new()

    first.write(path, over=False)
    second.write(path, over=False)

    assert PayloadKeys.read(path) == first


def test_a_rotation_adds_a_key_and_keeps_the_naming(tmp_path: Path) -> None:
    path = tmp_path / "payload-keys.json"
    before = PayloadKeys.made(path)

    before.rotated().write(path)

    after = PayloadKeys.read(path)
    assert after.naming == before.naming
    assert list(after.sealing)[:1] == [before.current]
    assert after.current != before.current


@pytest.mark.parametrize("content", ["", "{", "[]", '{"naming": "AA==", "sealing": []}', '{"naming": "x"}'])
def test_a_file_that_is_not_what_was_written_is_refused_and_stays(tmp_path: Path, content: str) -> None:
    path = tmp_path / "payload-keys.json"
    path.write_text(content)

    with pytest.raises(Unavailable, match="payload"):
        PayloadKeys.read(path)
    assert path.read_text() == content


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "payload-keys.json"
    PayloadKeys.made(path)
    content = json.loads(path.read_text())
    content["sealing"][0]["key"] = "AAAA"
    path.write_text(json.dumps(content))

    with pytest.raises(Unavailable):
        PayloadKeys.read(path)
