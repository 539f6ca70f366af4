"""Ethics questions in a browser: asked, answered by a vote, read by the asker, published for everybody (I-2.3)."""

from typing import Any

import httpx2
import pytest

from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY
from tests.pages.conftest import AUDITOR, STRANGER, Eyes, House, hidden_in, name_of, words_of
from tests.pages.matters import confirmed, sent, voted_by

ASK = "/applicant/questions/new/ask-commission"


async def asked(house: House, **typed: str) -> str:
    """Ask and return the question's id."""
    answer = await sent(await house.browser(APPLICANT), ASK, **{"text": "May we profile pupils?", **typed})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def in_vote(house: House, **typed: str) -> tuple[str, list[PersonFacts]]:
    """Ask, propose and open the vote; return the question and its electors."""
    question = await asked(house, **typed)
    proposed = await sent(
        await house.browser(MEMBERS[0]), f"/commission/questions/{question}/propose-answer", answer="Only with consent."
    )
    assert proposed.status_code == 303, proposed.text
    opened = await sent(await house.browser(SECRETARY), f"/secretariat/questions/{question}/put-answer-to-vote")
    assert opened.status_code == 303, opened.text
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "question", question)
    electorate = reading.motions[-1].electorate or ()
    return question, [one for one in MEMBERS if one.person in electorate]


async def test_the_asker_reads_the_answer_once_the_vote_carried_it_and_no_names(house: House) -> None:
    question, voters = await in_vote(house)
    browser = await house.browser(APPLICANT)
    before = words_of(await browser.get(f"/applicant/questions/{question}"))
    await voted_by(house, voters, f"/commission/questions/{question}")
    after = words_of(await browser.get(f"/applicant/questions/{question}"))

    assert "Only with consent." not in before
    assert "Answer of the Commission Only with consent." in after
    assert [one for one in MEMBERS if name_of(one) in after] == []
    assert "Vote cast" not in after


async def test_a_question_without_text_comes_back_with_what_is_missing(house: House) -> None:
    answer = await sent(await house.browser(APPLICANT), ASK, text=" ", may_be_published="yes")

    assert answer.status_code == 422
    assert "Write your question." in words_of(answer)
    assert "checked" in answer.text


async def test_a_double_click_asks_once(house: House) -> None:
    browser = await house.browser(APPLICANT)
    form = {**hidden_in(await browser.get(ASK)), "text": "May we?"}
    first, again = await browser.post(ASK, data=form), await browser.post(ASK, data=form)

    assert first.headers["location"] == again.headers["location"]
    assert words_of(await browser.get("/applicant/questions")).count("May we?") == 1


async def test_a_vote_is_shown_before_it_is_cast_and_cannot_be_changed(house: House) -> None:
    question, voters = await in_vote(house)
    browser, address = await house.browser(voters[0]), f"/commission/questions/{question}"
    undeclared = await browser.get(f"{address}/cast-vote")
    await sent(browser, f"{address}/declare-matter-interests", has_interest="no")
    checked = await sent(browser, f"{address}/cast-vote", choice="against")
    back = await browser.post(f"{address}/cast-vote", data={**hidden_in(checked), "step": "change"})
    done = await confirmed(browser, f"{address}/cast-vote", choice="against")
    again = await browser.get(f"{address}/cast-vote")

    assert (undeclared.status_code, "Declare your interests first." in words_of(undeclared)) == (409, True)
    assert "You are about to vote: Against." in words_of(checked)
    assert 'value="against" checked' in back.text
    assert "Recorded as entry" in words_of(await browser.get(done.headers["location"]))
    assert again.status_code == 409


async def test_whoever_has_an_interest_leaves_and_a_substitute_finds_the_vote_waiting(house: House) -> None:
    question, voters = await in_vote(house)
    browser, address = await house.browser(voters[0]), f"/commission/questions/{question}"
    without = await sent(browser, f"{address}/declare-matter-interests", has_interest="yes")
    gone = await sent(browser, f"{address}/declare-matter-interests", has_interest="yes", statement="My sister asks.")
    seen = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/questions/{question}"))

    assert (without.status_code, gone.status_code) == (422, 303)
    assert "Say in a sentence what the interest is." in words_of(without)
    assert "A substitute stepped in" in seen


async def test_a_member_who_leaves_says_why(house: House) -> None:
    question, voters = await in_vote(house)
    browser, address = await house.browser(voters[0]), f"/commission/questions/{question}/leave-electorate"
    empty, left = await sent(browser, address, reason=""), await sent(browser, address, reason="Ill.")

    assert (empty.status_code, left.status_code) == (422, 303)


async def test_the_published_text_is_looked_at_first_and_then_read_by_everybody(house: House) -> None:
    question, voters = await in_vote(house, may_be_published="yes")
    await voted_by(house, voters, f"/commission/questions/{question}")
    before = words_of(await (await house.browser(None)).get("/questions"))
    done = await confirmed(
        await house.browser(SECRETARY),
        f"/secretariat/questions/{question}/publish-answer",
        text="Pupils: with consent.",
    )
    after = words_of(await (await house.browser(None)).get("/questions"))

    assert done.status_code == 303
    assert "0 answers" in before
    assert "Pupils: with consent." in after
    assert "May we profile pupils?" not in after


async def test_without_consent_nothing_can_be_published(house: House) -> None:
    question, voters = await in_vote(house)
    await voted_by(house, voters, f"/commission/questions/{question}")
    browser = await house.browser(SECRETARY)

    assert (await browser.get(f"/secretariat/questions/{question}/publish-answer")).status_code == 409
    assert "Publish question and answer" not in words_of(await browser.get(f"/secretariat/questions/{question}"))


@pytest.mark.parametrize(
    ("who", "room"),
    [(STRANGER, "applicant"), (EXPERTS[0], "applicant"), (APPLICANT, "commission"), (EXPERTS[0], "commission"),
     (APPLICANT, "secretariat"), (MEMBERS[0], "secretariat"), (None, "applicant"), (None, "commission")],
)  # fmt: skip
async def test_others_find_no_question_in_a_room(house: House, who: PersonFacts | None, room: str) -> None:
    question = await asked(house)
    browser = await house.browser(who)
    for address in (f"/{room}/questions/{question}", f"/{room}/questions/{question}/propose-answer"):
        answer = await browser.get(address)
        assert answer.status_code in {401, 403, 404}
        assert "pupils" not in answer.text


async def test_an_auditor_reads_a_question_and_changes_nothing(house: House) -> None:
    question = await asked(house)
    browser = await house.browser(AUDITOR)
    page = await browser.get(f"/secretariat/questions/{question}")
    act = await browser.get(f"/secretariat/questions/{question}/put-answer-to-vote")

    assert "May we profile pupils?" in words_of(page)
    assert "Your part" not in words_of(page)
    assert act.status_code == 403


async def looks(eyes: Eyes, browser: httpx2.AsyncClient, *addresses: str) -> dict[str, Any]:
    return {
        address: found
        for address in addresses
        for language in ("en", "ru")
        if (found := await eyes.complaints(await browser.get(f"{address}?lang={language}")))
    }


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    question, voters = await in_vote(house, may_be_published="yes")
    voter, commission = await house.browser(voters[0]), f"/commission/questions/{question}"
    assert not await looks(eyes, await house.browser(APPLICANT), "/applicant/questions", ASK)
    declaring = f"{commission}/declare-matter-interests"
    assert not await looks(eyes, voter, "/commission/questions", commission, declaring)
    await sent(voter, declaring, has_interest="no")
    assert not await looks(eyes, voter, f"{commission}/cast-vote", f"{commission}/leave-electorate")
    assert not await eyes.complaints(await sent(voter, f"{commission}/cast-vote", choice="abstain"))
    secretary = await house.browser(SECRETARY)
    assert not await looks(eyes, secretary, "/secretariat/questions", f"/secretariat/questions/{question}")
    assert not await looks(eyes, await house.browser(None), "/questions")
