"""Passwords: what is accepted, and argon2 in a queue, so that a storm of sign-ins stops nothing else.

Rules: OWASP ASVS 5.0, 6.2 (12 to 128 characters, no rules of composition, none of the common ones).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pwdlib import PasswordHash

from schemas.errors import Unacceptable, Unavailable

LENGTH_MIN = 12
LENGTH_MAX = 128
AT_ONCE = 2
WAITING = 32
"""More than one network may send at once (`certify.web.limits`), and so few that the last waits for seconds."""


def check_password(password: str) -> None:
    """Refuse a password that is too short, too long or among the common ones.

    Raises:
        Unacceptable: `password_too_short`, `password_too_long` or `password_common`.
    """
    if len(password) < LENGTH_MIN:
        raise Unacceptable("password_too_short", f"A password has at least {LENGTH_MIN} characters.")
    if len(password) > LENGTH_MAX:
        raise Unacceptable("password_too_long", f"A password has at most {LENGTH_MAX} characters.")
    if password.casefold() in common_passwords():
        raise Unacceptable("password_common", "This password is one of those that are tried first; choose another.")


@cache
def common_passwords() -> frozenset[str]:
    """Return the common passwords long enough to pass the other rules."""
    return frozenset(files(__package__).joinpath("common_passwords.txt").read_text("utf-8").split())


@dataclass(frozen=True)
class Checked:
    """Whether a password was right, and its hash under today's parameters where the stored one is older."""

    matches: bool
    fresh_hash: str | None = None


class Turn:
    """A place at argon2, given by `Passwords.turn`."""

    def __init__(self, hasher: PasswordHash, decoy: str) -> None:
        self._hasher = hasher
        self._decoy = decoy

    async def hash(self, password: str) -> str:
        """Return the argon2id hash of a password."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, password: str, stored: str | None) -> Checked:
        """Compare a password with a stored hash; without one it takes as long and never matches."""
        matches, fresh = await asyncio.to_thread(self._hasher.verify_and_update, password, stored or self._decoy)
        return Checked(matches, fresh) if matches and stored is not None else Checked(matches=False)


class Passwords:
    """Argon2, `at_once` at a time; `waiting` more wait, and whoever comes after them is sent away."""

    def __init__(self, hasher: PasswordHash | None = None, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = hasher or PasswordHash.recommended()
        self._decoy = self._hasher.hash("nobody has this password")
        self._running = asyncio.Semaphore(at_once)
        self._places = at_once + waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for a place at argon2.

        Raises:
            Unavailable: `busy_signing_in`; the queue is full.
        """
        if self._places == 0:
            raise Unavailable("busy_signing_in", "Too many people are signing in just now; try again in a moment.")
        self._places -= 1
        try:
            async with self._running:
                yield Turn(self._hasher, self._decoy)
        finally:
            self._places += 1
