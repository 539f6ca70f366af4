"""Two mirrors of one log: one is the beginning of the other, or the body showed two logs (security, I10, T27)."""

from pathlib import Path

import pytest

from labels.mirror.comparison import compare_mirrors
from labels.root import Root
from schemas.errors import CouldNotCheck
from schemas.label import Standing
from tests.unit.labels.mirror.made import Made, sealed


@pytest.fixture
def later_mirror(made: Made, tmp_path: Path) -> Path:
    """The mirror of the same register when more had happened."""
    made.grant("four")
    made.step(next(iter(made.tokens)), Standing.SUSPENDED)
    return made.mirror(tmp_path / "later")


@pytest.fixture
def forked(tmp_path: Path) -> Path:
    """The mirror of a register that said something else from the third label on."""
    other = Made()
    other.begin()
    other.grant("one")
    other.grant("two")
    other.grant("other")
    for label in [*other.tokens][1:]:
        other.step(label, Standing.SUSPENDED)
    other.step(other.grant("last"), Standing.SUSPENDED)
    return other.mirror(tmp_path / "forked")


def test_a_log_is_the_beginning_of_what_it_became_in_either_order(mirror: Path, later_mirror: Path, root: Root) -> None:
    for one, other in ((mirror, later_mirror), (later_mirror, mirror)):
        found = compare_mirrors(one, other, root=root)

        assert found.forked_at is None
        assert (found.older.checkpoint.size, found.newer.checkpoint.size) == (12, 15)
        assert found.hashes


def test_a_mirror_is_the_beginning_of_itself(mirror: Path) -> None:
    assert compare_mirrors(mirror, mirror).forked_at is None


def test_a_fork_is_shown_by_its_first_entry_and_both_signed_checkpoints(mirror: Path, forked: Path, root: Root) -> None:
    found = compare_mirrors(mirror, forked, root=root)

    assert found.forked_at == 7  # the decision on the third label
    shown = found.as_json()
    assert shown["consistent"] is False
    assert [note.splitlines()[1] for note in shown["checkpoints"]] == ["12", "14"]
    assert all(note.count("— ") == 2 for note in shown["checkpoints"])


def test_two_logs_of_one_size_that_differ_are_a_fork(mirror: Path, tmp_path: Path) -> None:
    other = Made()
    other.begin()
    while other.sequencer.size < 12:
        other.say()

    assert compare_mirrors(mirror, other.mirror(tmp_path / "same size")).forked_at == 3


def test_a_damaged_log_is_no_fork(mirror: Path, later_mirror: Path) -> None:
    path = later_mirror / "log/tile/0/000.p/15"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    sealed(later_mirror)

    with pytest.raises(CouldNotCheck) as refused:
        compare_mirrors(mirror, later_mirror)
    assert refused.value.code == "root_differs"
