"""The way back of whoever a page stopped: to their work, or by the sign-in to where they were, with what they wrote.

Nothing of what is given back is kept, and nothing is sent again by itself: the person copies it and fills the form in
again. A form from another site never comes this far (`certify.web.hygiene`).
"""

import asyncio
from urllib.parse import urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from certify.config import MIB

WORK = "/work"
SIGN_IN = "/sign-in"
NEXT_MAX = 500
_COOKIES = ("session", "__Host-session")
_FORM = "application/x-www-form-urlencoded"
_FORM_MAX = 8 * MIB
_SECONDS = 5.0
_SECRETS = (SIGN_IN, "/account")
"""Where passwords, codes and links are typed: nothing of that is shown again."""
_MACHINERY = frozenset({"idempotency_key", "step", "ceremony", "signature", "countersigned"})


def relative(href: str) -> str:
    """Return an address only if it stays on this host, else the start of one's work."""
    stays = href.startswith("/") and not href.startswith("//") and href.isprintable() and "\\" not in href
    return href if stays and len(href) <= NEXT_MAX else WORK


def has_session(request: Request) -> bool:
    """Whether a browser brings a session, be it over by now."""
    return any(name in request.cookies for name in _COOKIES)


def sign_in_href(request: Request) -> str:
    """Return the address of the sign-in that leads back to the page, or to the form that was sent from it."""
    here = _page_of(request)
    return f"{SIGN_IN}?{urlencode({'next_href': here})}" if relative(here) == here else SIGN_IN


def _page_of(request: Request) -> str:
    """Return the address that shows what was asked for, empty where only forms are sent there."""
    query = f"?{request.url.query}" if request.url.query else ""
    if request.method in {"GET", "HEAD"}:
        return request.url.path + query
    shown = {**request.scope, "method": "GET"}
    found = any(route.matches(shown)[0] == Match.FULL for route in request.app.router.routes)
    # One word after the host is taken for the number of a label (`/{number}`): no form is there.
    return request.url.path + query if found and request.url.path.count("/") > 1 else ""


async def written_in(request: Request) -> tuple[str, ...]:
    """Return what somebody wrote into a form that was not taken; none of files, keys and what is a secret.

    Whoever sends this is not signed in: it is read only where it says how long it is, and for some seconds.
    """
    if request.method != "POST" or request.url.path.startswith(_SECRETS):
        return ()
    kind, length = request.headers.get("content-type", ""), request.headers.get("content-length", "")
    if kind.partition(";")[0].strip().lower() != _FORM or not length.isdigit() or int(length) > _FORM_MAX:
        return ()
    try:
        async with asyncio.timeout(_SECONDS):
            form = await request.form()
    except (TimeoutError, ClientDisconnect, HTTPException, RuntimeError):
        return ()
    texts = (str(value).strip() for name, value in form.multi_items() if name not in _MACHINERY)
    # A text of people has more than one word; ids, numbers and choices have not.
    return tuple(dict.fromkeys(text for text in texts if len(text.split()) > 1))
