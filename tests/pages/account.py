"""People at their own account, for tests: signing in by each way, and setting up what they prove with."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2

from certify.accounts import people, sessions, totp
from certify.accounts.principal import Authn
from schemas.people import PersonFacts
from tests.authenticator import Authenticator
from tests.pages.conftest import House, hidden_in

PASSWORD = "a long enough secret"


async def with_password(house: House, who: PersonFacts) -> str:
    """Give somebody a password and return their address."""
    async with house.services.passwords.turn() as turn:
        hashed = await turn.hash(PASSWORD)
    async with house.services.database.writing() as session:
        account = await session.get_one(people.Account, who.person)
        people.set_hash(session, account, hashed)
        return account.email


async def by_password(house: House, who: PersonFacts) -> httpx2.AsyncClient:
    """A browser in which somebody has just given address and password."""
    browser = await house.browser(None)
    form = {"mail": await with_password(house, who), "password": PASSWORD}
    assert (await browser.post("/sign-in", data=form)).status_code == 303
    return browser


async def strong(house: House, who: PersonFacts, *, authn: Authn = "passkey", ago: int = 0) -> httpx2.AsyncClient:
    """A browser in which somebody proved who they are so many minutes ago."""
    browser, now = await house.browser(None), datetime.now(UTC)
    async with house.services.database.writing() as session:
        at = now - timedelta(minutes=ago)
        cookie = await sessions.begin(session, person=who.person, authn=authn, now=now, strong_at=at)
    browser.cookies.set("session", cookie)
    return browser


async def add_passkey(browser: httpx2.AsyncClient, key: Authenticator) -> httpx2.Response:
    page = await browser.post("/account/passkeys/new", data={"name": "Phone"})
    form = {**hidden_in(page), "answer": key.make(options_in(page))}
    return await browser.post("/account/passkeys", data=form)


def options_in(page: httpx2.Response) -> str:
    """What the page asks the browser's authenticator for."""
    found = re.search(r'data-options="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


async def code_of(house: House, who: PersonFacts, *, steps: int = 0) -> str:
    """What somebody's generator shows, or will show some steps from now."""
    key = totp.TotpKey(house.services.settings.data / "accounts" / "totp.key")
    async with house.services.database.reading() as session:
        row = await session.get_one(totp.TotpSecret, who.person)
    secret = key.open(who.person, row.secret)
    return totp.generator(secret).generate(int(datetime.now(UTC).timestamp()) + 30 * steps).decode()


async def add_generator(house: House, browser: httpx2.AsyncClient, who: PersonFacts) -> httpx2.Response:
    await browser.post("/account/generator/new")
    return await browser.post("/account/generator", data={"code": await code_of(house, who)})
