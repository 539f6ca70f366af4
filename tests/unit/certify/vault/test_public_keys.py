"""The key set at every scan: as it lies in its file at that moment, or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from certify.vault.public_keys import PublicKeys
from labels.key_set import TrustedKey
from schemas.errors import CouldNotCheck
from tests.logged import FROM, TO, key, key_set

KEY = TrustedKey(key("labels").public_key, FROM, TO)


def test_the_keys_follow_their_file_and_are_taken_apart_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = PublicKeys(path)
    path.write_text(key_set(KEY).as_json())
    assert keys() is keys()
    path.write_text(key_set(KEY).with_compromised(KEY, datetime(2026, 1, 1, tzinfo=UTC)).as_json())
    assert [one.compromised_at is not None for one in keys().keys] == [True, False, False]


@pytest.mark.parametrize("broken", ["", "{", '{"keys": []}', None])
def test_keys_that_can_no_longer_be_read_are_not_remembered(tmp_path: Path, broken: str | None) -> None:
    path = tmp_path / "keys.json"
    keys = PublicKeys(path)
    path.write_text(key_set(KEY).as_json())
    keys()
    if broken is None:
        path.unlink()
    else:
        path.write_text(broken)
    for _ in range(2):
        with pytest.raises(CouldNotCheck):
            keys()
