"""In a real browser: names and contents of evidence are text, and a file is saved and never run (security T1, T2)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page as Screen
from playwright.async_api import Request, Route, async_playwright

from tests.builders import APPLICANT, Walk
from tests.files import pdf
from tests.pages.conftest import HOST, House, walk

pytestmark = pytest.mark.slow

_LISTENER = "http://127.0.0.1:9"
NAMES = (
    *(
        "<script>alert(1)</script>.md",
        "<img src=x onerror=alert(1)>.md",
        "<svg onload=alert(1)>.md",
        "'\"><b id=pwned>.md",
    ),
    *('"onmouseover=alert(1) x=".md', "javascript:alert(1).md", "{{7*7}}.md", "{% include 'x' %}.md", "${7*7}.md"),
    *(f"<iframe src={_LISTENER}>.md", f"<link rel=prefetch href={_LISTENER}>.md", f"<img src={_LISTENER}/a>.md"),
    *("</a><a href=javascript:alert(1)>.md", "</li></ul><script>alert(1)</script>.md", "<!--.md", "-->.md", "]]>.md"),
    *(
        "&lt;script&gt;.md",
        "&#60;script&#62;.md",
        "%3Cscript%3E.md",
        "<template><script>.md",
        "<math><mi//xlink:href=x>.md",
    ),
    *("<base href=//x>.md", "<meta http-equiv=refresh content=0>.md", "<object data=x>.md", "<embed src=x>.md"),
    *("<details open ontoggle=alert(1)>.md", "<input autofocus onfocus=alert(1)>.md", "<style>*{}</style>.md"),
    *("a' onclick='alert(1).md", "`onclick=alert(1)`.md", "<x contenteditable onblur=alert(1)>.md"),
)
CONTENTS = {
    "onload.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "foreign.svg": b"<svg><foreignObject><script>alert(1)</script></foreignObject></svg>",
    "page.html": b"<html><script>alert(1)</script></html>",
    "image.html": b"<img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "script.pdf": pdf(catalogue=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
    "launch.pdf": pdf(catalogue=b"/OpenAction<</S/Launch/F(calc)>>"),
    "link.pdf": pdf(catalogue=b"/OpenAction<</S/URI/URI(http://127.0.0.1:9/)>>"),
    "seven.txt": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
}
"""Files as they may lie in a store, those of before what is accepted was checked among them."""


class Watched:
    """A browser at the application, and everything it did that it should not."""

    def __init__(self, house: House, screen: Screen, cookie: str) -> None:
        self._house, self._cookie = house, cookie
        self.screen, self.dialogs, self.elsewhere = screen, [], []  # type: ignore[var-annotated]  # texts

    async def begin(self) -> None:
        await self.screen.route("**/*", self._answer)
        self.screen.on("request", self._note)
        self.screen.on("dialog", self._dismiss)

    def _note(self, request: Request) -> None:
        if not request.url.startswith(HOST):
            self.elsewhere.append(request.url)

    async def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    async def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if not route.request.url.startswith(HOST):
            await route.abort()
            return
        client = await self._house.browser(APPLICANT)
        answer = await client.get(f"{url.path}?{url.query}")
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        await route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


@pytest.fixture
async def watched(house: House) -> AsyncIterator[Watched]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        found = Watched(house, await chromium.new_page(), "")
        await found.begin()
        yield found
        await chromium.close()


async def in_store(house: House, files: dict[str, bytes]) -> Walk:
    """A case with these files, whatever is accepted today."""
    walked = walk().to_intake()
    for name, content in files.items():

        async def once(content: bytes = content) -> AsyncIterator[bytes]:
            yield content

        kept = await house.services.vault.put("case-1", once(), max_bytes=10_000)
        walked.offer(
            "I-1.1-01", file=name, digest_of_file=kept.digest, stored_digest=kept.stored_digest, size=kept.size
        )
    await house.holds(walked)
    return walked


async def test_no_name_of_a_file_becomes_anything_but_text(house: House, watched: Watched) -> None:
    walked = await in_store(house, {name: str(number).encode() for number, name in enumerate(NAMES)})

    await watched.screen.goto(f"{HOST}/applicant/case-1")
    shown = await watched.screen.locator("main").inner_text()
    strange = (
        "main script, main iframe, main svg, main object, main embed, main base, main [onerror], #pwned, main style"
    )

    assert [item.file for item in walked.case.evidence.values() if item.file not in shown] == []
    assert await watched.screen.locator(strange).count() == 0
    assert (watched.dialogs, watched.elsewhere) == ([], [])


async def test_no_file_is_shown_or_run(house: House, watched: Watched) -> None:
    walked = await in_store(house, CONTENTS)
    await watched.screen.goto(f"{HOST}/applicant/case-1")

    for item in walked.case.evidence:
        async with watched.screen.expect_download() as saving:
            await watched.screen.locator(f'a[href="/files/cases/case-1/{item}"]').first.click()
        saved = await saving.value
        assert saved.suggested_filename == walked.case.evidence[item].file

    await asyncio.sleep(0)
    assert watched.screen.url == f"{HOST}/applicant/case-1"
    assert (watched.dialogs, watched.elsewhere) == ([], [])


def test_the_corpus_has_forty_payloads() -> None:
    assert len(NAMES) + len(CONTENTS) >= 40
