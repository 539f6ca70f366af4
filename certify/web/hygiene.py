"""What every answer carries and every unsafe request must show, whatever the route behind it does.

Both parts are plain ASGI and go around the whole application, so that the page of an unexpected error has
the headers too: `protect(app, refuse=…)` is the outermost layer.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
VERIFIER_HEADERS = {
    "Content-Security-Policy": HEADERS["Content-Security-Policy"] + "; connect-src 'self'; worker-src 'self'",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
"""Of the page that verifies in the browser, and of its worker: it fetches from this host, and may ask for a camera."""
HSTS = "max-age=31536000; includeSubDomains"
"""A year, and for all hosts below ours (ASVS 5.0, 3.4.1; RFC 6797, 6.1): cookies know no difference between them."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def protect(app: ASGIApp, *, refuse: ASGIApp, https: bool, own_hosts: Collection[str] = ()) -> ASGIApp:
    """Put both layers around an application.

    Args:
        app: the whole application, its error pages included.
        refuse: answers 403 to a request from another site, as page or problem+json.
        https: whether the register is reached by https, so that browsers may be told to insist on it.
        own_hosts: hosts of ours that a proxy may hide by rewriting Host, `labels.example.org[:port]`.
    """
    return SecurityHeaders(SameOrigin(app, refuse=refuse, own_hosts=own_hosts), https=https)


class SecurityHeaders:
    """Adds the headers of ASVS 5.0 3.4 to every answer; a header the route set itself stays as it is."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {**HEADERS, "Strict-Transport-Security": HSTS} if https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers on the first message of the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SameOrigin:
    """Refuses unsafe requests that another site makes with this person's cookies (CSRF, ASVS 5.0 3.5.1)."""

    def __init__(self, app: ASGIApp, *, refuse: ASGIApp, own_hosts: Collection[str] = ()) -> None:
        self._app = app
        self._refuse = refuse
        self._own_hosts = frozenset(host.lower() for host in own_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is safe or ours; let `refuse` answer the rest."""
        crossed = scope["type"] == "http" and is_cross_site(scope["method"], Headers(scope=scope), self._own_hosts)
        await (self._refuse if crossed else self._app)(scope, receive, send)


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def is_cross_site(method: str, headers: Headers, own_hosts: Collection[str] = ()) -> bool:
    """Whether a browser may have been led to send this by a page that is not ours.

    (1) safe methods change nothing   (2) a bearer token is never sent by a browser on its own
    (3) `Sec-Fetch-Site` is the browser's own word and decides where it is present (W3C Fetch Metadata)
    (4) else `Origin` must name our host   (5) with neither, only a request without cookies has nothing to abuse
    """
    if method in _SAFE_METHODS:  # (1)
        return False
    if headers.get("authorization", "").lower().startswith("bearer "):  # (2)
        return False
    if site := headers.get("sec-fetch-site"):  # (3)
        return site not in ("same-origin", "none")
    if origin := headers.get("origin"):  # (4)
        host = _host_of(origin)
        return not host or host not in {headers.get("host", "").lower(), *own_hosts}
    return "cookie" in headers  # (5)
