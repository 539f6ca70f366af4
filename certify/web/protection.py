"""What goes around the routes of every web program: limits before anything is looked up, headers on every answer."""

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from certify.config import Settings
from certify.web import errors
from certify.web.hygiene import protect
from certify.web.language import marked
from certify.web.rate_limit import RateLimit
from certify.web.too_large import TooLarge

TOO_OFTEN = marked("Many requests are coming from your network just now; please try again in a moment.")


def shielded(app: FastAPI, routes: ASGIApp, settings: Settings) -> ASGIApp:
    """Return routes with the protection around them.

    Args:
        app: whose pages tell of a refusal.
        routes: what is protected.
        settings: of the installation.
    """

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request({**scope, "app": app}, receive)
        await errors.answer(request, 403, "cross_site", "This request came from another site.")(scope, receive, send)

    async def too_large(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request({**scope, "app": app}, receive)
        await errors.answer(request, 413, "body_too_large", errors.TOO_LARGE)(scope, receive, send)

    def wait(seconds: int) -> ASGIApp:
        async def too_often(scope: Scope, receive: Receive, send: Send) -> None:
            request, after = Request({**scope, "app": app}, receive), {"Retry-After": str(seconds)}
            await errors.answer(request, 429, "too_many_requests", TOO_OFTEN, headers=after)(scope, receive, send)

        return too_often

    https = settings.public_url.startswith("https://")
    return protect(RateLimit(TooLarge(routes, too_large), wait), refuse=refuse, https=https)
