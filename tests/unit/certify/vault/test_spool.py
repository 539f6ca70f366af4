"""What lies on disk for the time of a request says nothing to whoever reads the disk (I12, F13)."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.vault import spool
from certify.vault.spool import SealedSpool

SECRET = b"the recipe of the model " * 4000


def on_disk(file: SealedSpool) -> bytes:
    """What a reader of the disk finds."""
    return os.pread(file.fileno(), len(SECRET) + 100, 0)


@given(st.lists(st.binary(max_size=100), max_size=20), st.integers(0, 2100), st.integers(0, 300))
def test_what_was_written_is_read_at_any_place(parts: list[bytes], place: int, count: int) -> None:
    whole = b"".join(parts)
    with SealedSpool() as file:
        for part in parts:
            file.write(part)
        file.seek(place)
        assert file.read(count) == whole[place : place + count]
        assert file.seek(0, io.SEEK_END) == len(whole)


def test_nothing_of_it_lies_on_disk_in_clear() -> None:
    with SealedSpool() as file:
        file.write(SECRET)
        assert len(on_disk(file)) == len(SECRET)
        assert b"recipe" not in on_disk(file)
        assert not any(on_disk(file)[at : at + 16] in SECRET for at in range(0, 1600, 16))


def test_two_of_the_same_content_have_nothing_in_common() -> None:
    with SealedSpool() as one, SealedSpool() as another:
        one.write(SECRET)
        another.write(SECRET)
        assert on_disk(one)[:1000] != on_disk(another)[:1000]


def test_no_place_is_sealed_twice_with_one_key() -> None:
    with SealedSpool() as file:
        file.write(b"one")
        file.seek(0)
        with pytest.raises(ValueError, match="at its end only"):
            file.write(b"two")


def test_another_program_reads_it_with_the_key_and_not_without() -> None:
    with SealedSpool() as file:
        file.write(SECRET)
        with SealedSpool.again(os.dup(file.fileno()), file.key) as opened:
            assert opened.read() == SECRET
        with SealedSpool.again(os.dup(file.fileno()), bytes(spool.KEY_BYTES)) as not_opened:
            assert not_opened.read() != SECRET


def test_it_has_no_name_and_is_gone_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = SealedSpool()
    file.write(SECRET)
    assert list(tmp_path.iterdir()) == []
    file.close()
    file.close()
    assert file.closed


def test_several_read_it_at_once_each_at_a_place_of_its_own() -> None:
    with SealedSpool() as file:
        file.write(SECRET)
        with file.another() as one, file.another() as other:
            one.seek(10)
            assert (one.read(5), other.read(5), one.read(5)) == (SECRET[10:15], SECRET[:5], SECRET[15:20])
            assert file.write(b"more") == 4, "it goes on at its end whoever reads"
        assert on_disk(file)[:10] != SECRET[:10]
        with file.another() as whole:
            assert whole.read() == SECRET + b"more"


def test_what_is_closed_takes_nothing_more() -> None:
    file = SealedSpool()
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.write(SECRET)
