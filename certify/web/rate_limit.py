"""A brake on floods that keeps nobody's address: so many requests a second from one network, /24 or /56 (security T16).

A network is known by a keyed hash whose key lives as long as this program, in memory only. Addresses that no stranger
has, as a proxy's or one's own, are not counted: behind a proxy that does not tell whom it speaks for, nobody is limited
rather than everybody together. uvicorn believes a proxy that `FORWARDED_ALLOW_IPS` names.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send


class Rate(NamedTuple):
    """How often something may be asked: so often at once, and then so many times a second."""

    at_once: float
    a_second: float


NETWORK: Final = Rate(at_once=400, a_second=50)
"""Requests of one network: a page with its pictures is four, and a /24 may be a whole provider's customers."""

MOST_REMEMBERED = 65_536
"""Beyond so many networks or accounts, the one that was quiet longest is forgotten."""

_KEY: Final = secrets.token_bytes(32)
_PREFIXES = {4: 24, 6: 56}
_UNLIMITED = ("/static/", "/livez", "/readyz")


class Buckets:
    """What each network or account has left; it fills up again with time."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock, self._key = rate, clock, secrets.token_bytes(32)
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, whose: str) -> float:
        """Take one request of a network or account; return 0, or the seconds after which to ask again."""
        name = hashlib.blake2b(whose.encode(), key=self._key, digest_size=16).digest()
        at_once, a_second = self._rate
        now = self._clock()
        left, since = self._left.pop(name, (at_once, now))
        left = min(at_once, left + (now - since) * a_second)
        is_enough = left >= 1
        self._left[name] = (left - 1 if is_enough else left, now)
        if len(self._left) > MOST_REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if is_enough else (1 - left) / a_second


def network_of(address: str) -> str | None:
    """Return the network of an address of the internet, None for any other."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, _PREFIXES[found.version]), strict=False)) if found.is_global else None


def network_name(address: str) -> str:
    """Return what this program calls the network of an address while it runs, empty where none is counted."""
    network = network_of(address)
    return hashlib.blake2b(network.encode(), key=_KEY, digest_size=16).hexdigest() if network is not None else ""


class RateLimit:
    """Answers 429 to a network that asks too often, before anything is looked up.

    Args:
        refuse: answers it, with the seconds to wait.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[int], ASGIApp], buckets: Buckets | None = None) -> None:
        self._app, self._refuse, self._buckets = app, refuse, buckets or Buckets(NETWORK)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is not too much."""
        client = scope.get("client")
        if scope["type"] != "http" or client is None or scope["path"].startswith(_UNLIMITED):
            await self._app(scope, receive, send)
            return
        network = network_of(client[0])
        wait = self._buckets.take(network) if network is not None else 0
        await (self._refuse(ceil(wait)) if wait else self._app)(scope, receive, send)
