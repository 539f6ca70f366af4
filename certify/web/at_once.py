"""So many requests at once and no more: who comes beyond them is told to come again, at once and for next to nothing.

What is admitted is then answered in time however many ask; a queue would make everybody wait, and longer each second
(security T16). The limit of a network stands before this one: `certify.web.rate_limit`.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_AT_ONCE = 24
"""One after the other in one thread, at some ten milliseconds each: the last waits a quarter of a second."""

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


class AtOnce:
    """Answers 429 to what comes while `most` requests are being answered."""

    def __init__(self, app: ASGIApp, most: int = MOST_AT_ONCE) -> None:
        self._app, self._most, self._now = app, most, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what there is room for."""
        if scope["type"] != "http" or scope["path"] == "/livez":
            await self._app(scope, receive, send)
        elif self._now >= self._most:
            await send({**_START, "headers": [*_START["headers"]]})
            await send({"type": "http.response.body", "body": _BODY})
        else:
            self._now += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._now -= 1
