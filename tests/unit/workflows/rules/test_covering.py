"""How few people cover some areas, against trying every choice."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.covering import Areas, Cover

AREAS = st.frozensets(st.sampled_from("abcde"), max_size=4)
KINDS = st.lists(AREAS, max_size=6)


def fewest(kinds: list[Areas], areas: Areas) -> int:
    """Try one person, two, three, and so on."""
    sizes = range(len(kinds) + 1)
    return next(size for size in sizes for some in combinations(kinds, size) if areas <= Areas().union(*some))


@given(KINDS, AREAS)
def test_the_least_number_is_that_of_the_smallest_choice_that_covers(kinds: list[Areas], areas: Areas) -> None:
    cover = Cover(kinds)
    assert cover.all == Areas().union(*kinds)
    asked = areas & cover.all
    assert cover.least(asked) == fewest(kinds, asked)


def test_one_who_knows_all_is_enough_and_nobody_is_needed_for_nothing() -> None:
    cover = Cover([Areas("ab"), Areas("c"), Areas("abc")])
    assert cover.least(Areas("abc")) == 1
    assert cover.least(Areas()) == Cover([]).least(Areas()) == 0
