"""The applicant asks to be heard on their page, and everybody who is to know of it reads so (decision 67)."""

from typing import Any

import pytest

from certify.procedure.lodging import EDITION
from schemas.scheme import Tier
from tests.builders import APPLICANT, MEMBERS, SECRETARY, Walk
from tests.pages.api import act, tokens_at
from tests.pages.applicant import CASE, ROOM, sent
from tests.pages.conftest import Eyes, House, walk, words_of
from workflows.rules.case.clocks import clocks_of

BOARD, KEPT = "/secretariat", "/secretariat/case-1"
ASK = f"{CASE}/ask-for-hearing"
SAID = "We want to show how it is supervised."
HEAR = "Hear the applicant, who asked to be heard"


def unheard(edition: int = EDITION) -> Walk:
    return walk(tier=Tier.HIGH, edition=edition).to_recommendation().recommended()


def opening_due(walked: Walk) -> str:
    due = next(one for one in clocks_of(walked.case, walked.rules) if one.name == "round_opening").due_at
    return f"{due.day} {due:%B %Y}"


async def test_the_applicant_reads_that_they_may_ask_and_until_when_and_asks(house: House) -> None:
    walked = unheard()
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    case, form = words_of(await browser.get(CASE)), words_of(await browser.get(ASK))
    await sent(browser, ASK, statement=SAID)
    after, start = words_of(await browser.get(CASE)), words_of(await browser.get(ROOM))

    until = f"You may ask until the Commission's round is opened: by {opening_due(walked)}"
    assert f"Ask to be heard {until}" in case
    assert until in form
    assert "there are 10 days to hear you" in form
    assert f"The applicant asked to be heard {SAID}" in after
    assert "Ask to be heard You may ask" not in after
    assert "Be heard, or do without a hearing" in start
    assert "You asked to be heard." in words_of(await browser.get(f"{CASE}/waive-hearing"))


async def test_before_the_recommendation_the_page_names_the_day_by_which_it_is_due(house: House) -> None:
    await house.holds(walk(tier=Tier.HIGH, edition=EDITION).to_recommendation())
    words = words_of(await (await house.browser(APPLICANT)).get(ASK))
    assert "Before that the rapporteur recommends, by" in words


async def test_an_empty_wish_is_not_sent(house: House) -> None:
    await house.holds(unheard())
    browser = await house.browser(APPLICANT)

    page = await sent(browser, ASK, statement="")

    assert "Say what you want to be heard on." in words_of(page)
    assert (await house.case()).hearing_asked is None


async def test_the_board_says_who_asked_to_be_heard_and_the_round_waits(house: House) -> None:
    await house.holds(unheard())
    secretary = await house.browser(SECRETARY)
    before = words_of(await secretary.get(BOARD))
    await sent(await house.browser(APPLICANT), ASK, statement=SAID)

    start, case = words_of(await secretary.get(BOARD)), words_of(await secretary.get(KEPT))
    record = words_of(await secretary.get(f"{KEPT}/record-hearing"))

    assert HEAR not in before
    assert f"Waiting for you {HEAR}" in start
    assert "Record the hearing The applicant asked to be heard. To do" in case
    assert SAID in case
    assert "The applicant asked to be heard. What they want to say stands on the page of the case." in record
    assert (await secretary.get(f"{KEPT}/open-round")).status_code == 409

    await sent(secretary, f"{KEPT}/record-hearing", protocol="They showed it.")
    assert HEAR not in words_of(await secretary.get(BOARD))
    assert (await secretary.get(f"{KEPT}/open-round")).status_code == 200


async def test_a_member_who_decides_reads_what_the_applicant_wants_to_say(house: House) -> None:
    walked = unheard()
    said = await house.services.vault.put_text("case-1", SAID)
    walked.act("ask_for_hearing", APPLICANT, statement=said).act("waive_hearing", APPLICANT)
    walked.act("open_round", SECRETARY).all_declare()
    await house.holds(walked)

    page = words_of(await (await house.browser(MEMBERS[0])).get("/commission/case-1"))

    assert f"The applicant asked to be heard {SAID}" in page


async def test_by_the_api_the_same_is_asked_and_read(house: House) -> None:
    await house.holds(unheard())
    async with tokens_at(house) as as_:
        client = await as_(APPLICANT)
        answer = await act(client, "ask_for_hearing", {"statement": SAID})
        reading = (await client.get("/api/applications/case-1")).json()

    assert answer.status_code == 200, answer.text
    assert reading["hearing_asked"]["length"] == len(SAID)
    assert (reading["may"]["ask_for_hearing"], reading["may"]["waive_hearing"]) == ("hearing_asked", None)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (lambda: unheard(5), "This case follows an earlier edition of the procedure."),
        (lambda: walk(tier=Tier.MEDIUM, edition=EDITION).to_recommendation(), "no hearing is held on request."),
        (lambda: unheard().act("open_round", SECRETARY), "A round is open."),
    ],
)
async def test_where_nobody_may_ask_the_page_offers_nothing_and_says_why(house: House, case: Any, why: str) -> None:
    await house.holds(case())
    browser = await house.browser(APPLICANT)

    page = await browser.get(ASK)

    assert page.status_code == 409
    assert why in words_of(page)
    assert "ask-for-hearing" not in (await browser.get(CASE)).text


async def test_it_reads_in_russian_too_and_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    await house.holds(unheard())
    browser = await house.browser(APPLICANT)
    pages = [await browser.get(CASE), await browser.get(ASK)]
    browser.headers["Accept-Language"] = "ru"

    assert "Попросить можно до начала голосования Комиссии" in words_of(await browser.get(CASE))
    assert [await eyes.complaints(page) for page in pages] == ["", ""]
