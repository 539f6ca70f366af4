"""What is too large is refused in our words: the framework answers an announced length by itself, in a bare line."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TooLarge:
    """Puts `refuse` in the place of the framework's own answer to a body over its limit."""

    def __init__(self, app: ASGIApp, refuse: ASGIApp) -> None:
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every other answer on as it is."""
        is_replaced = False

        async def send_ours(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and _is_bare(message):
                is_replaced = True
                await self._refuse(scope, receive, send)
            elif not is_replaced:
                await send(message)

        await self._app(scope, receive, send_ours)


def _is_bare(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 413 and kind.startswith("text/plain")
