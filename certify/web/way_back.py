"""The way back of whoever a page stopped: to their work, or by the sign-in to where they were, with what they wrote.

Nothing of what is given back is kept, and nothing is sent again by itself: the person copies it and fills the form in
again. A form from another site never comes this far (`certify.web.hygiene`).
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from urllib.parse import urlencode

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from certify.config import MIB

WORK = "/work"
SIGN_IN = "/sign-in"
NEXT_MAX = 500
_COOKIES = ("session", "__Host-session")
_FORM = "application/x-www-form-urlencoded"
_WITH_FILE = "multipart/form-data"
_FORM_MAX = 8 * MIB
_FIELDS_MAX = 200
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

    Whoever sends this is not signed in: it is read only where it says how long it is, for some seconds, and up to the
    file where one is sent.
    """
    if request.method != "POST" or request.url.path.startswith(_SECRETS):
        return ()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    length = request.headers.get("content-length", "")
    if kind not in {_FORM, _WITH_FILE} or not length.isdigit() or (kind == _FORM and int(length) > _FORM_MAX):
        return ()
    try:
        async with asyncio.timeout(_SECONDS):
            fields = (await request.form()).multi_items() if kind == _FORM else await _before_the_file(request)
    except (TimeoutError, ClientDisconnect, HTTPException, RuntimeError):
        return ()
    texts = (value.strip() for name, value in fields if isinstance(value, str) and name not in _MACHINERY)
    # A text of people has more than one word; ids, numbers and choices have not.
    return tuple(dict.fromkeys(text for text in texts if len(text.split()) > 1))


async def _before_the_file(request: Request) -> Iterable[tuple[str, object]]:
    """Return the fields of a form with a file: they come before it, and of the file nothing is kept."""
    parser = MultiPartParser(request.headers, _start_of(request), max_files=0, max_fields=_FIELDS_MAX)
    with suppress(MultiPartException):  # the file begins there, or what is no form
        await parser.parse()
    return parser.items


async def _start_of(request: Request) -> AsyncGenerator[bytes, None]:
    left = _FORM_MAX
    async for chunk in request.stream():
        yield chunk
        left -= len(chunk)
        if left <= 0:
            return
