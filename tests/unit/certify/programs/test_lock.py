"""One engine a data folder, and where it says it is."""

from pathlib import Path

import pytest

from certify.programs import lock
from schemas.errors import AlreadyDecided, Unacceptable

ADDRESSES = {"temporal": "127.0.0.1:7233", "web": "http://localhost:8080"}


def test_a_second_engine_on_a_data_folder_is_told_who_is_there(tmp_path: Path) -> None:
    with lock.held(tmp_path), pytest.raises(AlreadyDecided, match="in use by process") as refusal, lock.held(tmp_path):
        pass
    assert refusal.value.code == "data_in_use"


def test_addresses_hold_for_as_long_as_the_engine_runs(tmp_path: Path) -> None:
    with lock.held(tmp_path):
        lock.announce(tmp_path, ADDRESSES)
        found = lock.announced(tmp_path)
    assert found.items() >= ADDRESSES.items()
    assert lock.announced(tmp_path) == {}


def test_asking_writes_nothing_so_that_the_folder_may_be_read_only(tmp_path: Path) -> None:
    assert lock.announced(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Unacceptable, match="data_unusable"), lock.held(tmp_path / "file"):
        pass
