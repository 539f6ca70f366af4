"""So many requests at once and no more: who comes beyond them is told to come again, at once and for next to nothing.

What is admitted is then answered in time however many ask; a queue would make everybody wait, and longer each second
(security T16). The limit of a network stands before this one: `certify.web.rate_limit`.
"""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_AT_ONCE = 12
"""One after the other in one thread, at some four milliseconds each: also the last is answered within a third of a
second while refusals take two thirds of the processor."""

_BODY = (
    "Very many are asking just now; please try again in a moment.\n"
    "Сейчас спрашивают очень многие; попробуйте ещё раз чуть позже.\n"
).encode()
_START: Message = {
    "type": "http.response.start",
    "status": 429,
    "headers": [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_BODY)).encode()),
        (b"retry-after", b"1"),
    ],
}


REFUSAL = (
    b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Retry-After: 1\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n%s" % (len(_BODY), _BODY)
)
"""The same, for a server that refuses before it takes a request apart."""


@dataclass
class Room:
    """How many requests are being answered, of how many at most."""

    most: int = MOST_AT_ONCE
    now: int = 0

    @property
    def is_full(self) -> bool:
        """Whether who comes now is refused."""
        return self.now >= self.most


class AtOnce:
    """Answers 429 to what comes while there is no room."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._app, self._room = app, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what there is room for."""
        if scope["type"] != "http" or scope["path"] == "/livez":
            await self._app(scope, receive, send)
        elif self._room.is_full:
            await send({**_START, "headers": [*_START["headers"]]})
            await send({"type": "http.response.body", "body": _BODY})
        else:
            self._room.now += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._room.now -= 1
