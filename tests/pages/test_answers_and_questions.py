"""Questions to the applicant, and the lead reviewer's confirmation of the answers, in a browser."""

import re

import httpx2
import pytest

from schemas.scheme import Tier
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of

EDDA = EXPERTS[0]


async def sent(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address, data={**hidden_in(page), **typed})


async def at_evaluation(house: House, tier: Tier = Tier.LOW) -> Walk:
    walked = walk(tier=tier, edition=2, **await house.application()).to_evaluation()
    await house.holds(walked)
    return walked


def answers_of(walked: Walk) -> dict[str, object]:
    answers = walked.case.lodged.answers
    return {f"answer-{name}": "unknown" if points is None else str(points) for name, points in answers.items()}


async def test_the_lead_reviewer_is_asked_to_confirm_the_answers_before_the_review(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)

    assert "Waiting for you Confirm the answers of the questionnaire : Digit Reader" in words_of(
        await browser.get("/reviewer")
    )
    done = await sent(browser, "/reviewer/case-1/confirm-answers", **answers_of(walked))

    assert done.status_code == 303
    assert (await house.case()).confirmation is not None
    assert "Waiting for you Write your review and hand it in" in words_of(await browser.get("/reviewer"))


async def test_another_answer_needs_its_reason_and_what_was_typed_stays(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    question = next(iter(walked.case.lodged.answers))
    changed = {**answers_of(walked), f"answer-{question}": "unknown"}

    refused = await sent(browser, "/reviewer/case-1/confirm-answers", **changed)

    assert refused.status_code == 422
    assert "rationale_missing" in words_of(refused)
    assert (await house.case()).confirmation is None
    taken = await sent(
        browser, "/reviewer/case-1/confirm-answers", **changed, **{f"rationale-{question}": "Nothing shows it."}
    )
    assert taken.status_code == 303
    confirmation = (await house.case()).confirmation
    assert confirmation is not None
    assert confirmation.answers[question] is None


async def test_an_answer_that_is_no_number_is_refused_with_its_code(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    question = next(iter(walked.case.lodged.answers))

    refused = await sent(
        browser, "/reviewer/case-1/confirm-answers", **{**answers_of(walked), f"answer-{question}": "many"}
    )

    assert refused.status_code == 422
    assert "malformed_form" in words_of(refused)


async def test_a_reviewer_asks_and_the_applicant_answers(house: House) -> None:
    await at_evaluation(house)
    reviewer, applicant = await house.browser(EDDA), await house.browser(APPLICANT)

    asked = await sent(reviewer, "/reviewer/case-1/ask-question", text="Who uses it?")
    waiting = words_of(await applicant.get("/applicant"))
    page = words_of(await applicant.get("/applicant/case-1/answer-question"))
    answered = await sent(applicant, "/applicant/case-1/answer-question", answer="Clerks.")

    assert (asked.status_code, answered.status_code) == (303, 303)
    assert "Answer the question you were asked : Digit Reader" in waiting
    assert "Who uses it?" in page
    assert "edda" not in page
    assert "Clerks." in words_of(await reviewer.get("/reviewer/case-1"))


async def test_the_secretariat_asks_at_the_intake(house: House) -> None:
    await house.holds(walk(edition=2, **await house.application()).to_intake())
    browser = await house.browser(SECRETARY)

    assert "Ask the applicant a question" in words_of(await browser.get("/secretariat/case-1"))
    asked = await sent(browser, "/secretariat/case-1/ask-question", text="Who uses it?")

    assert asked.status_code == 303
    assert "An answer is awaited by" in words_of(await browser.get("/secretariat/case-1"))


async def test_an_answer_where_nothing_is_asked_tells_so(house: House) -> None:
    await house.holds(walk(edition=2, **await house.application()).to_intake())
    browser = await house.browser(APPLICANT)

    page = await browser.get("/applicant/case-1/answer-question")

    assert page.status_code == 409
    assert "No question waits for an answer." in words_of(page)


@pytest.mark.slow
@pytest.mark.parametrize("act", ["confirm-answers", "ask-question"])
async def test_the_pages_of_the_lead_reviewer_are_accessible(house: House, eyes: Eyes, act: str) -> None:
    await at_evaluation(house)
    browser = await house.browser(EDDA)

    assert await eyes.complaints(await browser.get(f"/reviewer/case-1/{act}")) == ""


@pytest.mark.slow
async def test_the_page_of_an_answer_is_accessible(house: House, eyes: Eyes) -> None:
    await house.holds(walk(edition=2, **await house.application()).to_intake().asked())
    browser = await house.browser(APPLICANT)

    assert await eyes.complaints(await browser.get("/applicant/case-1/answer-question")) == ""
    assert await eyes.complaints(await browser.get("/applicant/case-1")) == ""


async def test_the_questions_stand_in_the_order_of_the_scheme(house: House) -> None:
    walked = await at_evaluation(house)
    page = await (await house.browser(EDDA)).get("/reviewer/case-1/confirm-answers")
    asked = re.findall(r'name="answer-([A-Z0-9]+)"', page.text)

    assert list(dict.fromkeys(asked)) == [name for name in walked.rules.questions if name in walked.case.lodged.answers]
