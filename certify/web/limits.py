"""How often one account, or whoever has none, may ask for what: the limits of each class of routes (ASVS 5.0, 2.4.1).

They are far above what a person or a careful program does, and keep one account from taking what all others need.
Sessions and tokens of an account count together. Each web program counts by itself, in memory, and begins anew with it.
A network has its own limit (`certify.web.rate_limit.NETWORK`), sign-in one by address (`certify.accounts.throttle`),
openings of evidence theirs by the hour (`certify.accounts.access_ledger`).
"""

from math import ceil
from typing import Final, Literal

from certify.web.language import marked
from certify.web.rate_limit import Buckets, Rate
from schemas.errors import Unavailable

RouteClass = Literal["reading", "act", "upload", "image", "unsigned_act", "sign_in"]

RATES: Final[dict[RouteClass, Rate]] = {
    "reading": Rate(at_once=300, a_second=20),
    "act": Rate(at_once=120, a_second=4),
    "upload": Rate(at_once=60, a_second=1),
    "image": Rate(at_once=20, a_second=0.002),
    "unsigned_act": Rate(at_once=60, a_second=1),
    "sign_in": Rate(at_once=20, a_second=0.5),
}
"""An upload is looked at in a process of its own; an image stays in the database of the record for a day at least; what
is sent unsigned (reports, self-checks, sign-ins) is counted by network. Fewer sign-ins come at once from one than wait
for argon2 (`certify.accounts.passwords.WAITING`)."""

_CLASSES: Final[dict[str, RouteClass]] = {
    "offer_evidence": "upload",
    "offer_fresh_evidence": "upload",
    "choose_holder_image": "image",
}
_TOO_OFTEN: Final = marked("You are asking very often just now; nothing was done. Please try again later.")


class TooOften(Unavailable):
    """An account or network asks more often than it may; `seconds` until it may again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too_many_requests", _TOO_OFTEN)
        self.seconds = seconds


class Limits:
    """What each account has left in each class of routes."""

    def __init__(self, rates: dict[RouteClass, Rate] | None = None) -> None:
        self._buckets = {name: Buckets(rate) for name, rate in (RATES if rates is None else rates).items()}

    def take(self, name: RouteClass, whose: str) -> None:
        """Count one request.

        Raises:
            TooOften: there is none left; nothing is counted.
        """
        buckets = self._buckets.get(name)
        wait = buckets.take(whose) if buckets is not None else 0.0
        if wait > 0:
            raise TooOften(ceil(wait))


def class_of(action: str, *, writes: bool) -> RouteClass:
    """Return in which class counts what an account asks of a route."""
    if not writes:
        return "reading"
    return _CLASSES.get(action, "act")
