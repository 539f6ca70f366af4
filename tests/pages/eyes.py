"""A browser for tests: it looks at a page the application sent, with its real style, and lets nothing leave."""

import mimetypes
from urllib.parse import urlsplit

import httpx2
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Dialog, Route
from playwright.async_api import Page as Screen

from certify.web.rendering import STATIC

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
HOST = "http://localhost:8080"


class Eyes:
    """A browser that looks at a page the application sent, with its real style, and lets nothing leave."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._content = b""

    async def open(self) -> None:
        """Let the browser find in every address what is to be looked at."""
        await self._screen.route("**/*", self._answer)

    async def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            await route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            await route.fulfill(body=self._content, content_type="text/html; charset=utf-8")

    async def leaves(self, page: httpx2.Response, text: str) -> bool:
        """Write into a page, go elsewhere by its first link, and tell whether the browser asks before that."""
        self._content = page.content
        asked: list[str] = []

        async def answer(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.accept()

        self._screen.on("dialog", answer)
        await self._screen.goto(HOST)
        if text:
            await self._screen.locator("main textarea").first.press_sequentially(text)
        await self._screen.locator("header a").first.click()
        return asked == ["beforeunload"]

    async def complaints(self, page: httpx2.Response, width: int = 360) -> str:
        """Return what axe finds against WCAG 2.2 AA, and whether the page is wider than the screen."""
        over = await self.overflow(page, width)
        found = str((await Axe().run(self._screen, options=WCAG)).generate_snapshot())
        return found + (f"wider than the screen: {width + over}" if over else "")

    async def overflow(self, page: httpx2.Response, width: int = 360) -> int:
        """Return by how many pixels a page is wider than the screen."""
        self._content = page.content
        await self._screen.set_viewport_size({"width": width, "height": 740})
        await self._screen.goto(f"{HOST}/seen")
        wide: int = await self._screen.evaluate("document.documentElement.scrollWidth")
        return max(0, wide - width)
