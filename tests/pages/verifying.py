"""The register as the tests of `/verify` meet it: a label, its list and the bundle, and the web program on a port."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import uvicorn
from playwright.async_api import BrowserContext, Page

from certify.publication.bundle import OfflineBundle
from certify.vault.published_paths import STATUS_INDEX
from labels.encoding import to_base36
from labels.key_set import KeySet, TrustedKey, Use
from labels.signing import prepare, sign
from labels.status import Shard, signed_list
from schemas.label import LabelStatement, Standing
from tests.pages.conftest import House
from tests.unit.labels.conftest import ID, key

LABEL, STATUS = key("the label key of this page"), key("the status key of this page")
NOW = datetime.now(UTC).replace(microsecond=0)
STATEMENT = LabelStatement(
    id=ID, expires_at=NOW + timedelta(days=300), tier="low", status_index=77, subject_digest="0" * 24,
    name_version="Lighthouse Reader 2.1", holder="Northern Lights",
)  # fmt: skip
TOKEN = to_base36(sign(prepare(STATEMENT), LABEL))
FORGED = to_base36(sign(prepare(STATEMENT.model_copy(update={"name_version": "Golden Goose 9"})), key("forger")))
KEYS = KeySet(
    tuple(
        TrustedKey(one.public_key, date(NOW.year - 1, 1, 1), date(NOW.year + 1, 12, 31), use)
        for one, use in ((LABEL, Use.LABEL), (STATUS, Use.STATUS))
    )
)
PHONE = {"width": 360, "height": 740}


@dataclass
class Register:
    """The web program on a port of this machine, and what it publishes."""

    house: House
    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://localhost:{self.port}"

    async def publishes(
        self, standing: Standing = Standing.IN_FORCE, *, version: int = 42, ago: timedelta = timedelta()
    ) -> None:
        """Publish a list in which the label stands in some way, and the bundle with it."""
        files, address = self.house.services.published, f"{self.url}/s/0"
        shard = bytes(Shard([(STATEMENT.status_index, standing)]))
        files.write("s/0", signed_list(shard, address=address, version=version, at=NOW - ago, signer=STATUS))
        files.write(STATUS_INDEX, json.dumps({"status_lists": [address]}).encode())
        await OfflineBundle(files, "localhost/log", self.url, KEYS.as_json).write(NOW)


@asynccontextmanager
async def served(house: House) -> AsyncIterator[Register]:
    """Serve the application as the program does."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(house.app, interface="asgi3", log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    yield Register(house, listening.getsockname()[1])
    server.should_exit = True
    await running


async def opened(phone: BrowserContext, register: Register, path: str = "/verify") -> Page:
    """Open the page, and wait until its worker keeps everything."""
    page = await phone.new_page()
    await page.goto(register.url + path)
    async with asyncio.timeout(20):
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page
