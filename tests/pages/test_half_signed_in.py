"""A sign-in whose second factor is still to come, or to be set up, reaches nothing but its person's own account."""

import httpx2
import pytest

from certify.accounts.policy.outside_table import OF_ONESELF
from certify.register import recoveries
from certify.web.permissions import Permitted, Room, declared_routes
from schemas.people import PersonFacts
from tests.authenticator import Authenticator
from tests.builders import EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY
from tests.pages.account import add_passkey, by_password, strong
from tests.pages.conftest import House, name_of, shared_routes

OFFICERS = [SECRETARY, LABEL_OFFICER]
PAGES = ["/account/access", "/account/invitations", "/account/recoveries"]
ACTS = {
    "/account/access/end": "person",
    "/account/invitations/confirm": "invitation",
    "/account/invitations/refuse": "invitation",
    "/account/recoveries/approve": "recovery",
    "/account/recoveries/link": "recovery",
    "/account/recoveries/request": "person",
}
STAFF = [SECRETARY, LABEL_OFFICER, MEMBERS[0], EXPERTS[0]]


async def half(house: House, who: PersonFacts, lacks: str) -> httpx2.AsyncClient:
    """A browser in which somebody has given their password alone; they have a passkey, or nothing yet."""
    if lacks == "second_factor":
        await add_passkey(await by_password(house, who), Authenticator())
    return await by_password(house, who)


def leads_on(answer: httpx2.Response, lacks: str) -> bool:
    """Whether an answer shows nothing and leads to what is lacking."""
    where = "/account?needed=1" if lacks == "enrolment" else "/account/step-up?"
    return answer.status_code == 303 and answer.headers["Location"].startswith(where)


@pytest.mark.parametrize("lacks", ["enrolment", "second_factor"])
@pytest.mark.parametrize("who", OFFICERS, ids=lambda one: one.person)
async def test_an_officers_pages_wait_for_the_second_factor(strict: House, who: PersonFacts, lacks: str) -> None:
    browser, whole = await half(strict, who, lacks), await strong(strict, who)

    shown = {page: await browser.get(page) for page in PAGES}

    assert {page for page, answer in shown.items() if not leads_on(answer, lacks)} == set()
    assert not [page for page, answer in shown.items() if name_of(EXPERTS[0]) in answer.text]
    assert [(await whole.get(page)).status_code for page in PAGES] == [200, 200, 200]
    assert name_of(EXPERTS[0]) in (await whole.get("/account/access")).text, "what would have leaked"


@pytest.mark.parametrize("lacks", ["enrolment", "second_factor"])
async def test_an_officers_password_alone_stops_nobody_elses_recovery(strict: House, lacks: str) -> None:
    weak, officer = await half(strict, SECRETARY, lacks), await strong(strict, LABEL_OFFICER)
    await officer.post("/account/recoveries/request", data={"person": EXPERTS[0].person})
    async with strict.services.database.reading() as session:
        row = await recoveries.open_of(session, EXPERTS[0].person)
    assert row is not None

    await weak.post("/account/recoveries/cancel", data={"recovery": row.id})
    async with strict.services.database.reading() as session:
        assert await recoveries.open_of(session, EXPERTS[0].person) is not None
    await officer.post("/account/recoveries/cancel", data={"recovery": row.id})
    async with strict.services.database.reading() as session:
        assert await recoveries.open_of(session, EXPERTS[0].person) is None


@pytest.mark.parametrize("lacks", ["enrolment", "second_factor"])
@pytest.mark.parametrize("act", ACTS)
async def test_an_officers_acts_wait_for_it_too(strict: House, act: str, lacks: str) -> None:
    browser = await half(strict, SECRETARY, lacks)

    answer = await browser.post(act, data={ACTS[act]: EXPERTS[0].person})

    assert answer.status_code in {303, 403}
    assert "done=" not in answer.headers.get("Location", "")
    assert name_of(EXPERTS[0]) not in answer.text


@pytest.mark.parametrize("lacks", ["enrolment", "second_factor"])
@pytest.mark.parametrize("who", STAFF, ids=lambda one: one.person)
async def test_no_page_but_ones_own_account_opens(strict: House, who: PersonFacts, lacks: str) -> None:
    """Each page that is declared, but those whose address names something."""
    browser = await half(strict, who, lacks)
    pages = [
        one.path
        for one in declared_routes(shared_routes(strict.services).routes)
        if one.method == "GET" and "{" not in one.path and isinstance(one.declared, Permitted)
        if isinstance(one.declared, Room) or one.declared.action not in OF_ONESELF
    ]
    assert {*PAGES, "/account/organisation", "/secretariat"} <= {*pages}

    opened = [page for page in pages if (await browser.get(page)).status_code == 200]

    assert opened == []
