"""Who opens a round against which the Register alone speaks reads that the applicant is called first (decision 73)."""

from datetime import UTC, datetime, timedelta

import pytest

from certify.procedure.lodging import EDITION
from certify.register import participants
from schemas.scheme import Tier
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, Walk, text
from tests.pages.api import act, tokens_at
from tests.pages.applicant import CASE, ROOM
from tests.pages.conftest import Eyes, House, walk, words_of
from tests.pages.secretariat import sent
from tests.pages.test_signed_acts import signs

KEPT = "/secretariat/case-1"
OPEN = f"{KEPT}/open-round"
FIRST = "No round is opened now: the applicant is called to be heard first."
CALLED = "No round was opened. By the Register a requirement is not met, and the applicant was not heard on it"
TODAY = "By your entry in the Register these requirements are not met today."


def unheard(edition: int = EDITION) -> Walk:
    return walk(tier=Tier.LOW, edition=edition).to_recommendation().recommended()


async def stands_without_officer_to_reach(house: House, *, contact: str | None = None) -> None:
    """Let the applicant stand in the Register for three months, with an officer whom nobody can reach."""
    async with house.services.database.writing() as session:
        row = await participants.find(session, ORGANISATION)
        assert row is not None
        row.entered_at, row.officer_contact = datetime.now(UTC) - timedelta(days=90), contact
        session.add(row)


async def test_the_page_says_before_that_the_applicant_is_called_and_after_that_no_round_was_opened(
    house: House,
) -> None:
    await house.holds(unheard())
    await stands_without_officer_to_reach(house)
    browser = await house.browser(SECRETARY)

    form = words_of(await browser.get(OPEN))
    answer = await sent(browser, OPEN)
    page = words_of(await browser.get(answer.headers["location"]))

    case = await house.case()
    assert FIRST in form
    assert "(II-2.2-02)" in form
    assert "Call the applicant to be heard" in form
    assert "Open the round" not in form
    assert (case.rounds, case.hearing_due_at is not None) == ((), True)
    assert CALLED in page
    assert "Record the hearing" in words_of(await browser.get("/secretariat"))
    assert CALLED not in words_of(await browser.get(KEPT))
    assert (await browser.get(OPEN)).status_code == 409


async def test_the_applicant_reads_what_they_are_heard_on_until_their_entry_is_put_right(house: House) -> None:
    await house.holds(unheard())
    await stands_without_officer_to_reach(house)
    await sent(await house.browser(SECRETARY), OPEN)
    browser = await house.browser(APPLICANT)

    start, form = words_of(await browser.get(ROOM)), words_of(await browser.get(f"{CASE}/waive-hearing"))
    await stands_without_officer_to_reach(house, contact="ethics@acme.example")

    assert "Be heard, or do without a hearing" in start
    assert TODAY in form
    assert "(II-2.2-02)" in form
    assert "(II-2.2-01)" not in form
    assert TODAY not in words_of(await browser.get(f"{CASE}/waive-hearing"))


async def test_where_the_register_speaks_for_the_label_the_page_opens_the_round(house: House) -> None:
    signs(house)
    await house.holds(unheard())
    browser = await house.browser(SECRETARY)

    form = words_of(await browser.get(OPEN))
    answer = await sent(browser, OPEN)

    assert FIRST not in form
    assert "Open the round" in form
    assert CALLED not in words_of(await browser.get(answer.headers["location"]))
    assert (await house.case()).open_round is not None


@pytest.mark.parametrize(
    ("edition", "is_heard", "status", "kind"),
    [
        (EDITION, False, 200, "hearing_called"),
        (EDITION, True, 200, "round_opened"),
        (5, False, 409, "hearing_missing"),
    ],
)
async def test_the_apis_answer_tells_whether_a_round_was_opened_or_the_applicant_called(
    house: House, edition: int, is_heard: bool, status: int, kind: str
) -> None:
    signs(house)
    walked = unheard(edition)
    await house.holds(walked.act("record_hearing", SECRETARY, protocol=text()) if is_heard else walked)
    await stands_without_officer_to_reach(house)
    async with tokens_at(house) as as_:
        client = await as_(SECRETARY)
        answer = await act(client, "open_round")
        if status == 200:
            again = (await client.get(f"/api/receipts/{answer.json()['act_id']}")).json()
            assert again == answer.json()["receipt"]

    found = answer.json()
    assert answer.status_code == status, answer.text
    assert (found["receipt"]["kind"] if status == 200 else found["code"]) == kind


async def test_it_reads_in_russian_too_and_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    await house.holds(unheard())
    await stands_without_officer_to_reach(house)
    browser = await house.browser(SECRETARY)
    form = await browser.get(OPEN)
    browser.headers["Accept-Language"] = "ru"
    russian = words_of(await browser.get(OPEN))
    called = await browser.get((await sent(browser, OPEN)).headers["location"])
    applicant = await house.browser(APPLICANT)

    assert "Пригласить заявителя на слушание" in russian
    assert "Голосование не открыто." in words_of(called)
    complaints = [await eyes.complaints(page) for page in (form, called, await applicant.get(f"{CASE}/waive-hearing"))]
    assert complaints == ["", "", ""]
