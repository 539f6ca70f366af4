"""What an applicant sees and does about nonconformities, hearings, and a case that was sent back."""

from datetime import timedelta
from html import unescape

import httpx2
import pytest

from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, SECRETARY, Walk, scheme
from tests.pages.applicant import CASE, CRITERION, FILE, OFFER, ROOM, in_evidence, sent
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of

SECOND = "I-1.2-01"
FAILING = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.PARTLY_MET}
PAGES = ("extend-correction?criterion=I-1.1-01", "end-correction")


def in_correction() -> Walk:
    """A case with a major and a minor nonconformity."""
    return walk(edition=2).to_correction(**FAILING)


def title(criterion: str, language: str = "en") -> str:
    text: str = scheme().texts.criteria[criterion].title.in_language(language)  # type: ignore[arg-type]  # en or ru
    return text


async def corrected(browser: httpx2.AsyncClient) -> httpx2.Response:
    """Add a file under the first requirement, as a browser would."""
    page = await browser.get(f"{CASE}/offer-evidence?criteria={CRITERION}")
    return await browser.post(f"{CASE}/offer-evidence", data={**hidden_in(page), **OFFER}, files=FILE)


async def test_each_nonconformity_stands_with_its_grade_its_day_and_what_to_do(house: House) -> None:
    walked = in_correction()
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    page = await browser.get(CASE)
    words = words_of(page)

    due = walked.case.nonconformities[SECOND].due_at
    assert "Correct 2 nonconformities" in words
    assert f"due by {due.day} {due:%B %Y}" in words
    assert f"{title(CRITERION)} Major" in words
    assert f"{title(SECOND)} Minor" in words
    assert words.count("to be closed by") == 2
    for link in (f"offer-evidence?criteria={SECOND}", f"state-not-applicable?criterion={SECOND}", PAGES[0]):
        assert f'href="{CASE}/{link}"' in unescape(page.text)
    assert "Correct 2 nonconformities" in words_of(await browser.get(ROOM))
    assert "Hand in what you corrected" not in words


async def test_a_correction_is_added_looked_at_and_handed_in(house: House) -> None:
    await house.holds(in_correction())
    browser = await house.browser(APPLICANT)
    await corrected(browser)
    page = await browser.get(CASE)
    assert "Changed and not handed in yet" in words_of(page)

    check = await browser.get(f"{CASE}/submit-correction")
    done = await sent(browser, f"{CASE}/submit-correction")

    assert f"{title(CRITERION)} ({CRITERION}) Added:" in words_of(check)
    assert title(SECOND) not in words_of(check)
    case = await house.case()
    assert (case.stage, case.manifest and case.manifest.version) == (Stage.EVALUATION, 2)
    words = words_of(await browser.get(done.headers["location"]))
    assert "Its clock stands still while others have the file." in words
    assert "Version 2: what differs from version 1" in words
    assert "Take back" not in words


async def test_nothing_is_handed_in_before_something_was_corrected(house: House) -> None:
    await house.holds(in_correction())
    browser = await house.browser(APPLICANT)

    page = await browser.get(f"{CASE}/submit-correction")

    assert page.status_code == 409
    assert "Nothing was changed yet under an open nonconformity." in words_of(page)


async def test_more_time_is_asked_for_once_with_reasons(house: House) -> None:
    walked = in_correction()
    await house.holds(walked)
    browser = await house.browser(APPLICANT)
    address = f"{CASE}/extend-correction?criterion={SECOND}"

    assert "you get 60 more days, once" in words_of(await browser.get(address))
    without = await sent(browser, address)
    done = await sent(browser, address, reasons="The laboratory is late.")

    assert (without.status_code, done.status_code) == (422, 303)
    assert "Say why you need more time." in words_of(without)
    one = (await house.case()).nonconformities[SECOND]
    assert one.due_at == walked.case.nonconformities[SECOND].due_at + timedelta(days=60)
    assert f"extend-correction?criterion={SECOND}" not in (await browser.get(CASE)).text
    assert "extended" in words_of(await browser.get(CASE))


async def test_one_extension_in_all_is_announced_and_then_offered_for_none(house: House) -> None:
    await house.holds(walk(edition=7).to_correction(**FAILING))
    browser = await house.browser(APPLICANT)
    address = f"{CASE}/extend-correction?criterion={SECOND}"

    assert "A case has one extension in all" in words_of(await browser.get(address))
    await sent(browser, address, reasons="The laboratory is late.")

    assert "extend-correction" not in (await browser.get(CASE)).text
    again = await browser.get(f"{CASE}/{PAGES[0]}")
    assert (again.status_code, "The time for correction was extended before." in words_of(again)) == (409, True)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The last deadline to correct has passed: I-1.1-01."),
        ("ru", "Последний срок для исправления прошёл"),
    ],
)
async def test_what_can_be_corrected_no_more_offers_nothing_and_says_why(
    house: House, language: str, sentence: str
) -> None:
    walked = walk(edition=7).to_correction(I_1_1_01=Verdict.NOT_MET).pass_time(days=50)
    item = next(item.id for item in walked.case.items.values() if SECOND in item.criteria)
    walked.act("withdraw_evidence", APPLICANT, item=item).corrected(CRITERION, SECOND).reviewed(**FAILING)
    await house.holds(walked.pass_time(days=40))
    browser = await house.browser(APPLICANT)
    browser.headers["Accept-Language"] = language

    page = await browser.get(CASE)
    assert f'href="{CASE}/offer-evidence?criteria={SECOND}"' in unescape(page.text)
    assert f'href="{CASE}/offer-evidence?criteria={CRITERION}"' not in unescape(page.text)

    assert sentence in words_of(await corrected(browser))


async def test_an_unknown_nonconformity_is_said_to_be_none(house: House) -> None:
    await house.holds(in_correction())
    page = await (await house.browser(APPLICANT)).get(f"{CASE}/extend-correction?criterion=I-9.9-99")
    assert "There is no open nonconformity under this criterion." in words_of(page)


async def test_going_on_with_nonconformities_open_is_said_to_lead_to_no_grant(house: House) -> None:
    await house.holds(in_correction())
    browser = await house.browser(APPLICANT)
    await corrected(browser)

    page = await browser.get(f"{CASE}/end-correction")
    await sent(browser, f"{CASE}/end-correction")

    words = words_of(page)
    assert "the label cannot be granted" in words
    assert "What you changed and did not hand in does not count." in words
    case = await house.case()
    assert (case.stage, FILE["file"][0] in {item.file for item in case.evidence.values()}) == (
        Stage.RECOMMENDATION, False,
    )  # fmt: skip


async def test_an_item_that_was_left_out_stays_in_the_list_as_such(house: House) -> None:
    walked = in_correction()
    item = next(item.id for item in walked.case.items.values() if CRITERION in item.criteria)
    walked.act("withdraw_evidence", APPLICANT, item=item)
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    page = await browser.get(CASE)

    assert "Left out since" in words_of(page)
    assert f"withdraw-evidence?item={item}" not in page.text
    assert (await browser.get(f"{CASE}/withdraw-evidence?item={item}")).status_code == 409


async def test_a_hearing_is_explained_with_its_day_and_may_be_waived(house: House) -> None:
    walked = walk(edition=2).to_recommendation().recommended(recommends=Outcome.REFUSED)
    await house.holds(walked)
    browser = await house.browser(APPLICANT)
    due = walked.case.hearing_due_at
    assert due is not None

    start = words_of(await browser.get(ROOM))
    page = await browser.get(f"{CASE}/waive-hearing")
    await sent(browser, f"{CASE}/waive-hearing")

    assert "Be heard, or do without a hearing" in start
    assert f"due by {due.day} {due:%B %Y}" in start
    assert "The label may be refused." in words_of(page)
    assert (await house.case()).hearing_waived
    assert "The applicant did without a hearing" in words_of(await browser.get(CASE))


async def test_a_case_sent_back_says_what_to_supplement_and_by_when(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM, members=6, edition=2).to_round()
    ask = await house.services.vault.put_text("case-1", "Show the test data.")
    walked.voted(*[Choice.SEND_BACK] * 6, reasons=ask)
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    words = words_of(await browser.get(CASE))

    due = walked.case.evidence_due_at
    assert due is not None
    assert "The Commission sent the case back." in words
    assert "What the Commission asks to be supplemented Show the test data." in words
    assert f"evidence due by {due.day} {due:%B %Y}" in words
    assert "Requirements to show" in words
    assert "Hand in your evidence" in words


@pytest.mark.parametrize("name", [*PAGES, "submit-correction", "waive-hearing"])
async def test_these_pages_are_not_there_for_a_case_that_is_elsewhere(house: House, name: str) -> None:
    await house.holds(walk(edition=2).to_planning())
    assert (await (await house.browser(APPLICANT)).get(f"{CASE}/{name}")).status_code == 409
    assert (await (await house.browser(SECRETARY)).get(f"{CASE}/{name}")).status_code == 403


async def test_a_page_that_cannot_be_filled_says_why_in_russian(house: House) -> None:
    await house.holds(in_evidence())
    browser = await house.browser(APPLICANT)
    browser.headers["Accept-Language"] = "ru"

    page = await browser.get(f"{CASE}/state-not-applicable?criterion=I-9.9-99")

    assert "Выберите требование на странице дела." in words_of(page)


async def test_corrections_are_told_in_russian_too(house: House) -> None:
    await house.holds(in_correction())
    browser = await house.browser(APPLICANT)
    browser.headers["Accept-Language"] = "ru"

    words = words_of(await browser.get(CASE))

    assert "Несоответствия" in words
    assert f"{title(CRITERION, 'ru')} Значительное" in words


async def test_axe_finds_nothing_to_complain_of_in_a_correction(house: House, eyes: Eyes) -> None:
    await house.holds(in_correction())
    browser = await house.browser(APPLICANT)
    await corrected(browser)
    names = ("", "/submit-correction", *(f"/{page}" for page in PAGES))
    pages = [await browser.get(f"{CASE}{name}") for name in names]
    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)
