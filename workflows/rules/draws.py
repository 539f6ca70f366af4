"""Verifiable draws: nobody alone chooses the seed, and anyone can draw again (scheme, `drawn: verifiably`).

The order is that of SHA-256 over `seed/id`, in UTF-8, smallest first; it asks for nothing but what is on file:

    printf '%s' "$seed/$id" | sha256sum      # for each id of the pool, then sort
"""

import hashlib
from collections.abc import Iterable


def in_drawn_order(pool: Iterable[str], seed: str) -> tuple[str, ...]:
    """Return a pool in drawn order: the first is asked first, and whoever says no makes room for the next.

    Neither the order of the pool nor naming somebody twice changes anything.
    """
    return tuple(sorted(set(pool), key=lambda one: hashlib.sha256(f"{seed}/{one}".encode()).digest()))


def drawn(pool: Iterable[str], seed: str, size: int) -> tuple[str, ...]:
    """Draw so many of a pool, and return them sorted: the first in drawn order, or all where there are fewer."""
    return tuple(sorted(in_drawn_order(pool, seed)[:size]))
