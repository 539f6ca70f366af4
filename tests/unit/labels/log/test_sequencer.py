"""A log grows, entry by entry and by the thousand, and signs for nothing that is not stored."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.log import checkpoints, tree
from labels.log.sequencer import Sequencer, check_stored
from labels.log.tiles import WIDTH, TiledLog, append, bundled, entries_in, tile_path, width_of
from schemas.errors import VerificationError
from tests.unit.labels.log.conftest import LOG_KEY, ORIGIN, POLICY, MemoryFiles, entries, key


def root_of(found: list[bytes]) -> bytes:
    """The root by the definition, from the entries alone."""
    hashes = [tree.leaf_hash(one) for one in found]
    return tree.root_of(
        len(hashes), lambda height, index: tree.complete_root(hashes[index << height : (index + 1) << height])
    )


@settings(max_examples=30)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_however_it_grew_a_log_of_the_same_entries_has_the_same_tiles(batches: list[int]) -> None:
    files, size = MemoryFiles(), 0
    for count in batches:
        size = append(files, size, entries(count, since=size))
    log = TiledLog(files, size)
    assert log.root() == root_of(entries(size))
    assert list(log.entries(0, size)) == entries(size)
    for number in range(-(-size // WIDTH)):
        assert len(log.tile(0, number)) == width_of(0, number, size)


def test_a_large_log_has_the_tiles_that_the_specification_names(files: MemoryFiles) -> None:
    append(files, 0, entries(70_000))
    level_0 = {tile_path(0, number) for number in range(273)} | {"tile/0/273.p/112"}
    assert {path for path in files if path.startswith("tile/0/")} == level_0
    assert {path for path in files if path.startswith("tile/1/")} == {"tile/1/000", "tile/1/001.p/17"}
    assert {path for path in files if path.startswith("tile/2/")} == {"tile/2/000.p/1"}
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"


def test_partial_tiles_go_once_the_full_ones_are_there(sequencer: Sequencer, files: MemoryFiles) -> None:
    for since, count in ((0, 10), (10, 240), (250, 10), (260, 252)):
        sequencer.append(entries(count, since=since))
    assert {path for path in files if ".p/" in path} == {"tile/1/000.p/1", "tile/1/000.p/2"}
    assert Sequencer(files, ORIGIN, LOG_KEY).root == root_of(entries(512))


def test_a_log_signs_for_what_it_stored(sequencer: Sequencer, files: MemoryFiles) -> None:
    note = sequencer.append(entries(300))
    checkpoint = checkpoints.of_log(note, POLICY)
    assert (checkpoint.size, checkpoint.root) == (300, root_of(entries(300)))
    assert Sequencer(files, ORIGIN, LOG_KEY).head == note


@pytest.mark.parametrize("damaged", ["tile/entries/000.p/44", "tile/0/000.p/44"])
def test_nothing_is_signed_that_was_not_stored_as_it_was_written(damaged: str) -> None:
    class Forgetful(MemoryFiles):
        def write(self, path: str, content: bytes) -> None:
            super().write(path, content[:-1] + b"\x00" if path == damaged else content)

    sequencer = Sequencer(Forgetful(), ORIGIN, LOG_KEY)
    with pytest.raises(VerificationError) as refusal:
        sequencer.append(entries(44))
    assert refusal.value.code == "root_differs"
    assert sequencer.size == 0
    assert sequencer.head is None


def test_what_a_writer_left_that_stopped_half_way_is_written_over(sequencer: Sequencer, files: MemoryFiles) -> None:
    sequencer.append(entries(10))
    append(files, 10, [b"never signed for"] * 400)
    again = Sequencer(files, ORIGIN, LOG_KEY)
    again.append(entries(500, since=10))
    assert again.root == root_of(entries(510))


class FullAt(MemoryFiles):
    """Files whose disk fails at one write; `is_kept` when that one is done all the same, and nobody learns of it."""

    def __init__(self, before: MemoryFiles, at: int, *, is_kept: bool) -> None:
        super().__init__(before)
        self.at, self.is_kept = at, is_kept

    def write(self, path: str, content: bytes) -> None:
        self.at -= 1
        if self.at != 0 or self.is_kept:
            super().write(path, content)
        if self.at == 0:
            raise OSError("no space left")


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize(("size", "count"), [(0, 1), (250, 6), (250, 7), (256, 1), (510, 300)])
def test_a_writer_that_fails_at_any_write_leaves_a_log_that_goes_on(size: int, count: int, is_kept: bool) -> None:
    before = MemoryFiles()
    Sequencer(before, ORIGIN, LOG_KEY).append(entries(size))
    for at in range(1, 20):
        files = FullAt(before, at, is_kept=is_kept)
        with suppress(OSError):
            Sequencer(files, ORIGIN, LOG_KEY).append(entries(count, since=size))
        again = Sequencer(MemoryFiles(files), ORIGIN, LOG_KEY)
        is_head_kept = again.size > size
        again.append(entries(count - (again.size - size), since=again.size))
        assert again.root == root_of(entries(size + count))
        if files.at > 0:
            assert at > 3
            assert is_head_kept
            return
    raise AssertionError("a writer writes that often?")


@pytest.mark.parametrize("change", ["flip", "drop"])
def test_a_log_whose_files_were_changed_is_not_opened(sequencer: Sequencer, files: MemoryFiles, change: str) -> None:
    sequencer.append(entries(600))
    for path in [path for path in files if path.startswith("tile/")]:
        kept = files[path]
        if change == "drop":
            del files[path]
        else:
            files[path] = kept[:-1] + bytes([kept[-1] ^ 1])
        with pytest.raises(VerificationError):
            Sequencer(files, ORIGIN, LOG_KEY)
        files[path] = kept
    assert Sequencer(files, ORIGIN, LOG_KEY).size == 600


def test_a_head_that_is_not_what_is_stored_is_refused(sequencer: Sequencer, files: MemoryFiles) -> None:
    sequencer.append(entries(5))
    with pytest.raises(VerificationError, match="another root"):
        check_stored(files, 5, bytes(32))


def test_a_new_key_signs_the_same_tree(sequencer: Sequencer, files: MemoryFiles) -> None:
    sequencer.append(entries(5))
    successor = Sequencer(files, ORIGIN, key("the log of next year"))
    note = successor.sign_again()
    assert checkpoints.read(note).root == sequencer.root
    with pytest.raises(VerificationError):
        checkpoints.of_log(note, POLICY)


def test_an_entry_longer_than_its_length_can_say_is_refused(sequencer: Sequencer) -> None:
    with pytest.raises(ValueError, match="at most 65535"):
        sequencer.append([bytes(65_536)])
    assert sequencer.size == 0


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x02a", b"\x00\x01a\xff\xff"])
def test_a_bundle_that_ends_within_an_entry_is_refused(content: bytes) -> None:
    with pytest.raises(VerificationError) as refusal:
        list(entries_in(content))
    assert refusal.value.code == "tile_malformed"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back(found: list[bytes]) -> None:
    assert list(entries_in(bundled(found))) == found
