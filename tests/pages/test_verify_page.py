"""The page `/verify` in a real browser: both answers, offline too, and nothing asked of anybody else."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from schemas.label import Standing
from schemas.label_number import format_number
from tests.pages.conftest import House
from tests.pages.eyes import WCAG
from tests.pages.test_public import issued
from tests.pages.verifying import FORGED, NOW, PHONE, TOKEN, Register, opened, served
from tests.unit.labels.conftest import ID

pytestmark = pytest.mark.slow


@pytest.fixture
async def register(house: House) -> AsyncIterator[Register]:
    async with served(house) as register:
        yield register


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@pytest.fixture
async def phone(browser: Browser, register: Register) -> AsyncIterator[BrowserContext]:
    """A phone that notes whom it asks."""
    context = await browser.new_context(viewport=PHONE, locale="en")  # type: ignore[arg-type]
    context.on("request", lambda request: register.asked.append(request.url))
    context.set_default_timeout(10_000)
    yield context
    await context.close()


async def check(page: Page, text: str) -> str:
    """Type what the code says, and return what is read then."""
    await page.get_by_label("What the square code says").fill(text)
    async with page.expect_event("requestfinished", lambda one: one.url.endswith("/offline.bundle")):
        await page.get_by_role("button", name="Check this label").click()
    await page.locator("#authenticity").wait_for()
    await page.wait_for_timeout(150)
    return " ".join((await page.locator("main").inner_text()).split())


async def test_both_answers_are_given_apart_with_the_age_of_the_list(phone: BrowserContext, register: Register) -> None:
    await register.publishes()
    page = await opened(phone, register)
    words = await check(page, f"http://localhost/C/{TOKEN}")

    for said in (
        "Is it ours and unaltered? Our signature", "Product and version Lighthouse Reader 2.1", "Risk tier Low risk",
        "Holder Northern Lights", "Does it still stand? Label in force", f"By the list as of {NOW:%B}",
    ):  # fmt: skip
        assert said in words
    assert format_number(ID).rpartition("-")[0] in words
    assert "The address leads elsewhere" not in words


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing.WITHDRAWN, "Withdrawn, lapsed or ended: do not rely on it"),
        (Standing.SUSPENDED, "Suspended: do not rely on it"),
        (Standing.SUPERSEDED, "Replaced by another label"),
    ],
)
async def test_a_label_out_of_force_is_told(
    phone: BrowserContext, register: Register, standing: Standing, said: str
) -> None:
    await register.publishes(standing)
    words = await check(await opened(phone, register), TOKEN)

    assert said in words
    assert "Label in force" not in words


async def test_a_stale_list_never_says_in_force(phone: BrowserContext, register: Register) -> None:
    await register.publishes(ago=timedelta(hours=25))
    words = await check(await opened(phone, register), TOKEN)

    assert "Our signature" in words
    assert "Could not check now" in words
    assert "The list at hand is too old" in words
    assert "Label in force" not in words


async def test_a_list_older_than_one_seen_before_is_refused_after_a_restart_too(
    phone: BrowserContext, register: Register
) -> None:
    await register.publishes(Standing.WITHDRAWN, version=43)
    page = await opened(phone, register)
    assert "Withdrawn, lapsed or ended" in await check(page, TOKEN)
    await page.close()

    await register.publishes(Standing.IN_FORCE, version=42)
    words = await check(await opened(phone, register), TOKEN)

    assert "older than one this browser has seen" in words
    assert "Label in force" not in words


async def test_nothing_of_a_forged_token_is_shown(phone: BrowserContext, register: Register) -> None:
    await register.publishes()
    page = await opened(phone, register)

    assert "Our signature" in await check(page, TOKEN)
    words = await check(page, FORGED)
    assert "signed with a key that is not ours" in words
    assert "Golden Goose" not in words
    assert "Lighthouse" not in words
    assert "Does it still stand?" not in words


async def test_an_address_that_leads_elsewhere_is_told_with_its_host(phone: BrowserContext, register: Register) -> None:
    await register.publishes()
    words = await check(await opened(phone, register), f"https://evil.example/C/{TOKEN}")

    assert "The address leads elsewhere evil.example" in words


@pytest.mark.parametrize("text", [TOKEN, FORGED, "no code at all", format_number(ID)])
async def test_every_answer_has_its_own_way_to_report(phone: BrowserContext, register: Register, text: str) -> None:
    await register.publishes()
    page = await opened(phone, register)
    report = page.get_by_role("link", name="Report this label")
    await expect(report).to_be_hidden()

    await page.get_by_label("What the square code says").fill(text)
    await page.get_by_role("button", name="Check this label").click()
    await expect(report).to_be_visible()
    assert (await report.get_attribute("href") or "").startswith("/report")


async def test_a_number_alone_is_sent_to_the_register(phone: BrowserContext, register: Register) -> None:
    page = await opened(phone, register)
    await page.get_by_label("What the square code says").fill(format_number(ID))
    await page.get_by_role("button", name="Check this label").click()

    await page.get_by_text("A number carries no proof").wait_for()
    await page.get_by_role("link", name="Ask the register").wait_for()


async def test_it_works_without_a_network_once_it_was_opened(phone: BrowserContext, register: Register) -> None:
    await register.publishes()
    await opened(phone, register)
    await phone.set_offline(True)

    for path, read in (("/verify", "Label in force"), ("/verify?lang=ru", "Знак действует")):
        page = await phone.new_page()
        await page.goto(f"{register.url}{path}#{TOKEN}")
        await page.get_by_text(read, exact=True).wait_for()
        assert "Lighthouse Reader 2.1" in await page.locator("main").inner_text()
        assert await page.evaluate("getComputedStyle(document.querySelector('.certify-header')).backgroundColor") == (
            "rgb(31, 90, 99)"
        )
        assert complaint_free(await page.locator("main").inner_text())


def complaint_free(words: str) -> bool:
    """Whether a page says nothing of what it could not do."""
    return "Could not check" not in words


async def test_a_register_that_answers_with_an_error_is_as_good_as_away(
    phone: BrowserContext, register: Register
) -> None:
    await register.publishes()
    page = await opened(phone, register)
    assert "Label in force" in await check(page, TOKEN)

    (register.house.services.settings.data / "published" / "offline.bundle").unlink()
    assert "Label in force" in await check(page, TOKEN)


async def test_without_keys_it_could_not_check_and_says_nothing_about_the_label(
    phone: BrowserContext, register: Register
) -> None:
    words = await check(await opened(phone, register), TOKEN)

    assert "Could not check now" in words
    assert "This says nothing about the label" in words


async def test_nobody_else_is_asked_and_nothing_typed_leaves(phone: BrowserContext, register: Register) -> None:
    await register.publishes()
    page = await opened(phone, register, f"/verify#{TOKEN}")
    await page.get_by_text("Label in force").wait_for()

    assert {urlsplit(url).netloc for url in register.asked} == {f"localhost:{register.port}"}
    assert not [url for url in register.asked if TOKEN in url.partition("#")[0]]
    assert await phone.cookies() == []


FAKE_READER = """
window.BarcodeDetector = class { async detect() { return [{ rawValue: '0123456789ABCDEF' }, { rawValue: '%s' }] } }
"""


async def test_a_browser_that_reads_codes_takes_a_picture(phone: BrowserContext, register: Register) -> None:
    await register.publishes()
    await phone.add_init_script(FAKE_READER % f"http://localhost/C/{TOKEN}")
    page = await opened(phone, register)
    pixel = await page.screenshot(clip={"x": 0, "y": 0, "width": 8, "height": 8})

    await page.get_by_label("Or a picture of the label").set_input_files(
        {"name": "label.png", "mimeType": "image/png", "buffer": pixel}
    )
    await page.get_by_text("Label in force").wait_for()
    assert await page.get_by_role("button", name="Use the camera").is_visible()


async def test_a_file_that_is_no_picture_is_said_to_be_unreadable(phone: BrowserContext, register: Register) -> None:
    await phone.add_init_script(FAKE_READER % "")
    page = await opened(phone, register)
    await page.get_by_label("Or a picture of the label").set_input_files(
        {"name": "label.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    await page.get_by_text("No square code can be read").wait_for()


async def test_a_browser_that_reads_no_codes_says_so_and_offers_no_field_for_it(
    phone: BrowserContext, register: Register
) -> None:
    page = await opened(phone, register)

    assert await page.get_by_text("This browser cannot read pictures").is_visible()
    assert not await page.get_by_label("Or a picture of the label").is_visible()
    assert not await page.get_by_role("button", name="Use the camera").is_visible()


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_everybody_can_use_it_on_a_phone(phone: BrowserContext, register: Register, language: str) -> None:
    await register.publishes(Standing.SUSPENDED)
    page = await opened(phone, register, f"/verify?lang={language}#{TOKEN}")
    await page.locator("#standing").wait_for()

    assert str((await Axe().run(page, options=WCAG)).generate_snapshot()) == ""
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_only_this_page_and_its_worker_may_fetch_and_ask_for_a_camera(register: Register, house: House) -> None:
    anybody = await house.browser(None)

    for path in ("/verify", "/verify-worker.js"):
        headers = (await anybody.get(path)).headers
        assert headers["Content-Security-Policy"].endswith("; connect-src 'self'; worker-src 'self'")
        assert headers["Permissions-Policy"].startswith("camera=(self)")
    other = (await anybody.get("/labels")).headers
    assert "connect-src" not in other["Content-Security-Policy"]
    assert other["Permissions-Policy"].startswith("camera=()")


async def test_the_worker_changes_with_what_it_keeps(house: House) -> None:
    anybody = await house.browser(None)
    script = (await anybody.get("/verify-worker.js")).text
    kept = json.loads(script.partition("KEPT = ")[2].partition("\n")[0])

    assert (await anybody.get("/verify-worker.js", headers={"Accept-Language": "ru"})).text == script
    for address in kept:
        assert (await anybody.get(address)).status_code == 200, address
    page = (await anybody.get("/verify")).text
    assert all(address in kept for address in page.split('"') if address.startswith("/static/"))


async def test_without_scripts_the_page_asks_for_the_number(browser: Browser, register: Register) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(register.url + "/verify")

    assert await page.get_by_label("Label number").is_visible()
    assert not await page.get_by_label("What the square code says").is_visible()
    await context.close()


async def test_home_and_every_scan_lead_here_and_the_token_stays_behind_the_hash(house: House) -> None:
    label = await issued(house)
    anybody = await house.browser(None)

    assert 'href="/verify"' in (await anybody.get("/")).text
    for path in (f"/{label.id}", f"/C/{label.token}"):
        assert f'href="/verify?lang=ru#{label.token}"' in (await anybody.get(f"{path}?lang=ru")).text
