"""Draws that anyone can repeat, with nothing but SHA-256 and what is on file."""

import hashlib
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import sha256
from workflows.rules.draws import drawn, in_drawn_order

NAMES = st.sets(st.text(alphabet="abcdefgh", min_size=1, max_size=6), min_size=3, max_size=20)
MEMBERS = ("member-a", "member-b", "member-c", "member-d", "member-e")
# Made with `printf '%s' "$seed/$id" | sha256sum`, not with this code.
KNOWN = [
    ("0" * 64, ("ada", "ben", "cyd"), ("ben", "cyd", "ada")),
    (sha256("seed"), MEMBERS, ("member-a", "member-e", "member-d", "member-c", "member-b")),
]


@pytest.mark.parametrize(("seed", "pool", "order"), KNOWN)
def test_the_order_is_the_one_that_sha256_gives(seed: str, pool: tuple[str, ...], order: tuple[str, ...]) -> None:
    assert in_drawn_order(pool, seed) == order
    assert drawn(pool, seed, 2) == tuple(sorted(order[:2]))


def test_the_digest_that_ben_comes_first_by_is_the_one_a_shell_gives() -> None:
    digest = hashlib.sha256(f"{'0' * 64}/ben".encode()).hexdigest()
    assert digest == "1bf3ea3dba09b5b6fb31bfe453873599ec543a89141fe5576c082e82dc38710d"


@given(NAMES, st.text(max_size=5))
def test_anyone_can_draw_again_by_the_smallest_digest_of_those_left(names: set[str], seed: str) -> None:
    left, found = set(names), []
    while left:
        digests = {hashlib.sha256(f"{sha256(seed)}/{name}".encode()).hexdigest(): name for name in left}
        found.append(digests[min(digests)])
        left.remove(found[-1])
    assert in_drawn_order(names, sha256(seed)) == tuple(found)


@given(NAMES, st.randoms(), st.integers(min_value=1, max_value=25))
def test_neither_the_in_drawn_order_the_pool_nor_naming_somebody_twice_changes_a_draw(
    names: set[str], chance: Random, size: int
) -> None:
    listed = [*names, *sorted(names)[:2]]
    chance.shuffle(listed)
    assert in_drawn_order(listed, sha256("seed")) == in_drawn_order(sorted(names), sha256("seed"))
    assert drawn(listed, sha256("seed"), size) == drawn(sorted(names), sha256("seed"), size)


@given(NAMES, st.text(max_size=5), st.integers(min_value=0, max_value=25))
def test_a_draw_takes_as_many_as_asked_of_the_pool_or_all_of_a_smaller_one(
    names: set[str], seed: str, size: int
) -> None:
    panel = drawn(names, sha256(seed), size)
    assert len(panel) == len(set(panel)) == min(size, len(names))
    assert set(panel) <= names
    assert panel == tuple(sorted(panel))


@given(NAMES, st.text(max_size=5))
def test_whoever_is_not_drawn_follows_as_substitute_and_one_who_leaves_moves_nobody_else(
    names: set[str], seed: str
) -> None:
    order = in_drawn_order(names, sha256(seed))
    assert set(order[:3]) == set(drawn(names, sha256(seed), 3))
    for gone in names:
        assert in_drawn_order(names - {gone}, sha256(seed)) == tuple(one for one in order if one != gone)


def test_every_member_has_a_fair_chance_to_be_drawn() -> None:
    names = [f"member-{number}" for number in range(9)]
    count = Counter(member for seed in range(1500) for member in drawn(names, sha256(str(seed)), 3))
    assert all(430 < times < 570 for times in count.values())  # 500 expected; four standard deviations are 73


def test_another_seed_draws_anew() -> None:
    orders = {in_drawn_order(MEMBERS, sha256(str(seed))) for seed in range(600)}
    assert len(orders) > 100  # of 120 orders
