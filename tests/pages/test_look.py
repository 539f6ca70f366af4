"""Pages as a phone shows them: readable by everyone, quiet, whole without scripts (WCAG 2.2 AA)."""

import mimetypes
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright
from starlette.responses import HTMLResponse

from certify.web.hygiene import HEADERS
from certify.web.public.views import ScanView, scan_page
from certify.web.rendering import STATIC, render
from tests.unit.certify.web.samples import PUBLIC_PAGES, SCANS, SITE, WORK_PAGES, a_request

pytestmark = pytest.mark.slow

ORIGIN = f"https://{SITE.host}"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}

TEMPLATES = PUBLIC_PAGES | WORK_PAGES
PAGES = [*SCANS, *TEMPLATES, "in_force ru", "mistyped ru", "public/home.html ru", "public/labels.html ru"]


def rendered(name: str) -> HTMLResponse:
    page, _, language = name.partition(" ")
    request = a_request("/x", f"lang={language}" if language else "")
    return scan_page(request, SCANS[page]) if page in SCANS else render(request, page, **TEMPLATES[page])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def shown(browser: Browser, name: str, size: dict[str, int]) -> Page:
    """Open a page of ours with its real headers; every request is answered from memory, none leaves."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.url.startswith(f"{ORIGIN}/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            route.fulfill(body=file.read_bytes(), content_type=kind, headers=HEADERS)
        elif route.request.url == f"{ORIGIN}/x":
            response = rendered(name)
            route.fulfill(
                status=response.status_code, body=bytes(response.body), content_type="text/html", headers=HEADERS
            )
        else:
            route.abort()

    page = browser.new_page(viewport=size)  # type: ignore[arg-type]
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/x")
    return page


def complaints(page: Page) -> str:
    """Return what axe finds against WCAG 2.2 AA, one line a rule."""
    return str(Axe().run(page, options=WCAG).generate_snapshot())


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_complain_of_on_a_phone(browser: Browser, name: str) -> None:
    with shown(browser, name, PHONE) as page:
        assert complaints(page) == ""


@pytest.mark.parametrize("name", ["in_force", "public/home.html", "public/labels.html"])
def test_axe_finds_nothing_to_complain_of_on_a_desk(browser: Browser, name: str) -> None:
    with shown(browser, name, DESK) as page:
        assert complaints(page) == ""


def test_axe_would_find_a_text_too_pale_to_read(browser: Browser) -> None:
    with shown(browser, "in_force", PHONE) as page:
        page.evaluate("document.querySelector('h1').style.color = '#bcd'")
        assert complaints(page).startswith("color-contrast")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_phone(browser: Browser, name: str) -> None:
    with shown(browser, name, PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


LABELLED = [name for name, view in SCANS.items() if isinstance(view, ScanView) and view.label is not None]


@pytest.mark.parametrize("name", [f"{name}{language}" for name in LABELLED for language in ("", " ru")])
def test_register_standing_product_and_holder_are_read_in_the_first_400_pixels(browser: Browser, name: str) -> None:
    with shown(browser, name, PHONE) as page:
        places = [
            page.evaluate("selector => document.querySelector(selector).getBoundingClientRect().bottom", selector)
            for selector in (
                ".certify-header__name",
                ".certify-header__host",
                ".certify-answer__headline",
                ".certify-answer__product",
                ".certify-answer__holder",
            )
        ]
        assert page.locator(".certify-answer__headline svg").is_visible()

    assert places == sorted(places)
    assert places[-1] <= 400


@pytest.mark.parametrize("name", ["in_force", "in_force ru", "expired", "suspended"])
def test_the_answer_is_read_in_the_first_400_pixels_and_the_facts_on_the_first_screen(
    browser: Browser, name: str
) -> None:
    with shown(browser, name, PHONE) as page:
        answer, facts = (
            page.evaluate("selector => document.querySelector(selector).getBoundingClientRect().bottom", selector)
            for selector in (".certify-answer", ".certify-version")
        )

    assert answer <= 400
    assert facts <= PHONE["height"]


@pytest.mark.parametrize("name", ["in_force", "public/home.html", "public/labels.html"])
def test_a_public_page_asks_its_own_host_for_style_sheets_and_an_icon(browser: Browser, name: str) -> None:
    asked: list[tuple[str, str]] = []
    with shown(browser, name, PHONE) as page:
        page.on("request", lambda request: asked.append((request.resource_type, urlsplit(request.url).netloc)))
        page.reload(wait_until="networkidle")

    assert {host for _, host in asked} == {SITE.host}
    assert [kind for kind, _ in asked if kind != "other"] == ["document", "stylesheet", "stylesheet", "stylesheet"]


@pytest.mark.parametrize("name", ["in_force", "in_force ru", "suspended", "unknown_number", "public/labels.html"])
def test_no_number_is_broken_at_a_hyphen_on_a_phone(browser: Browser, name: str) -> None:
    with shown(browser, name, {"width": 390, "height": 844}) as page:
        whole = page.locator(".certify-whole", has_text="-HE3W-")
        assert whole.count() > 0
        lines = "all => all.map((one) => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight))"
        assert max(whole.evaluate_all(lines)) < 1.5


def test_the_look_is_applied_under_the_content_security_policy(browser: Browser) -> None:
    with shown(browser, "in_force", PHONE) as page:
        colour = page.evaluate("getComputedStyle(document.querySelector('.certify-header')).backgroundColor")

    assert colour == "rgb(31, 90, 99)"


def test_the_keyboard_reaches_the_content_first(browser: Browser) -> None:
    with shown(browser, "public/home.html", PHONE) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
