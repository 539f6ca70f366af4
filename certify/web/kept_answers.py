"""What many ask for within seconds is made once: a product in the news is scanned by thousands (security T16).

A cache of one program as RFC 9111 has it, for seconds only, so that a suspension is seen within its minute wherever
an answer is kept on the way (I7; `Age` tells how old it is), and with every answer counted that is given out. The
libraries that do this for ASGI (asgi-caches, starlette-caches) call themselves alpha, keep an answer as long as others
may, and count nothing; what is kept, and for how long, is left to cachetools.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from typing import Any, NamedTuple

from cachetools import TTLCache
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certify.web.scans import ScanCounter, Way

KEPT_FOR = 5.0
"""Seconds."""
MOST_KEPT = 32 * 2**20
"""Bytes of all answers together; what was asked for longest ago goes first."""
LARGEST = 64 * 2**10

_LONGEST = 2_000
"""Characters of a question that is remembered."""
_VARIES_BY = ("accept", "accept-language", "referer")
_FOR_ITSELF = frozenset({"authorization", "if-none-match", "range"})
"""Headers of a request whose answer is no other's."""
_ANEW = frozenset({"cache-control", "pragma"})
"""Of one that wants no answer from memory, as when somebody loads a page again."""

Key = tuple[str, ...]


class Kept(NamedTuple):
    """An answer as it was sent, when, and as a scan of which label."""

    start: Message
    body: Message
    at: float
    scanned: tuple[str, Way] | None


class KeptAnswers:
    """Answers from memory what was answered within the last seconds, and counts it like any other answer.

    Args:
        app: answers the rest.
        scans: where answers about labels are counted.
        clock: in seconds.
    """

    def __init__(self, app: ASGIApp, scans: ScanCounter, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._scans, self._clock = app, scans, clock
        self._kept: TTLCache[Key, Kept] = TTLCache(MOST_KEPT, KEPT_FOR, timer=clock, getsizeof=_size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and remember."""
        key = _key(scope)
        kept = self._kept.get(key) if key is not None and _ANEW.isdisjoint(Headers(scope=scope).keys()) else None
        if key is None:
            await self._app(scope, receive, send)
        elif kept is not None:
            await self._send_again(kept, send)
        else:
            await self._ask(key, scope, receive, send)

    async def _send_again(self, kept: Kept, send: Send) -> None:
        age = b"%d" % ceil(self._clock() - kept.at)
        await send({**kept.start, "headers": [*kept.start["headers"], (b"age", age)]})
        await send(kept.body)
        if kept.scanned is not None:
            label_id, way = kept.scanned
            self._scans.count(label_id, way, datetime.now(UTC))

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        state: dict[str, Any] = {**scope.get("state", {})}
        asked_at, started = self._clock(), list[Message]()

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append({**message, "headers": [*message["headers"]]})
            elif started and _may_be_kept(start := started.pop(), message):
                self._kept[key] = Kept(start, message, asked_at, state.get("scanned"))
            await send(message)

        await self._app({**scope, "state": state}, receive, remember)


def _key(scope: Scope) -> Key | None:
    """Return what an answer depends on; None where it must not come from memory."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers = Headers(scope=scope)
    if not _FOR_ITSELF.isdisjoint(headers.keys()):
        return None
    asked = (scope["path"], scope["query_string"].decode("latin-1"), *(headers.get(name, "") for name in _VARIES_BY))
    return asked if sum(map(len, asked)) <= _LONGEST else None


def _may_be_kept(start: Message, body: Message) -> bool:
    headers = Headers(raw=start["headers"])
    varies_by = {name.strip().lower() for name in headers.get("vary", "").split(",") if name.strip()}
    is_for_all = headers.get("cache-control", "").startswith("public") and "set-cookie" not in headers
    is_whole = not body.get("more_body", False) and len(body.get("body", b"")) <= LARGEST
    return start["status"] == HTTPStatus.OK and is_for_all and is_whole and varies_by.issubset(_VARIES_BY)


def _size(kept: Kept) -> int:
    return len(kept.body.get("body", b"")) + 2 * _LONGEST  # with its question and its headers
