"""What an expert reviewer sees and does in a browser."""

import httpx2
import pytest

from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of

ROOM = "/reviewer"
CASE = f"{ROOM}/case-1"
REVIEW = f"{CASE}/review"
CHECK = f"{REVIEW}/check"
EDDA, EMIL = EXPERTS[:2]
AREA = "ethics_or_law"


async def sent(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address, data={**hidden_in(page), **typed})


def asked(walked: Walk, *experts: PersonFacts) -> Walk:
    for expert in experts:
        walked.act("assign_reviewer", SECRETARY, reviewer=expert.person, areas=(AREA,), people={expert.person: expert})
    return walked


async def at_planning(house: House) -> Walk:
    walked = asked(walk(**await house.application()).to_planning(), EDDA)
    await house.holds(walked)
    return walked


async def at_evaluation(house: House, tier: Tier = Tier.LOW) -> Walk:
    walked = walk(tier=tier).to_evaluation()
    await house.holds(walked)
    return walked


async def test_the_start_page_first_asks_for_interests_then_for_an_answer(house: House) -> None:
    await at_planning(house)
    browser = await house.browser(EDDA)

    before = words_of(await browser.get(ROOM))
    await sent(browser, f"{CASE}/declare-interests", has_interest="no")
    after = words_of(await browser.get(ROOM))

    assert "Waiting for you Declare your interests : Digit Reader" in before
    assert "Waiting for you Say yes or no to this review : Digit Reader" in after


async def test_the_start_page_shows_a_review_with_its_date_and_the_progress_of_the_draft(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    first = walked.case.plan.criteria["edda"][0] if walked.case.plan else ""
    due = walked.case.evaluation_due_at
    assert due is not None

    await browser.post(REVIEW, data={f"verdict-{first}": "met", "save": AREA})
    words = words_of(await browser.get(ROOM))

    assert "Waiting for you Write your review and hand it in : Digit Reader" in words
    assert f"due by {due.day} {due:%B %Y, %H:%M} UTC 1 of 8 criteria have a verdict · Saved" in words


async def test_whoever_said_yes_waits_for_the_plan(house: House) -> None:
    await at_planning(house)
    browser = await house.browser(EDDA)
    await sent(browser, f"{CASE}/declare-interests", has_interest="no")

    answer = await sent(browser, f"{CASE}/answer-assignment", accepts="yes")
    start = words_of(await browser.get(ROOM))

    assert answer.status_code == 303
    assert (await house.case()).assignments["edda"].accepted is True
    assert "Nothing waits for you now. You said yes Digit Reader" in start
    assert "Opens when the secretariat has approved the evaluation plan." in start


async def test_a_no_with_its_reason_ends_the_matter(house: House) -> None:
    await at_planning(house)
    browser = await house.browser(EDDA)
    await sent(browser, f"{CASE}/declare-interests", has_interest="no")

    await sent(browser, f"{CASE}/answer-assignment", accepts="no", reason="No time.")

    assert (await house.case()).assignments["edda"].accepted is False
    assert "Done Digit Reader 1.2.0 You said no" in words_of(await browser.get(ROOM))
    assert "You said no to this review." in words_of(await browser.get(CASE))


async def test_an_unanswered_question_is_asked_again(house: House) -> None:
    await at_planning(house)
    browser = await house.browser(EDDA)
    interests = await sent(browser, f"{CASE}/declare-interests")
    await sent(browser, f"{CASE}/declare-interests", has_interest="no")

    answer = await sent(browser, f"{CASE}/answer-assignment", reason="Perhaps.")

    assert "There is a problem Say whether you have an interest in this case." in words_of(interests)
    assert "There is a problem Say whether you will review this case." in words_of(answer)
    assert "Perhaps." in answer.text


async def test_the_scope_is_shown_before_anything_else(house: House) -> None:
    await house.holds(asked(walk(tier=Tier.MEDIUM).to_planning(), EDDA))

    words = words_of(await (await house.browser(EDDA)).get(CASE))

    for fact in (
        "Digit Reader 1.2.0",
        "Purpose Reads digits.",
        "Deployment On a desk.",
        "Languages English",
        "Risk tier Medium",
        "Areas asked of you Ethics or law",
        "shared out among 2 reviewers",
    ):
        assert fact in words


@pytest.mark.parametrize("so_far", ["asked", "declared", "said yes"])
async def test_evidence_and_application_stay_closed_until_the_plan_is_approved(house: House, so_far: str) -> None:
    walked = asked(walk(**await house.application()).to_planning(), EDDA)
    if so_far != "asked":
        walked.act("declare_interests", EDDA, has_interest=False)
    if so_far == "said yes":
        walked.act("answer_assignment", EDDA, accepts=True)
    await house.holds(walked)
    browser = await house.browser(EDDA)

    page, review = await browser.get(CASE), await browser.get(REVIEW)

    assert "/files/cases/" not in page.text
    assert "Application" not in words_of(page)
    assert "I-1.1-01" not in words_of(page)
    assert review.status_code == 409
    assert (await browser.get("/api/applications/case-1/evidence/E1")).status_code in {403, 404}


async def test_after_the_approval_application_and_evidence_open(house: House) -> None:
    walked = walk(**await house.application()).to_evaluation()
    await house.holds(walked)

    page = await (await house.browser(EDDA)).get(CASE)

    words = words_of(page)
    assert "The application as it was lodged" in words
    assert "Ethics officer" in words
    assert "8 of 8 are yours" in words
    assert [item for item in walked.case.evidence if f'/files/cases/case-1/{item}"' not in page.text] == []


async def test_a_declared_interest_ends_access(house: House) -> None:
    await house.holds(walk(**await house.application()).to_evaluation())
    browser = await house.browser(EDDA)

    await sent(browser, f"{CASE}/declare-interests", has_interest="yes", statement="I own shares.")
    page, review = await browser.get(CASE), await browser.get(REVIEW)

    assert "An interest of yours in this case is on record, so you take no part in it." in words_of(page)
    assert "/files/cases/" not in page.text
    assert "The application as it was lodged" not in words_of(page)
    assert review.status_code == 409
    assert "An interest of yours in this case is on record." in words_of(review)
    assert "Done Digit Reader 1.2.0 An interest of yours is on record" in words_of(await browser.get(ROOM))


async def test_an_interest_without_a_statement_is_refused_with_a_sentence(house: House) -> None:
    await at_planning(house)

    page = await sent(await house.browser(EDDA), f"{CASE}/declare-interests", has_interest="yes")

    assert page.status_code == 422
    assert "Say in a sentence what the interest is." in words_of(page)
    assert (await house.case()).interests == {}


@pytest.mark.parametrize("address", [CASE, REVIEW, CHECK, f"{CASE}/declare-interests", f"{CASE}/answer-assignment"])
async def test_an_expert_who_was_not_asked_finds_no_case(house: House, address: str) -> None:
    await at_evaluation(house)

    page = await (await house.browser(EMIL)).get(address)

    assert page.status_code == 404
    assert "There is no such application." in words_of(page)


@pytest.mark.parametrize("who", [APPLICANT, SECRETARY, MEMBERS[0]], ids=lambda one: one.person)
@pytest.mark.parametrize("address", [ROOM, CASE, REVIEW])
async def test_other_roles_do_not_enter(house: House, who: PersonFacts, address: str) -> None:
    await at_evaluation(house)

    page = await (await house.browser(who)).get(address)

    assert page.status_code == 403
    assert "These pages belong to the expert reviewers." in words_of(page)


async def test_nobody_enters_without_signing_in(house: House) -> None:
    assert (await (await house.browser(None)).get(ROOM)).status_code == 401


async def test_looking_changes_nothing(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)

    for address in (ROOM, CASE, REVIEW, CHECK, f"{CASE}/declare-interests"):
        assert (await browser.get(address)).status_code == 200

    assert (await house.case()).entry == walked.case.entry
    assert (await house.case()).stage == Stage.EVALUATION


async def test_the_room_speaks_russian(house: House) -> None:
    await at_evaluation(house)
    browser = await house.browser(EDDA)

    start, review = [words_of(await browser.get(f"{address}?lang=ru")) for address in (ROOM, REVIEW)]

    assert "Ждёт вас Напишите и сдайте заключение" in start
    assert "Оценено критериев: 0 из 8" in start
    assert "Выполнен Выполнен частично" in review
    assert "составил заявитель · от 10 января 2026" in review


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of_before_and_after_a_review(house: House, eyes: Eyes) -> None:
    await at_planning(house)
    browser = await house.browser(EDDA)
    before = [await browser.get(CASE), await sent(browser, f"{CASE}/declare-interests", has_interest="yes")]
    await sent(browser, f"{CASE}/declare-interests", has_interest="no")
    answer = await sent(browser, f"{CASE}/answer-assignment")
    await house.holds(walk(tier=Tier.HIGH, reference="A-2").to_recommendation(), "case-2")

    pages = [*before, answer, await browser.get(f"{ROOM}/case-2"), await browser.get(ROOM)]

    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)


async def test_who_said_yes_says_no_on_the_same_page_and_the_case_closes_for_them(house: House) -> None:
    await at_evaluation(house)
    browser = await house.browser(EDDA)
    page = await browser.get(f"{CASE}/answer-assignment")
    assert "Say that you cannot review after all" in page.text
    assert 'value="yes"' not in page.text

    answer = await sent(browser, f"{CASE}/answer-assignment", reason="I am ill.")
    assert answer.status_code == 303
    assert "You said no" in words_of(await browser.get(ROOM))
    assert (await browser.get(REVIEW)).status_code in {303, 404, 409}
