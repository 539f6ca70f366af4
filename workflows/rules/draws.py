"""Verifiable draws: nobody alone chooses the seed, and anyone can draw again (scheme, `drawn: verifiably`)."""

import hashlib
from collections.abc import Iterable


def in_drawn_order(pool: Iterable[str], seed: str) -> tuple[str, ...]:
    """Return a pool in the order of the smallest SHA-256 of seed and id; the order of the pool itself is nothing."""
    return tuple(sorted(set(pool), key=lambda one: hashlib.sha256(f"{seed}/{one}".encode()).digest()))


def drawn(pool: Iterable[str], seed: str, size: int) -> tuple[str, ...]:
    """Draw so many of a pool, and return them sorted."""
    return tuple(sorted(in_drawn_order(pool, seed)[:size]))
