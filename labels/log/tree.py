"""The Merkle tree of RFC 6962, 2.1: hashes, proofs made from subtrees, and proofs verified without the tree.

Proofs are made from a `Subtrees`, which gives the hash of any complete subtree; where those lie (in memory, in
tiles) is not known here. Verifying follows RFC 9162, 2.1.3.2 and 2.1.4.2, and shares no code with making.
"""

import hashlib
from collections.abc import Callable, Sequence

from schemas.errors import VerificationError

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
"""Root of the tree without a leaf."""

Subtrees = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree of 2^height leaves that begins at leaf index * 2^height."""

_MAX_PROOF = 64


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes whose number is a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[place], level[place + 1]) for place in range(0, len(level), 2)]
    return level[0]


def root_of(size: int, subtrees: Subtrees) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _range(0, size, subtrees) if size else EMPTY


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> tuple[bytes, ...]:
    """Return the audit path of a leaf in the tree of `size` leaves (RFC 6962, 2.1.1).

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return tuple(_path(index, 0, size, subtrees))


def consistency_proof(older: int, size: int, subtrees: Subtrees) -> tuple[bytes, ...]:
    """Return the proof that the tree of `older` leaves is a beginning of the one of `size` (RFC 6962, 2.1.2).

    Raises:
        ValueError: the older tree is larger.
    """
    if not 0 <= older <= size:
        raise ValueError(f"a tree of {older} is no beginning of one of {size}")
    return tuple(_subproof(older, 0, size, subtrees, is_known=True)) if 0 < older < size else ()


def _range(start: int, end: int, subtrees: Subtrees) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return subtrees(height, start >> height)
    middle = start + _split(count)
    return node_hash(_range(start, middle, subtrees), _range(middle, end, subtrees))


def _split(count: int) -> int:
    """Return the largest power of two below a number of leaves over one."""
    return 1 << ((count - 1).bit_length() - 1)


def _path(index: int, start: int, end: int, subtrees: Subtrees) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, subtrees), _range(middle, end, subtrees)]
    return [*_path(index, middle, end, subtrees), _range(start, middle, subtrees)]


def _subproof(older: int, start: int, end: int, subtrees: Subtrees, *, is_known: bool) -> list[bytes]:
    if older == end:
        return [] if is_known else [_range(start, end, subtrees)]
    middle = start + _split(end - start)
    if older <= middle:
        return [*_subproof(older, start, middle, subtrees, is_known=is_known), _range(middle, end, subtrees)]
    return [*_subproof(older, middle, end, subtrees, is_known=False), _range(start, middle, subtrees)]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at a place of a tree (RFC 9162, 2.1.3.2).

    Raises:
        VerificationError: `not_in_log`.
    """
    if not 0 <= index < size or len(proof) > _MAX_PROOF or _root_from(leaf, index, size, proof) != root:
        raise VerificationError("not_in_log", "The proof does not lead from the entry to the root of the log.")


def _root_from(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def check_consistency(older: int, size: int, proof: Sequence[bytes], older_root: bytes, root: bytes) -> None:
    """Check that one tree is the beginning of another (RFC 9162, 2.1.4.2).

    Raises:
        VerificationError: `not_consistent`.
    """
    if not _is_consistent(older, size, proof, older_root, root):
        raise VerificationError("not_consistent", "The larger log does not begin with the smaller one.")


def _is_consistent(older: int, size: int, proof: Sequence[bytes], older_root: bytes, root: bytes) -> bool:
    if not 0 <= older <= size or len(proof) > _MAX_PROOF:
        return False
    if older in {0, size}:
        known_root = root if older == size else EMPTY
        return not proof and older_root == known_root
    if not proof:
        return False
    path = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    return _roots_from(older, size, path) == (older_root, root)


def _roots_from(older: int, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    place, last = older - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older_root = root = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            older_root, root = node_hash(sibling, older_root), node_hash(sibling, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return (older_root, root) if last == 0 else None
