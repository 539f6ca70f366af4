"""The page that verifies a label in the reader's browser, and the worker that keeps it for times without network."""

import hashlib
import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from certify.web.hygiene import VERIFIER_HEADERS
from certify.web.language import LANGUAGES
from certify.web.public.views import READ
from certify.web.rendering import STATIC, render, static_address

router = APIRouter()
PAGE = "/verify"
_MODULES = ("verifier/answer.js", "verifier/verify.js")
"""Imported by the page's script under their plain addresses."""

_LOOK = (
    *("mark.svg", "site.css", "verifier/page.js"),
    *("vendor/govuk-frontend/govuk-frontend.min.css", "vendor/moj-frontend/moj-frontend.min.css"),
)


@router.api_route(PAGE, methods=READ)
async def page(request: Request) -> Response:
    """Show the page; whatever is typed or shown there stays in the browser."""
    return _page(request)


@router.api_route("/verify-worker.js", methods=READ)
async def worker(request: Request) -> Response:
    """Give out the service worker, from the root: the scope of one under /static would not cover the page."""
    pages = {f"{PAGE}?lang={language}": _page(request, language) for language in LANGUAGES}
    kept = [PAGE, *pages, *map(static_address, _LOOK), *(f"/static/{module}" for module in _MODULES)]
    content = [*(page.body for page in pages.values()), *((STATIC / module).read_bytes() for module in _MODULES)]
    version = hashlib.sha256(b"".join(map(bytes, content))).hexdigest()[:16]
    before = f"const VERSION = {json.dumps(version)}, KEPT = {json.dumps(kept)}\n"
    script = before + (STATIC / "verifier" / "worker.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript", headers={**VERIFIER_HEADERS, "Cache-Control": "no-cache"})


def _page(request: Request, language: str | None = None) -> HTMLResponse:
    query = f"lang={language}".encode() if language else request.url.query.encode()
    asked = Request({**request.scope, "path": PAGE, "raw_path": PAGE.encode(), "query_string": query})
    response = render(asked, "public/verify.html")
    response.headers.update(VERIFIER_HEADERS)
    return response
