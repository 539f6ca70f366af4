"""Nobody loses their way or their text: from errors to one's work, and by the sign-in to where one was."""

from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from tests.builders import APPLICANT, EXPERTS, SECRETARY
from tests.pages.account import PASSWORD, by_password
from tests.pages.conftest import House, hidden_in, name_of, words_of
from tests.pages.eyes import Eyes
from tests.pages.test_account import ELSEWHERE

QUESTION = "/applicant/questions/new/ask-commission"
WRITTEN = "May a reader of digits\nalso read <b>names</b>?"


def next_in(page_text: str) -> str:
    address = page_text.split('href="/sign-in?')[1].split('"', maxsplit=1)[0].replace("&amp;", "&")
    return parse_qs(address)["next_href"][0]


async def test_a_page_that_is_not_there_leads_whoever_is_signed_in_to_their_work(house: House) -> None:
    page = await (await house.browser(APPLICANT)).get("/applicant/no-such-case")
    elsewhere = await (await house.browser(APPLICANT)).get("/no/such/page")

    assert (page.status_code, elsewhere.status_code) == (404, 404)
    for one in (page, elsewhere):
        assert 'href="/work"' in one.text
    assert f"<strong>{name_of(APPLICANT)}</strong>" in page.text


async def test_a_visitor_is_led_to_no_work(house: House) -> None:
    assert 'href="/work"' not in (await (await house.browser(None)).get("/no/such/page")).text


async def test_a_room_of_others_says_whose_it_is_and_leads_to_ones_work(house: House) -> None:
    page = await (await house.browser(APPLICANT)).get("/commission")

    assert page.status_code == 403
    assert "These pages are for members of the Commission" in words_of(page)
    assert 'href="/work"' in page.text


@pytest.mark.parametrize("address", ["/", "/labels"])
async def test_public_pages_lead_to_ones_work_and_are_the_same_for_everybody(house: House, address: str) -> None:
    pages = [await (await house.browser(who)).get(address) for who in (None, APPLICANT)]

    assert pages[0].text == pages[1].text
    assert 'href="/sign-in">My work</a>' in pages[0].text
    assert "Cookie" not in pages[1].headers["vary"]


async def test_whoever_is_signed_in_is_not_asked_to_sign_in_again(house: House) -> None:
    browser = await house.browser(APPLICANT)

    assert (await browser.get("/sign-in")).headers["location"] == "/work"
    led = await browser.get("/sign-in", params={"next_href": "/applicant/labels"})
    assert led.headers["location"] == "/applicant/labels"


@pytest.mark.parametrize("href", ELSEWHERE)
async def test_a_sign_in_leads_to_no_other_host(house: House, href: str) -> None:
    led = await (await house.browser(APPLICANT)).get("/sign-in", params={"next_href": href})
    assert led.headers["location"] == "/work"
    page = await (await house.browser(None)).get("/sign-in", params={"next_href": href})
    assert href not in page.text


async def test_a_deep_link_is_remembered_through_the_sign_in(strict: House) -> None:
    await by_password(strict, APPLICANT)
    browser = await strict.browser(None)
    refused = await browser.get(f"{QUESTION}?x=1&y=2")
    assert refused.status_code == 401

    form = await browser.get("/sign-in", params={"next_href": next_in(refused.text)})
    mail = f"{APPLICANT.person}@example.org"
    entered = await browser.post("/sign-in", data={"next": hidden_in(form)["next"], "mail": mail, "password": PASSWORD})

    assert entered.headers["location"] == f"{QUESTION}?x=1&y=2"


async def test_an_address_that_is_too_long_is_not_remembered(house: House) -> None:
    refused = await (await house.browser(None)).get(f"/applicant?{'x' * 600}")
    assert (refused.status_code, "next_href" in refused.text) == (401, False)


async def test_what_was_written_is_given_back_when_the_session_is_over(house: House) -> None:
    browser = await house.browser(APPLICANT)
    form = hidden_in(await browser.get(QUESTION))
    browser.cookies.clear()

    page = await browser.post(QUESTION, data={**form, "question": WRITTEN})

    assert page.status_code == 401
    assert "May a reader of digits\nalso read &lt;b&gt;names&lt;/b&gt;?" in page.text
    assert str(form["idempotency_key"]) not in page.text
    assert next_in(page.text) == QUESTION
    assert page.headers["cache-control"] == "no-store"


async def test_what_another_site_sends_is_shown_to_nobody(house: House) -> None:
    browser = await house.browser(None)
    page = await browser.post(QUESTION, data={"question": WRITTEN}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (page.status_code, "reader of digits" in page.text) == (403, False)


async def test_no_secret_is_given_back(house: House) -> None:
    page = await (await house.browser(None)).post("/account/password", data={"password": "five words that are secret"})
    assert (page.status_code, "five words" in page.text) == (401, False)


async def test_a_form_without_a_page_of_its_own_leads_to_the_sign_in_alone(house: House) -> None:
    page = await (await house.browser(None)).post("/sign-out", data={})
    assert (page.status_code, "next_href" in page.text) == (401, False)


async def test_what_was_written_beside_a_file_is_given_back_and_nothing_of_the_file(house: House) -> None:
    sent = {"data": {"question": WRITTEN}, "files": {"file": ("read.txt", b"of this file " * 300_000)}}
    page = await (await house.browser(None)).post(QUESTION, **sent)
    assert page.status_code == 401
    assert "May a reader of digits\nalso read" in page.text
    assert ("of this file" in page.text, "read.txt" in page.text) == (False, False)


async def test_what_comes_after_a_file_is_not_read(house: House) -> None:
    parts = [("file", ("read.txt", b"a file")), ("question", (None, WRITTEN))]
    page = await (await house.browser(None)).post(QUESTION, files=parts)
    assert (page.status_code, "reader of digits" in page.text) == (401, False)


async def test_a_broken_form_with_a_file_is_refused_like_any_other(house: House) -> None:
    kind = {"Content-Type": "multipart/form-data"}
    page = await (await house.browser(None)).post(QUESTION, content=b"nothing of a form", headers=kind)
    assert page.status_code == 401


async def test_the_tour_says_as_whom_to_sign_in(house: House) -> None:
    house.services = replace(house.services, settings=house.services.settings.model_copy(update={"demo": True}))
    words = words_of(await (await house.browser(None)).get("/"))
    assert "The Commission decides by ballot (sign in as a member of the Commission)" in words


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_axe_finds_nothing_to_complain_of_on_the_way_back(house: House, eyes: Eyes, language: str) -> None:
    for page in (
        await (await house.browser(None)).post(f"{QUESTION}?lang={language}", data={"question": WRITTEN}),
        await (await house.browser(EXPERTS[0])).get(f"/commission?lang={language}"),
        await (await house.browser(SECRETARY)).get(f"/no/such?lang={language}"),
        await (await house.browser(None)).get(f"/?lang={language}"),
    ):
        assert await eyes.complaints(page) == ""


@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "untouched"])
async def test_whoever_leaves_a_form_with_text_that_was_not_sent_is_asked_first(
    house: House, eyes: Eyes, is_typed: bool
) -> None:
    asked = await eyes.leaves(await (await house.browser(APPLICANT)).get(QUESTION), WRITTEN if is_typed else "")
    assert asked == is_typed
