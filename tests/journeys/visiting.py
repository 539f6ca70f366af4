"""Whoever comes with nothing but a browser, and somebody who scans a label with a phone."""

from http import HTTPStatus
from typing import Self

from playwright.async_api import Browser, Locator, Page, expect

IN_A_MOMENT_MS = 8_000


class Visitor:
    """Somebody in front of a browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    @classmethod
    async def arrives(cls, browser: Browser, address: str, *, scripts: bool = True) -> Self:
        context = await browser.new_context(locale="en-GB", java_script_enabled=scripts)
        context.set_default_timeout(IN_A_MOMENT_MS)
        return cls(await context.new_page(), address)

    async def opens(self, address: str) -> HTTPStatus:
        """Open an address, a path of the register or a whole URL, and return the status."""
        response = await self.page.goto(address if "://" in address else f"{self.address}{address}")
        assert response is not None
        return HTTPStatus(response.status)

    async def follows(self, link: str, *, within: Locator | None = None) -> None:
        await (within or self.page.get_by_role("main")).get_by_role("link", name=link).first.click()

    async def presses(self, button: str) -> None:
        await self.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    async def writes(self, label: str, text: str) -> None:
        await self.page.get_by_label(label, exact=True).fill(text)

    async def chooses(self, option: str, *, of: str) -> None:
        """Choose one of a group of radios or tick one of a group of boxes."""
        await self.page.get_by_role("group", name=of).get_by_label(option).first.check()

    async def reads(self, *texts: str) -> None:
        for text in texts:
            await expect(self.page.get_by_role("main")).to_contain_text(text)

    async def finds_nothing_of(self, *texts: str) -> None:
        source = await self.page.content()
        assert not [text for text in texts if text in source]

    async def waits_to_read(self, text: str) -> None:
        """Load the page again until it says something."""
        for _ in range(IN_A_MOMENT_MS // 250):
            if text in await self.page.get_by_role("main").inner_text():
                return
            await self.page.wait_for_timeout(250)
            await self.page.reload()
        await self.reads(text)


class Passer(Visitor):
    """Anybody with a telephone, without an account."""

    @classmethod
    async def arrives(cls, browser: Browser, address: str, *, scripts: bool = False) -> Self:
        context = await browser.new_context(
            viewport={"width": 390, "height": 844},
            is_mobile=True,
            has_touch=True,
            locale="en-GB",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(IN_A_MOMENT_MS)
        return cls(await context.new_page(), address)

    async def is_told(self, headline: str) -> None:
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(headline)

    async def opens_picture(self, link: str) -> bytes:
        """Follow a link to a picture and return the bytes the browser got."""
        href = await self.page.get_by_role("link", name=link).get_attribute("href")
        assert href is not None
        async with self.page.expect_response(f"**{href}") as got:
            await self.follows(link)
        response = await got.value
        assert response.headers["content-type"] == "image/png"
        return await response.body()
