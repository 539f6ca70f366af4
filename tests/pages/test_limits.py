"""An account, or a network without one, that asks too often waits; nobody else does (ASVS 5.0, 2.4.1; security T17)."""

import asyncio
import re

import httpx2
import pytest

from certify.accounts.passwords import AT_ONCE, WAITING
from certify.web.limits import RATES, Limits, RouteClass, TooOften, class_of
from certify.web.rate_limit import NETWORK, Rate
from tests.builders import APPLICANT, EXPERTS
from tests.compose import ROOT
from tests.pages.account import PASSWORD, with_password
from tests.pages.api import is_problem, token_of
from tests.pages.conftest import HOST, House, walk, words_of

ONCE = Rate(at_once=1, a_second=0.01)


def limited(house: House, *names: RouteClass) -> None:
    """Let each account do one thing of a class, and the next after minutes."""
    vars(house.services.limits).update(vars(Limits(dict.fromkeys(names, ONCE))))


async def test_sessions_and_tokens_of_one_account_count_together_and_others_by_themselves(house: House) -> None:
    limited(house, "reading")
    token = {"Authorization": f"Bearer {await token_of(house, APPLICANT, ('read',))}"}
    browser, program = await house.browser(APPLICANT), await house.browser(None)

    first = await browser.get("/api/applications")
    again = await program.get("/api/applications", headers=token)
    other = await (await house.browser(EXPERTS[0])).get("/api/applications")

    assert (first.status_code, again.status_code, other.status_code) == (200, 429, 200)
    is_problem(again, 429, "too_many_requests")
    assert again.headers["Retry-After"] == "100"


async def test_an_act_that_came_too_soon_changes_nothing_and_can_be_sent_again(house: House) -> None:
    await house.holds(walk().to_intake())
    limited(house, "act")
    browser = await house.browser(APPLICANT)
    act = {"reasons": "We stop."}

    await browser.post("/api/applications/x/withdraw-application", json=act)
    refused = await browser.post("/api/applications/case-1/withdraw-application", json=act)

    assert refused.status_code == 429
    assert (await house.case()).stage == "intake"
    limited(house)
    taken = await browser.post("/api/applications/case-1/withdraw-application", json=act)
    assert taken.status_code == 200, taken.text


async def test_a_page_says_that_nothing_was_done_and_when_to_go_on(house: House) -> None:
    limited(house, "reading")
    browser = await house.browser(APPLICANT)
    await browser.get("/account")

    answer = await browser.get("/account")

    assert answer.status_code == 429
    assert "nothing was done" in words_of(answer)


@pytest.mark.parametrize("path", ["/sign-in", "/self-check", "/report"])
async def test_what_is_sent_without_an_account_counts_by_network(house: House, path: str) -> None:
    limited(house, "unsigned_act", "sign_in")

    async def send(address: str) -> int:
        transport = httpx2.ASGITransport(app=house.app, client=(address, 1234))
        headers = {"Sec-Fetch-Site": "same-origin"}
        async with httpx2.AsyncClient(transport=transport, base_url=HOST, headers=headers) as client:
            assert (await client.get(path)).status_code != 429
            return (await client.post(path, data={})).status_code

    answers = [await send(one) for one in ("8.8.8.8", "8.8.8.9", "8.8.9.8", "127.0.0.1", "127.0.0.1")]

    assert [one == 429 for one in answers] == [False, True, False, False, False]


async def test_a_flood_of_sign_ins_from_one_network_leaves_anothers_answered(house: House) -> None:
    async def send(address: str, mail: str, password: str) -> int:
        transport = httpx2.ASGITransport(app=house.app, client=(address, 1234))
        headers = {"Sec-Fetch-Site": "same-origin"}
        async with httpx2.AsyncClient(transport=transport, base_url=HOST, headers=headers) as client:
            return (await client.post("/sign-in", data={"mail": mail, "password": password})).status_code

    mail = await with_password(house, APPLICANT)
    flood = [send(f"8.8.8.{place}", f"nobody-{place}@example.org", "no such password") for place in range(100)]
    *answers, entered = await asyncio.gather(*flood, send("9.9.9.9", mail, PASSWORD))

    assert entered == 303
    assert answers.count(429) >= 100 - RATES["sign_in"].at_once - 2


def test_more_wait_for_argon2_than_one_network_may_send_at_once() -> None:
    assert RATES["sign_in"].at_once < AT_ONCE + WAITING


def test_a_refused_request_takes_nothing_from_the_next() -> None:
    limits = Limits({"act": Rate(at_once=1, a_second=0.5)})
    limits.take("act", "anna")

    for _ in range(3):
        with pytest.raises(TooOften) as refused:
            limits.take("act", "anna")
        assert refused.value.seconds == 2


@pytest.mark.parametrize(
    ("writes", "action", "name"),
    [
        (False, "read_evidence", "reading"),
        (True, "offer_evidence", "upload"),
        (True, "offer_fresh_evidence", "upload"),
        (True, "choose_holder_image", "image"),
        (True, "cast_ballot", "act"),
    ],
)
def test_a_request_counts_by_what_it_costs(writes: bool, action: str, name: str) -> None:
    assert class_of(action, writes=writes) == name


def test_the_documented_limits_are_these() -> None:
    rows = re.findall(r"\| (\d+) \| ([\d.]+) \|$", (ROOT / "docs/operate/limits.md").read_text(), re.MULTILINE)

    assert [Rate(int(at_once), float(a_second)) for at_once, a_second in rows] == [NETWORK, *RATES.values()]
