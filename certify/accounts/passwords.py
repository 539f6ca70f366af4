"""Passwords: what is accepted, and argon2 in a queue, so that a storm of sign-ins stops nothing else.

Rules: OWASP ASVS 5.0, 6.2 (12 to 128 characters, no rules of composition, none of the common ones, and more to it than
the words that everybody knows of body and person).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
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


KNOWN_WORD_MIN = 4
"""Characters of a word that is looked for; shorter ones stand in every sentence."""
BESIDE_WORDS_MIN = 8
"""Characters that a password has beside the words that everybody knows (ASVS 5.0, 6.2.11)."""


def check_password(password: str, known: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long, among the common ones, or little more than known words.

    Args:
        password: as typed.
        known: names and addresses of body and person (ASVS 5.0, 6.1.2); their words are looked for.

    Raises:
        Unacceptable: `password_too_short`, `password_too_long`, `password_common` or `password_of_known_words`.
    """
    if len(password) < LENGTH_MIN:
        raise Unacceptable("password_too_short", f"A password has at least {LENGTH_MIN} characters.")
    if len(password) > LENGTH_MAX:
        raise Unacceptable("password_too_long", f"A password has at most {LENGTH_MAX} characters.")
    if password.casefold() in common_passwords():
        raise Unacceptable("password_common", "This password is one of those that are tried first; choose another.")
    left = password.casefold()
    for word in sorted(_words(known), key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < BESIDE_WORDS_MIN:
        what = "This password is little more than a name or an address that others know; choose another."
        raise Unacceptable("password_of_known_words", what)


def _words(known: Iterable[str]) -> frozenset[str]:
    found = (word for text in known for word in re.split(r"[^\w]+|_", text.casefold()))
    return frozenset(word for word in found if len(word) >= KNOWN_WORD_MIN)


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
    """Argon2, `at_once` at a time; `waiting` more wait, and whoever comes after them is sent away.

    Args:
        hasher: argon2 with its parameters.
        at_once: how many run.
        waiting: how many more wait.
        known: names and address of the body, which no password is made of.
    """

    def __init__(
        self,
        hasher: PasswordHash | None = None,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        known: Iterable[str] = (),
    ) -> None:
        self._known = ("Certify", *known)
        self._hasher = hasher or PasswordHash.recommended()
        self._decoy = self._hasher.hash("nobody has this password")
        self._running = asyncio.Semaphore(at_once)
        self._places = at_once + waiting

    def check_new(self, password: str, *known: str) -> None:
        """Refuse a bad password; `known` are name and address of its person.

        Raises:
            Unacceptable: as `check_password`.
        """
        check_password(password, (*self._known, *known))

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
