"""What the tests of the pages of matters share: forms filled as a browser would, and a vote that everyone casts."""

from collections.abc import Iterable

import httpx2

from schemas.people import PersonFacts
from tests.pages.conftest import House, hidden_in


async def sent(browser: httpx2.AsyncClient, address: str, /, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address.partition("?")[0], data={**hidden_in(page), **typed})


async def led_on(browser: httpx2.AsyncClient, done: httpx2.Response) -> httpx2.Response:
    """Return the page that an act leads to."""
    assert done.status_code == 303, done.text
    page = await browser.get(done.headers["location"])
    assert page.status_code == 200, page.text
    return page


async def confirmed(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address, look at what will happen, and do it."""
    checked = await sent(browser, address, **typed)
    assert checked.status_code == 200, checked.text
    return await browser.post(address.partition("?")[0], data={**hidden_in(checked), "step": "confirmed"})


async def voted_by(house: House, voters: Iterable[PersonFacts], address: str, choice: str = "in_favour") -> None:
    """Let everyone declare that they have no interest, and vote the same."""
    for voter in voters:
        browser = await house.browser(voter)
        declared = await sent(browser, f"{address}/declare-matter-interests", has_interest="no")
        assert declared.status_code == 303, declared.text
        cast = await confirmed(browser, f"{address}/cast-vote", choice=choice)
        assert cast.status_code == 303, cast.text
