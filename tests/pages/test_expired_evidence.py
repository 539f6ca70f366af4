"""What everybody reads where evidence that a case rests on has expired, or is not in force as it is handed in."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.people import PersonFacts
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk
from tests.pages.commission import BALLOT, sent
from tests.pages.conftest import House, words_of
from workflows.rules.case import evidence

FIRST = "I-1.1-01"
ROOMS = {
    "/applicant/case-1": APPLICANT,
    "/secretariat/case-1": SECRETARY,
    "/reviewer/case-1": EXPERTS[0],
}
BACK = {
    "en": "Evidence has expired No label is granted on it; the applicant hands in what is in force",
    "ru": "знак не присваивают; заявитель подаёт действующие",
}


def begun(**changes: object) -> Walk:
    """A case that was lodged the day before yesterday, and whose evidence for one criterion ended yesterday."""
    walked = Walk(edition=7, **changes)  # type: ignore[arg-type]  # the arguments of a walk
    walked.now = datetime.now(UTC) - timedelta(days=2)
    walked.to_intake().offer(FIRST, expires=(walked.now + timedelta(days=1)).date()).with_evidence()
    return walked.act("accept_application", SECRETARY).staffed(EXPERTS[0]).reviewed().advised()


def gone_back() -> Walk:
    walked = begun()
    walked.now = datetime.now(UTC)
    walked.pass_time(seconds=0)
    assert walked.case.stage == Stage.EVIDENCE
    return walked


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("address", "reader"), ROOMS.items(), ids=lambda one: one if isinstance(one, str) else "")
async def test_everybody_in_the_case_reads_why_it_went_back_and_for_which_item(
    house: House, address: str, reader: PersonFacts, language: str
) -> None:
    await house.holds(gone_back())
    browser = await house.browser(reader)
    browser.headers["Accept-Language"] = language

    words = words_of(await browser.get(address))

    assert BACK[language] in words
    assert f"E1 {FIRST}.pdf" in words


async def test_the_applicant_is_told_what_to_do_and_does_it(house: House) -> None:
    await house.holds(gone_back())
    browser = await house.browser(APPLICANT)
    case = "/applicant/case-1"

    assert "Take it back, add what is in force, and hand it in again." in words_of(await browser.get(case))
    refused = await sent(browser, f"{case}/submit-evidence")

    assert "Take back or replace what has expired: E1." in words_of(refused)
    assert (await house.case()).stage == Stage.EVIDENCE


async def test_handing_in_is_offered_only_once_what_expired_is_replaced(house: House) -> None:
    walked = gone_back()
    await house.holds(walked)
    browser = await house.browser(APPLICANT)
    waits = "Some of what would be handed in has expired; take it back or replace it."

    page, form = await browser.get("/applicant/case-1"), await browser.get("/applicant/case-1/submit-evidence")

    assert waits in words_of(page)
    assert "Why the evidence cannot be handed in yet" in words_of(page)
    assert "Hand in your evidence" not in words_of(page)
    assert (form.status_code, waits in words_of(form)) == (409, True)
    read = await browser.get("/api/applications/case-1")
    assert read.json()["may"]["submit_evidence"] == "expired_evidence_handed_in"

    walked.act("withdraw_evidence", APPLICANT, item="E1").offer(FIRST, file="in-force.pdf")
    await house.holds(walked)

    assert "Hand in your evidence" in words_of(await browser.get("/applicant/case-1"))
    assert "Hand in and freeze the evidence" in words_of(await browser.get("/applicant/case-1/submit-evidence"))


async def test_what_cannot_be_handed_in_is_said_in_russian_too(house: House) -> None:
    await house.holds(gone_back())
    browser = await house.browser(APPLICANT)
    browser.headers["Accept-Language"] = "ru"

    refused = await sent(browser, "/applicant/case-1/submit-evidence")

    assert "срок действия истёк; уберите это или замените" in words_of(refused)


async def test_a_member_is_offered_no_grant_on_what_has_expired_and_reads_why(house: House) -> None:
    walked = begun().act("open_round", SECRETARY).all_declare()
    await house.holds(walked)
    browser = await house.browser(walked.voters()[0])

    page = await browser.get(BALLOT)

    assert "A grant cannot be voted for: evidence that mandatory requirements rest on has expired." in words_of(page)
    assert f"E1 {FIRST}.pdf" in words_of(page)
    assert 'value="grant"' not in page.text
    assert 'value="refuse"' in page.text


async def test_a_round_in_which_evidence_had_expired_says_why_it_decided_nothing(house: House) -> None:
    walked = begun(members=9).act("open_round", SECRETARY).all_declare()
    walked.voted(Choice.GRANT)
    walked.now = datetime.now(UTC)
    for voter in walked.voters()[1:]:
        walked.ballot(voter, Choice.ABSTAIN)
    assert walked.case.rounds[0].set_aside == "evidence_ran_out"
    await house.holds(walked)

    words = words_of(await (await house.browser(SECRETARY)).get("/secretariat/case-1"))

    assert "No decision rests on it: evidence had expired by then. The applicant hands in what is in force." in words


async def test_a_program_reads_for_which_items_a_case_went_back(house: House) -> None:
    await house.holds(gone_back())
    for reader, items in ((APPLICANT, ["E1"]), (MEMBERS[0], ["E1"])):
        answer = await (await house.browser(reader)).get("/api/applications/case-1")
        assert answer.json()["ran_out"] == items


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "No more versions of the evidence can be handed in: the application ends on the day it is due"),
        ("ru", "Больше версий перечня доказательств подать нельзя: заявка утратит силу"),
    ],
)
async def test_who_can_hand_in_no_more_versions_is_not_asked_to(
    house: House, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(evidence, "CORRECTIONS_MAX", -evidence.WAYS_BACK)
    await house.holds(gone_back().act("withdraw_evidence", APPLICANT, item="E1"))
    browser = await house.browser(APPLICANT)
    browser.headers["Accept-Language"] = language

    for_the_case, for_all = words_of(await browser.get("/applicant/case-1")), words_of(await browser.get("/applicant"))

    assert said in for_the_case
    assert all(asked not in for_the_case + for_all for asked in ("Take it back", "Add evidence for", "Уберите их"))


async def test_who_has_too_many_files_reads_that_some_are_to_be_taken_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = gone_back().act("withdraw_evidence", APPLICANT, item="E1").offer(FIRST, file="in-force.pdf")
    monkeypatch.setattr(evidence, "ITEMS_MAX", len(walked.case.items) - 1)
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    page = words_of(await browser.get("/applicant/case-1"))

    assert "There are more files than can be handed in at once; take some of them back." in page
    assert "Why the evidence cannot be handed in yet" in page
