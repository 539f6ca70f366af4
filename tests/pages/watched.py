"""Chromium in front of the pages as they are served, and a note of all it did that no page of ours may do.

Chromium finds the pages under `HOST`, where passkeys belong, and the files under `FILES_HOST`. `ELSEWHERE` leads to a
door that counts who knocks, and no other host is there.
"""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import uvicorn
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Request,
    Response,
    async_playwright,
    expect,
)
from playwright.async_api import CDPSession as Protocol
from playwright.async_api import Page as Screen
from starlette.types import Receive, Scope, Send

from schemas.people import PersonFacts
from tests.nasty_files import ELSEWHERE
from tests.pages.account import PASSWORD, strong
from tests.pages.conftest import HOST, House

FILES_HOST = "http://files.example.org"
PHONE, DESK = {"width": 375, "height": 740}, {"width": 1280, "height": 900}
IN_A_MOMENT_MS = 20_000
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass
class Authenticator:
    """The authenticator of a browser: it says yes at once, unless told otherwise (WebAuthn Level 3, 11)."""

    protocol: Protocol
    id: str

    async def will(self, command: str, **said: object) -> None:
        """Give it a command of the domain WebAuthn, as `setUserVerified`."""
        await self.protocol.send(f"WebAuthn.{command}", {"authenticatorId": self.id, **said})


@dataclass
class Watched:
    """One person's browser.

    Attributes:
        faults: what was said in the console, asked of other hosts, opened in a window, or given out to be shown.
    """

    context: BrowserContext
    screen: Screen
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to note."""
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.faults.append(f"error {error.error}"))
        self.context.on("page", lambda page: self.faults.append(f"window {page.url}"))
        self.context.on("request", self._request)
        self.context.on("response", self._response)
        self.context.on("dialog", self._dialog)

    def _console(self, said: ConsoleMessage) -> None:
        # Chromium says of every page that is a refusal that it is one.
        if not said.text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.faults.append(f"{said.type} {said.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{HOST}/", f"{FILES_HOST}/", "data:image/")):
            self.faults.append(f"request {request.url}")

    def _response(self, response: Response) -> None:
        is_file = "/files/" in response.url and response.status == HTTPStatus.OK
        if is_file and not response.headers.get("content-disposition", "").startswith("attachment; "):
            self.faults.append(f"shown {response.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    def forget(self) -> list[str]:
        """Return the faults there were, which are faults no more."""
        found, self.faults = self.faults, []
        return found

    async def signed_in(self, house: House, who: PersonFacts) -> None:
        """Let somebody be signed in here who proved just now who they are."""
        cookie = (await strong(house, who)).cookies["session"]
        await self.context.add_cookies([{"name": "session", "value": cookie, "url": HOST}])

    async def opens(self, path: str) -> None:
        """Open a page."""
        await self.screen.goto(f"{HOST}{path}")

    async def presses(self, button: str) -> None:
        await self.screen.get_by_role("button", name=button, exact=True).click()

    async def reads(self) -> str:
        """Return what is to be seen of the page, without what is hidden."""
        return await self.screen.get_by_role("main").inner_text()

    @property
    def main(self) -> Locator:
        """The page between head and foot."""
        return self.screen.get_by_role("main")

    async def authenticator(self) -> Authenticator:
        """Give the browser an authenticator."""
        protocol = await self.context.new_cdp_session(self.screen)
        await protocol.send("WebAuthn.enable")
        made = await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return Authenticator(protocol, made["authenticatorId"])

    async def enters(self, mail: str) -> None:
        """Sign in with the password."""
        await self.opens("/sign-in")
        await self.screen.fill("#mail", mail)
        await self.screen.fill("#password", PASSWORD)
        await self.presses("Sign in")
        await self.screen.wait_for_url(re.compile("/account"))

    async def adds_passkey(self, name: str = "This computer") -> None:
        """Make a passkey on the page of one's account."""
        await self.opens("/account")
        await self.screen.fill("#name", name)
        await self.presses("Add a passkey")
        await self.presses("Make the passkey")
        await self.screen.wait_for_url(re.compile("done=passkey_added"))


class Front:
    """A server for one house after the other, and a Chromium that knows no other."""

    def __init__(self) -> None:
        self.browser: Browser | None = None
        self.house: House | None = None
        self.knocks = 0

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the house of the moment."""
        assert self.house is not None
        await self.house.app(scope, receive, send)

    async def _knock(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.knocks += 1
        writer.close()

    def forget(self) -> int:
        """Return how often somebody knocked, which counts no more."""
        found, self.knocks = self.knocks, 0
        return found

    @asynccontextmanager
    async def of(self, house: House, *, size: dict[str, int] = DESK) -> AsyncIterator[Watched]:
        """Open a browser at a house; at the end it must have had no fault."""
        assert self.browser is not None
        self.house = house
        self.forget()
        context = await self.browser.new_context(viewport=size, locale="en-GB")  # type: ignore[arg-type]  # two numbers
        context.set_default_timeout(IN_A_MOMENT_MS)
        watched = Watched(context, await context.new_page())
        watched.watch()
        try:
            yield watched
        finally:
            await context.close()
        assert watched.faults == [], watched.faults
        assert self.knocks == 0, self.knocks


@asynccontextmanager
async def opened_front() -> AsyncIterator[Front]:
    """Start server, door and Chromium."""
    front = Front()
    expect.set_options(timeout=IN_A_MOMENT_MS)
    door = await asyncio.start_server(front._knock, "127.0.0.1", 0)
    config = uvicorn.Config(front.app, port=0, interface="asgi3", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    ours, other = (one.sockets[0].getsockname()[1] for one in (server.servers[0], door))
    places = {HOST: ours, FILES_HOST: ours, ELSEWHERE: other}
    hosts = ", ".join(f"MAP {urlsplit(url).netloc} 127.0.0.1:{port}" for url, port in places.items())
    async with async_playwright() as playwright:
        front.browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", f"--host-resolver-rules={hosts}, MAP * ~NOTFOUND"],
        )
        yield front
        await front.browser.close()
    server.should_exit = True
    await serving
    door.close()
