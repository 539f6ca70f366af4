"""Passkeys in a real Chromium, with an authenticator of its own: the script of the pages, headers and all (W3C)."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import uvicorn
from playwright.async_api import Page as Screen
from playwright.async_api import async_playwright

from tests.builders import SECRETARY
from tests.pages.account import PASSWORD, with_password
from tests.pages.conftest import House

pytestmark = pytest.mark.slow

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def address(strict: House) -> AsyncIterator[str]:
    """The pages at an address of this machine; passkeys belong to `localhost`."""
    port = free_port()
    settings = strict.services.settings.model_copy(update={"public_url": f"http://localhost:{port}"})
    house = House(replace(strict.services, settings=settings))
    server = uvicorn.Server(uvicorn.Config(house.app, port=port, interface="asgi3", lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield settings.public_url
    server.should_exit = True
    await serving


@asynccontextmanager
async def chromium() -> AsyncIterator[Screen]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        screen = await browser.new_page(viewport={"width": 360, "height": 740}, locale="en-GB")
        session = await screen.context.new_cdp_session(screen)
        await session.send("WebAuthn.enable")
        await session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield screen
        await browser.close()


async def test_a_passkey_is_made_signs_in_without_an_address_and_confirms_an_act(strict: House, address: str) -> None:
    mail = await with_password(strict, SECRETARY)
    async with chromium() as screen:
        said: list[str] = []
        screen.on("console", lambda line: said.append(line.text))
        await screen.goto(f"{address}/sign-in")
        await screen.fill("#mail", mail)
        await screen.fill("#password", PASSWORD)
        await screen.click("button:has-text('Sign in'):not(:has-text('passkey'))")
        await screen.wait_for_url(re.compile("/account"))
        await screen.fill("#name", "This computer")
        await screen.click("button:has-text('Add a passkey')")
        await screen.click("button:has-text('Make the passkey')")
        await screen.wait_for_url(re.compile("done=passkey_added"))
        assert await screen.locator(".certify-entries__title").inner_text() == "This computer"
        await screen.click("button:has-text('Sign out')")

        await screen.goto(f"{address}/sign-in?next_href=/account/tokens")
        await screen.click("button:has-text('Sign in with a passkey')")
        await screen.wait_for_url(re.compile("/account/tokens"))

        await screen.goto(f"{address}/account/step-up?next_href=/account/sessions")
        await screen.click("button:has-text('Use a passkey')")
        await screen.wait_for_url(re.compile("/account/sessions"))
        assert await screen.locator("text=by passkey").count() == 1
        assert [line for line in said if "Content Security Policy" in line] == []
