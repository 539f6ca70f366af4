"""How few people cover a set of areas: exact, because a scheme names at most nine areas."""

from collections.abc import Iterable

Areas = frozenset[str]


class Cover:
    """What people of some kinds can cover together, and how many of them it takes at least.

    Args:
        kinds: the areas of each person; who has the same areas is of the same kind.
    """

    def __init__(self, kinds: Iterable[Areas]) -> None:
        distinct = set(kinds)
        self._least: dict[Areas, int] = {}
        reached, number = {Areas()}, 0
        while reached:
            self._least.update(dict.fromkeys(reached, number))
            reached = {have | kind for have in reached for kind in distinct} - self._least.keys()
            number += 1

    @property
    def all(self) -> Areas:
        """Everything that somebody covers."""
        return max(self._least, key=len)

    def least(self, areas: Areas) -> int:
        """Return how many people it takes to cover these areas, all of which are in `all`."""
        return min(number for have, number in self._least.items() if areas <= have)
