"""The cookie of a session by https, as a browser gets and loses it (ASVS 5.0, 3.3.1 to 3.3.4; security T9)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie

import httpx2
import pytest

from certify.web.app import protected
from tests.builders import APPLICANT
from tests.pages.account import PASSWORD, with_password
from tests.pages.conftest import House, shared_routes

ADDRESS = "https://labels.example.org"


@pytest.fixture
async def browser(strict: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at the same house behind https, that keeps no cookie by itself."""
    settings = strict.services.settings.model_copy(update={"public_url": ADDRESS})
    app = protected(shared_routes(replace(strict.services, settings=settings)), settings)
    transport, headers = httpx2.ASGITransport(app=app), {"Sec-Fetch-Site": "same-origin"}
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers) as opened:
        yield opened


def given(answer: httpx2.Response) -> dict[str, Morsel[str]]:
    """What an answer tells a browser to keep."""
    return dict(SimpleCookie("\r\n".join(answer.headers.get_list("set-cookie"))))


def is_kept_close(cookie: Morsel[str]) -> bool:
    """Whether a browser keeps a cookie to this host, by https, from scripts and from other sites' requests."""
    named = cookie.key.startswith("__Host-") and cookie["path"] == "/" and not cookie["domain"]
    return named and bool(cookie["secure"]) and bool(cookie["httponly"]) and cookie["samesite"] in {"lax", "strict"}


async def test_the_cookie_of_a_session_is_kept_to_its_host_and_from_scripts_and_other_sites(
    strict: House, browser: httpx2.AsyncClient
) -> None:
    form = {"mail": await with_password(strict, APPLICANT), "password": PASSWORD}
    entered = await browser.post("/sign-in", data=form)

    assert entered.status_code == 303, entered.text
    (cookie,) = given(entered).values()
    assert is_kept_close(cookie)
    assert len(cookie.value) >= 43
    assert (await browser.get("/account")).status_code == 200


async def test_every_later_cookie_of_a_session_is_kept_as_close_and_has_another_value(
    strict: House, browser: httpx2.AsyncClient
) -> None:
    entered = await browser.post(
        "/sign-in", data={"mail": await with_password(strict, APPLICANT), "password": PASSWORD}
    )
    proven = await browser.post("/account/step-up", data={"password": PASSWORD})
    changed = await browser.post("/account/password", data={"present": PASSWORD, "password": "quite another secret"})

    cookies = [cookie for answer in (entered, proven, changed) for cookie in given(answer).values()]
    assert [is_kept_close(one) for one in cookies] == [True, True, True]
    assert len({one.value for one in cookies}) == 3


async def test_a_browser_loses_the_cookie_when_its_person_signs_out(strict: House, browser: httpx2.AsyncClient) -> None:
    await browser.post("/sign-in", data={"mail": await with_password(strict, APPLICANT), "password": PASSWORD})

    left = await browser.post("/sign-out")

    (cookie,) = given(left).values()
    # A browser takes nothing of the name `__Host-` that is not so, the end of a cookie neither (RFC 6265bis, 4.1.3.2).
    assert is_kept_close(cookie)
    assert (cookie.value, cookie["max-age"]) == ("", "0")
