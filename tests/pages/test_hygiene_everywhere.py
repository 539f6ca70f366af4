"""What every answer of every route carries, and what none of them does (security T8, T15, T17, T37; gate G8)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from certify.web import hygiene
from certify.web.app import protected
from certify.web.permissions import SAFE_METHODS, DeclaredRoute, Permitted
from certify.web.sign_in import WORK, relative
from certify.web.single_fields import SingleFields
from tests.builders import APPLICANT, SECRETARY
from tests.pages.conftest import HOST, House, housed, shared_routes
from tests.pages.matrix import _PLACES, routes

EVIL = "evil.example"
TEMPLATES = Path(__file__).parents[2] / "certify" / "templates"
MAY_DIFFER = {"Cache-Control", "Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy"}
"""What a route may say otherwise; that it says something is asked of every one."""


@pytest.fixture(scope="module")
async def open_house(tmp_path_factory: pytest.TempPathFactory, furnished: bytes) -> AsyncIterator[House]:
    async with housed(tmp_path_factory.mktemp("hygiene"), furnished) as house:
        yield house


@pytest.fixture(scope="module")
async def anybody(open_house: House) -> httpx2.AsyncClient:
    return await open_house.browser(None)


def address_of(route: DeclaredRoute) -> str:
    places = {**_PLACES, "application": "case-1", "matter": "matter-1", "label": "0123456789ABCDEF"}
    return re.sub(r":\w+}", "}", route.path).format(**places)


def all_routes(house: House) -> list[DeclaredRoute]:
    return [one for one in routes(house) if one.method != "HEAD"]


def carries_what_it_must(answer: httpx2.Response) -> list[str]:
    lacking = [name for name in hygiene.HEADERS if name not in answer.headers]
    other = [
        name for name, value in hygiene.HEADERS.items() if name not in MAY_DIFFER and answer.headers.get(name) != value
    ]
    loose = [word for word in ("unsafe-inline", "unsafe-eval", "*", "http:") if word in answer.headers[CSP]]
    return [*lacking, *other, *loose]


CSP = "Content-Security-Policy"


async def test_every_answer_carries_the_headers_and_names_no_attacker(
    open_house: House, anybody: httpx2.AsyncClient
) -> None:
    poison = {"Host": EVIL, "X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "Forwarded": f"host={EVIL}"}
    wrong: list[str] = []
    for route in all_routes(open_house):
        answer = await anybody.request(route.method, address_of(route), headers=poison, params={"unknown": EVIL[::-1]})
        found = carries_what_it_must(answer)
        if EVIL in answer.text or EVIL in str(answer.headers):
            found.append("names the attacker's host")
        if isinstance(route.declared, Permitted) and answer.headers["Cache-Control"] != "no-store":
            found.append("may be stored")
        kind, _, charset = answer.headers.get("Content-Type", "").partition(";")
        if kind.startswith("text/") and charset.strip().lower() != "charset=utf-8":
            found.append("a text in no charset")
        if found:
            wrong.append(f"{route.method} {route.path}: {found}")

    assert wrong == []


async def test_every_unsafe_route_refuses_what_another_site_sends(
    open_house: House, anybody: httpx2.AsyncClient
) -> None:
    del anybody.headers["Sec-Fetch-Site"]
    unsafe = [one for one in all_routes(open_house) if one.method not in SAFE_METHODS]
    crossing = ({"Origin": f"https://{EVIL}"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"})

    statuses = {
        (one.method, one.path, (await anybody.request(one.method, address_of(one), headers=headers)).status_code)
        for one in unsafe
        for headers in crossing
    }
    anybody.headers["Sec-Fetch-Site"] = "same-origin"

    assert {status for *_, status in statuses} == {403}
    assert len(unsafe) > 150


async def test_a_method_that_a_route_does_not_know_is_not_allowed(
    open_house: House, anybody: httpx2.AsyncClient
) -> None:
    by_address: dict[str, set[str]] = {}
    for route in all_routes(open_house):
        by_address.setdefault(address_of(route), set()).add(route.method)

    for address, known in by_address.items():
        for method in {"PATCH", "TRACE", "BREW"} - known:
            answer = await anybody.request(method, address)
            assert answer.status_code in {404, 405}, (method, address)
            assert carries_what_it_must(answer) == [], (method, address)


@pytest.mark.parametrize(
    "address",
    ["/docs", "/redoc", "/openapi.json", "/metrics", "/debug", "/admin", "/console", "/server-status", "/actuator",
     "/.git/config", "/.git/HEAD", "/.env", "/.well-known/", "/static/", "/static", "/backup.zip", "/record.db"],
)  # fmt: skip
async def test_nothing_of_the_inside_has_an_address(anybody: httpx2.AsyncClient, address: str) -> None:
    answer = await anybody.get(address)

    assert answer.status_code in {400, 404}  # what could be a number of a label is a mistyped one
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


async def test_what_lets_in_is_taken_from_no_address(open_house: House, anybody: httpx2.AsyncClient) -> None:
    secretary = await open_house.browser(SECRETARY)
    cookie = secretary.cookies["session"]
    assert (await secretary.get("/secretariat")).status_code == 200

    for name in ("session", "__Host-session", "token", "access_token", "api_key", "authorization"):
        for address in ("/secretariat", "/api/me"):
            answer = await anybody.get(address, params={name: cookie})
            assert answer.status_code in {303, 307, 401}, (name, address)


def test_every_form_of_fastapi_has_each_field_once(open_house: House) -> None:
    forms = [one for one in all_routes(open_house) if not one.path.startswith("/api/")]
    read_by_fastapi = [one for one in forms if getattr(one.context, "body_field", None) is not None]

    assert [one.path for one in read_by_fastapi if not isinstance(one.context.original_route, SingleFields)] == []
    assert len(read_by_fastapi) >= 6


async def test_a_password_that_is_sent_twice_differently_changes_nothing(open_house: House) -> None:
    browser = await open_house.browser(APPLICANT)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = await browser.post("/account/mail", content="mail=one%40a.example&mail=two%40a.example", headers=headers)

    assert (answer.status_code, "sent twice" in answer.text) == (422, True)


async def test_a_field_that_is_sent_twice_differently_is_nobodys_choice(open_house: House) -> None:
    secretary = await open_house.browser(SECRETARY)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    for content, status in (("invitation=one&invitation=another", 422), ("invitation=one&invitation=one", 404)):
        answer = await secretary.post("/account/invitations/confirm", content=content, headers=headers)

        assert answer.status_code == status
        assert ("sent twice" in answer.text) is (status == 422)


@pytest.mark.parametrize(
    "address",
    ["/applicant/", "/sign-in/", "/secretariat/case-1/", "/L/x.css", f"{WORK}/x.css", "/sign-in;x.css",
     "/api/me/x.css", "/my/ties/x.css", "/api/me%2Fx.css", "/\\evil.example", "/static/../app.py",
     "/static/%2e%2e/app.py"],
)  # fmt: skip
async def test_only_exact_addresses_are_answered_so_that_no_cache_is_deceived(open_house: House, address: str) -> None:
    secretary = await open_house.browser(SECRETARY)
    answer = await secretary.get(address, headers={"Host": EVIL})

    assert answer.status_code in {404, 405}
    assert EVIL not in answer.headers.get("Location", "")
    assert SECRETARY.person not in answer.text


@pytest.mark.parametrize(
    ("status", "method", "address", "sent"),
    [
        (404, "GET", "/nowhere/at/all", {}),
        (405, "PUT", "/sign-in", {}),
        (413, "POST", "/api/self-check", {"content": b"x" * (9 * 1024 * 1024)}),
        (413, "POST", "/sign-in", {"content": b"x" * (9 * 1024 * 1024)}),
        (422, "POST", "/api/self-check", {"json": {}}),
        (422, "POST", "/sign-in", {"data": {}}),
        (401, "GET", "/api/me", {}),
    ],
)
async def test_an_error_carries_the_headers_too(
    anybody: httpx2.AsyncClient, status: int, method: str, address: str, sent: dict[str, object]
) -> None:
    answer = await anybody.request(method, address, **sent)  # type: ignore[arg-type]  # body of any kind

    assert answer.status_code == status
    assert carries_what_it_must(answer) == []
    assert answer.headers["Cache-Control"] == "no-store"


async def test_an_unexpected_error_carries_the_headers_and_tells_nothing(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> bool:
        raise RuntimeError("secret-of-the-inside")

    monkeypatch.setattr(open_house.services.procedure, "is_reachable", broken)
    transport = httpx2.ASGITransport(app=open_house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 500
    assert carries_what_it_must(answer) == []
    assert "secret-of-the-inside" not in answer.text


NESTED = b"[" * 200_000
BOUNDARY = b"----x"
FIELDS = b"".join(
    b'--%s\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % (BOUNDARY, n) for n in range(1500)
)


@pytest.mark.parametrize(
    ("address", "content", "kind"),
    [
        ("/api/self-check", NESTED, "application/json"),
        ("/api/self-check", b'{"a":' * 100_000, "application/json"),
        ("/api/self-check", b"\xff\xfe", "application/json"),
        ("/sign-in", FIELDS + b"--" + BOUNDARY + b"--\r\n", "multipart/form-data; boundary=----x"),
        ("/sign-in", b"--nothing", "multipart/form-data; boundary=----x"),
        ("/sign-in", b"mail=a&" * 5000, "application/x-www-form-urlencoded"),
        ("/report", b"text=" + b"%00" * 5000, "application/x-www-form-urlencoded"),
    ],
)
async def test_bombs_of_nesting_and_of_fields_are_refused(
    anybody: httpx2.AsyncClient, address: str, content: bytes, kind: str
) -> None:
    answer = await anybody.post(address, content=content, headers={"Content-Type": kind})

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "href",
    ["//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil.example",
     "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "", "/\x00", " //evil.example", "/\u200b\\evil",
     "http:/evil.example", "/\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_nobody_is_led_away_after_signing_in(href: str) -> None:
    led = relative(href)

    assert led == "/work"


async def test_with_https_the_browser_insists_on_it(open_house: House) -> None:
    settings = open_house.services.settings.model_copy(update={"public_url": "https://labels.example.org"})
    shared_routes(replace(open_house.services, settings=settings))
    transport = httpx2.ASGITransport(app=protected(shared_routes(open_house.services), settings))
    async with httpx2.AsyncClient(transport=transport, base_url="https://labels.example.org") as client:
        answer = await client.get("/sign-in")

    assert answer.headers["Strict-Transport-Security"] == hygiene.HSTS


def test_no_template_loads_anything_from_elsewhere_or_runs_anything_inline() -> None:
    elsewhere = re.compile(r"""(?:src|href|action|srcset|poster|data)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)
    inline = re.compile(
        r"<script(?![^>]*\ssrc=)|<style|<\w[^>]*\s(?:style|on[a-z]+)=|javascript:|\|\s*safe\b", re.IGNORECASE
    )
    found = [
        f"{path.name}: {match.group()}"
        for path in TEMPLATES.rglob("*.html")
        for rule in (elsewhere, inline)
        for match in rule.finditer(path.read_text())
    ]

    assert found == []


def test_nothing_of_the_web_fetches_addresses() -> None:
    clients = re.compile(
        r"^\s*(?:import|from)\s+(?:httpx2?|requests|aiohttp|urllib\.request|urllib3|socket)\b", re.MULTILINE
    )
    web = TEMPLATES.parent / "web"

    assert [path.name for path in web.rglob("*.py") if clients.search(path.read_text())] == []
