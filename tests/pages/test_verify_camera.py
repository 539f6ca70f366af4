"""The camera of `/verify`, in a real browser whose camera films our own label.

Chromium for Linux reads no codes: in the place of its `BarcodeDetector` stands one of the same interface that hands
each picture of the film to zxing-cpp.
"""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from labels import artwork
from labels.reading import texts_in
from schemas.errors import CouldNotCheck
from schemas.label import LabelFacts
from tests.pages.conftest import House
from tests.pages.eyes import WCAG
from tests.pages.verifying import STATEMENT, TOKEN, Register, opened, served

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
FRAME = (1280, 720)
FACTS = LabelFacts(
    id=STATEMENT.id, token=TOKEN, product="Lighthouse Reader", version="2.1", holder="Northern Lights",
    issuer="Commission for the AI Ethics Code", scheme_title="AI Ethics Code", tier_name="Low risk",
    issued_on=date(2026, 11, 22), ends_on=STATEMENT.expires_at.date(), url="http://localhost",
)  # fmt: skip
READER = """
window.BarcodeDetector = class {
  constructor({ formats }) { if (formats.join() !== 'qr_code') throw TypeError(formats) }
  async detect(source) {
    if (source.readyState < 2) throw new DOMException('no picture yet', 'InvalidStateError')
    const canvas = document.createElement('canvas')
    canvas.width = source.videoWidth ?? source.width
    canvas.height = source.videoHeight ?? source.height
    canvas.getContext('2d').drawImage(source, 0, 0)
    return (await readCodes(canvas.toDataURL('image/png'))).map((rawValue) => ({ rawValue }))
  }
}
const stop = MediaStreamTrack.prototype.stop
MediaStreamTrack.prototype.stop = function () {
  stop.call(this)
  localStorage.stopped = 1 + (+localStorage.stopped || 0)
}
"""
"""Beside the reader of codes a note of stopped cameras, which outlives the page."""
TRACKS = "document.querySelector('video').srcObject.getTracks().map((track) => track.readyState)"


def film() -> bytes:
    """Return a second of table, then some of a label that is held a little askew, as motion JPEG."""
    table = Image.new("RGB", FRAME, "#b9a78c")
    label = Image.open(io.BytesIO(artwork.png(FACTS))).convert("RGBA")
    label.thumbnail((1000, 650))
    held = label.rotate(8, expand=True, resample=Image.Resampling.BICUBIC)
    shown = table.copy()
    shown.paste(held, ((FRAME[0] - held.width) // 2, (FRAME[1] - held.height) // 2), held)
    return b"".join(map(_jpeg, [table] * 20 + [shown] * 20))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


class Reader:
    """Reads the pictures that the page draws, as soon as somebody has seen the film."""

    def __init__(self) -> None:
        self.film_was_seen = asyncio.Event()

    async def codes_in(self, picture: str) -> tuple[str, ...]:
        await self.film_was_seen.wait()
        try:
            return texts_in(base64.b64decode(picture.partition(",")[2]))
        except CouldNotCheck:
            return ()


@pytest.fixture
async def register(house: House) -> AsyncIterator[Register]:
    async with served(house) as register:
        await register.publishes()
        yield register


@pytest.fixture(scope="module")
def film_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("film") / "label.mjpeg"
    path.write_bytes(film())
    return path


@pytest.fixture(scope="module")
async def browser(film_path: Path) -> AsyncIterator[Browser]:
    camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film_path}"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", *camera])
        yield chromium
        await chromium.close()


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def phone(browser: Browser, register: Register, reader: Reader) -> AsyncIterator[BrowserContext]:
    """A phone that reads codes, may use its camera, and notes whom it asks."""
    context = await browser.new_context(viewport=PHONE, locale="en", permissions=["camera"])  # type: ignore[arg-type]
    context.on("request", lambda request: register.asked.append(request.url))
    context.set_default_timeout(20_000)
    await context.expose_function("readCodes", reader.codes_in)
    await context.add_init_script(READER)
    yield context
    await context.close()


async def filming(phone: BrowserContext, register: Register, path: str = "/verify") -> Page:
    """Open the page and turn the camera on."""
    page = await opened(phone, register, path)
    await page.locator("[data-film]").click()
    await expect(page.locator("video")).to_be_visible()
    return page


async def test_the_camera_finds_a_label_and_is_off_when_the_answer_is_seen(
    phone: BrowserContext, register: Register, reader: Reader
) -> None:
    page = await filming(phone, register)
    await expect(page.locator("video")).to_be_in_viewport(ratio=1)
    reader.film_was_seen.set()

    await page.get_by_text("Label in force").wait_for()
    await expect(page.get_by_text("Our signature", exact=True)).to_be_in_viewport(ratio=1)
    await expect(page.get_by_text("Lighthouse Reader 2.1")).to_be_visible()
    await expect(page.locator("video")).to_be_hidden()
    assert await page.evaluate(TRACKS) == ["ended"]


async def test_nothing_of_the_film_leaves_the_phone(phone: BrowserContext, register: Register, reader: Reader) -> None:
    page = await filming(phone, register)
    reader.film_was_seen.set()
    await page.get_by_text("Label in force").wait_for()

    asked = [url.removeprefix(register.url) for url in register.asked]
    assert asked[-1] == "/offline.bundle"
    assert all(url == "/offline.bundle" or url.startswith(("/verify", "/static/")) for url in asked)
    assert await phone.cookies() == []


@pytest.mark.parametrize(
    "off", ["by its button", "by what is typed", "by leaving the page", "by a look elsewhere", "by itself"]
)
async def test_the_camera_is_off_as_soon_as_it_is_not_needed(
    phone: BrowserContext, register: Register, off: str
) -> None:
    await phone.add_init_script("BarcodeDetector.prototype.detect = async () => []")
    page = await filming(phone, register)
    assert await page.evaluate(TRACKS) == ["live"]

    if off == "by its button":
        await page.get_by_role("button", name="Stop the camera").click()
    elif off == "by what is typed":
        await page.get_by_label("What the square code says").fill(TOKEN)
        await page.get_by_role("button", name="Check this label").click()
    elif off == "by leaving the page":
        await page.goto(f"{register.url}/labels")
    elif off == "by itself":
        await page.evaluate("document.querySelector('video').srcObject.getTracks()[0].stop()")
    else:
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.locator("video")).not_to_be_visible()
    assert await page.evaluate("+localStorage.stopped") > 0


async def test_it_films_again_after_it_was_stopped(phone: BrowserContext, register: Register, reader: Reader) -> None:
    page = await filming(phone, register)
    await page.get_by_role("button", name="Stop the camera").click()
    await expect(page.locator("video")).to_be_hidden()
    await page.locator("[data-film]").click()
    await expect(page.locator("video")).to_be_in_viewport(ratio=1)
    reader.film_was_seen.set()
    await expect(page.locator("video")).to_be_hidden()
    await expect(page.get_by_text("Label in force")).to_be_visible()


async def test_whoever_asks_for_the_camera_twice_has_one(
    phone: BrowserContext, register: Register, reader: Reader
) -> None:
    page = await opened(phone, register)
    # Both in one go: a film that begins between two clicks of a mouse moves the button away from under the second.
    await page.locator("[data-film]").evaluate("(film) => { film.click(); film.click() }")
    async with asyncio.timeout(20):
        while await page.evaluate("localStorage.stopped") != "1":  # noqa: ASYNC110  # the page tells no events
            await asyncio.sleep(0.05)
    await expect(page.locator("video")).to_be_visible()
    assert await page.evaluate(TRACKS) == ["live"]

    reader.film_was_seen.set()
    await page.get_by_text("Label in force").wait_for()
    assert await page.evaluate(TRACKS) == ["ended"]


@pytest.mark.parametrize(
    ("language", "said", "way_on"),
    [
        ("en", "The camera cannot be used", "choose a picture of the label"),
        ("ru", "Камерой воспользоваться нельзя", "выберите изображение знака"),
    ],
)
async def test_whoever_refuses_the_camera_is_told_what_else_there_is(
    phone: BrowserContext, register: Register, reader: Reader, language: str, said: str, way_on: str
) -> None:
    page = await opened(phone, register, f"/verify?lang={language}")
    await phone.clear_permissions()
    await page.locator("[data-film]").click()

    await expect(page.get_by_text(said)).to_be_in_viewport(ratio=1)
    await expect(page.get_by_text(way_on)).to_be_visible()
    await expect(page.locator("video")).to_be_hidden()
    reader.film_was_seen.set()
    await page.locator("#picture").set_input_files(
        {"name": "label.png", "mimeType": "image/png", "buffer": artwork.png(FACTS)}
    )
    await page.get_by_text("Lighthouse Reader 2.1").wait_for()
    await expect(page.get_by_text(said)).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_everybody_can_use_it_while_it_films(phone: BrowserContext, register: Register, language: str) -> None:
    await phone.add_init_script("BarcodeDetector.prototype.detect = async () => []")
    page = await filming(phone, register, f"/verify?lang={language}")

    assert str((await Axe().run(page, options=WCAG)).generate_snapshot()) == ""
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
