"""Chromium with the verifier in it: a blank page under the headers of `/verify`, and the scripts as we serve them."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, sync_playwright

from certify.web.hygiene import HEADERS, VERIFIER_HEADERS
from certify.web.rendering import STATIC

ORIGIN = "https://v.example.eu"


@contextmanager
def blank_page() -> Iterator[Page]:
    """Yield the page; whatever it asks of another host is refused, as is all but our static files."""

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        headers = {**HEADERS, **VERIFIER_HEADERS}
        if route.request.url.startswith(f"{ORIGIN}/static/"):
            file = STATIC / url.path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0]
            route.fulfill(body=file.read_bytes(), content_type=kind, headers=headers)
        elif route.request.url == f"{ORIGIN}/verify":
            route.fulfill(body="<!DOCTYPE html><title>blank</title>", content_type="text/html", headers=headers)
        else:
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"{ORIGIN}/verify")
        yield page
        browser.close()
