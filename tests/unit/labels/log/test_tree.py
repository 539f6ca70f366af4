"""The tree against another implementation, and against itself changed in one place."""

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.log import tree
from schemas.errors import VerificationError
from tests.unit.labels.log.conftest import entries

SIZES = st.integers(1, 70)


class Leaves:
    """A tree in memory."""

    def __init__(self, count: int) -> None:
        self.hashes = [tree.leaf_hash(entry) for entry in entries(count)]

    def subtree(self, height: int, index: int) -> bytes:
        return tree.complete_root(self.hashes[index << height : (index + 1) << height])


def oracle(count: int) -> pymerkle.InmemoryTree:
    """The same tree, made by pymerkle."""
    found = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries(count):
        found.append_entry(entry)
    return found


@given(SIZES)
def test_the_root_is_the_one_another_implementation_computes(size: int) -> None:
    assert tree.root_of(size, Leaves(size).subtree) == oracle(size).get_root()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert (
        tree.root_of(0, Leaves(0).subtree).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@given(SIZES, st.data())
def test_a_leaf_is_proved_where_it_stands_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index, elsewhere = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size + 1))
    leaves = Leaves(size)
    proof, root = tree.inclusion_proof(index, size, leaves.subtree), tree.root_of(size, leaves.subtree)
    # Their path begins with the leaf itself.
    assert list(proof) == oracle(size).prove_inclusion(index + 1, size).path[1:]
    tree.check_inclusion(leaves.hashes[index], index, size, proof, root)
    if elsewhere != index:
        with pytest.raises(VerificationError, match="lead"):
            tree.check_inclusion(leaves.hashes[index], elsewhere, size, proof, root)


@given(SIZES, st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = Leaves(size)
    proof, root = tree.inclusion_proof(index, size, leaves.subtree), tree.root_of(size, leaves.subtree)
    changed = [proof[1:], (*proof, root), (*proof, proof[-1]) if proof else (root,)]
    changed += [(*proof[:place], bytes(32), *proof[place + 1 :]) for place in range(len(proof))]
    for other in changed:
        if other == proof:
            continue
        with pytest.raises(VerificationError):
            tree.check_inclusion(leaves.hashes[index], index, size, other, root)


@given(SIZES, st.data())
def test_a_tree_grew_out_of_each_of_its_beginnings(size: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(0, size))
    subtree = Leaves(size).subtree
    proof = tree.consistency_proof(older, size, subtree)
    roots = tree.root_of(older, subtree), tree.root_of(size, subtree)
    tree.check_consistency(older, size, proof, *roots)
    changed = [((*proof, bytes(32)), roots), (proof, (bytes(32), roots[1])), (proof, (roots[0], bytes(32)))]
    # Every tree grew out of the empty one.
    for other, those in changed[: 3 if older else 2]:
        with pytest.raises(VerificationError, match="begin"):
            tree.check_consistency(older, size, other, *those)


@given(st.integers(2, 70), st.data())
def test_a_tree_with_another_beginning_did_not_grow_out_of_it(size: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, size - 1))
    forked = Leaves(older)
    forked.hashes[data.draw(st.integers(0, older - 1))] = tree.leaf_hash(b"another")
    subtree = Leaves(size).subtree
    with pytest.raises(VerificationError):
        tree.check_consistency(
            older, size, tree.consistency_proof(older, size, subtree),
            tree.root_of(older, forked.subtree), tree.root_of(size, subtree),
        )  # fmt: skip


@pytest.mark.parametrize(("older", "size"), [(5, 4), (-1, 4)])
def test_what_cannot_be_is_no_beginning(older: int, size: int) -> None:
    with pytest.raises(ValueError, match="beginning"):
        tree.consistency_proof(older, size, Leaves(8).subtree)
    with pytest.raises(VerificationError):
        tree.check_consistency(older, size, (), tree.EMPTY, tree.EMPTY)


def test_a_leaf_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion_proof(4, 4, Leaves(4).subtree)


def test_an_inner_node_passes_for_no_leaf() -> None:
    leaves = Leaves(4)
    inner = leaves.hashes[0] + leaves.hashes[1]
    root = tree.root_of(4, leaves.subtree)
    with pytest.raises(VerificationError):
        tree.check_inclusion(tree.leaf_hash(inner), 0, 2, (leaves.subtree(1, 1),), root)
