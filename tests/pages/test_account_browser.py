"""Passkeys in a real Chromium, with an authenticator of its own: the script of the pages, headers and all (W3C)."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.builders import SECRETARY
from tests.pages.account import with_password
from tests.pages.conftest import House
from tests.pages.watched import PHONE, Front, opened_front

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def front() -> AsyncIterator[Front]:
    async with opened_front() as opened:
        yield opened


async def test_a_passkey_is_made_signs_in_without_an_address_and_confirms_an_act(strict: House, front: Front) -> None:
    async with front.of(strict, size=PHONE) as watched:
        await watched.authenticator()
        await watched.enters(await with_password(strict, SECRETARY))
        await watched.adds_passkey("This computer")
        assert await watched.screen.locator(".certify-entries__title").inner_text() == "This computer"
        await watched.presses("Sign out")

        await watched.opens("/sign-in?next_href=/account/tokens")
        await watched.presses("Sign in with a passkey")
        await watched.screen.wait_for_url(re.compile("/account/tokens"))

        await watched.opens("/account/step-up?next_href=/account/sessions")
        await watched.presses("Use a passkey")
        await watched.screen.wait_for_url(re.compile("/account/sessions"))
        assert await watched.screen.locator("text=by passkey").count() == 1


async def test_where_no_passkey_answers_the_page_says_so_and_nothing_before(strict: House, front: Front) -> None:
    async with front.of(strict, size=PHONE) as watched:
        device = await watched.authenticator()
        await watched.signed_in(strict, SECRETARY)
        await watched.opens("/account")
        await watched.screen.fill("#name", "This computer")
        await watched.presses("Add a passkey")
        before = await watched.reads()
        await device.will("setUserVerified", isUserVerified=False)
        await watched.presses("Make the passkey")
        await watched.screen.get_by_text("The browser got no answer from a passkey.").wait_for()

    assert "got no answer" not in before


async def test_before_its_script_is_there_a_passkey_page_has_nothing_to_press(strict: House, front: Front) -> None:
    async with front.of(strict, size=PHONE) as watched:
        await watched.authenticator()
        await watched.signed_in(strict, SECRETARY)
        await watched.opens("/account")
        await watched.screen.fill("#name", "This computer")
        await watched.screen.route(
            re.compile(r"/static/passkeys\.js"), lambda route: route.fulfill(body="", content_type="text/javascript")
        )
        await watched.presses("Add a passkey")
        await watched.screen.locator("[data-passkey-ready]").wait_for(state="attached")

        assert await watched.screen.get_by_role("button", name="Make the passkey").count() == 0
