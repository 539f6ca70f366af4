"""Ethics questions through the API: from asking to the vote, and what each person reads of them."""

from typing import Any

import httpx2

from schemas.people import PersonFacts
from tests.builders import APPLICANT, MEMBERS, SECRETARY
from tests.pages.conftest import AUDITOR, STRANGER, House


async def ask(house: House, who: PersonFacts = APPLICANT) -> str:
    browser = await house.browser(who)
    answer = await browser.post("/api/questions", json={"text": "May we profile pupils?", "may_be_published": True})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["matter"])


async def do(house: House, who: PersonFacts, question: str, act: str, **body: Any) -> httpx2.Response:
    return await (await house.browser(who)).post(f"/api/questions/{question}/{act}", json=body)


async def read(house: House, who: PersonFacts, question: str) -> dict[str, Any]:
    return dict((await (await house.browser(who)).get(f"/api/questions/{question}")).json())


async def test_a_question_is_answered_by_a_vote_and_its_asker_reads_the_answer(house: House) -> None:
    question = await ask(house)
    assert (await do(house, MEMBERS[0], question, "propose-answer", answer="Only with consent.")).status_code == 200
    assert (await do(house, SECRETARY, question, "put-answer-to-vote")).status_code == 200
    motion = (await read(house, SECRETARY, question))["motions"][0]
    for member in MEMBERS[:7]:
        if member.person in motion["electorate"]:
            await do(house, member, question, "declare-matter-interests", has_interest=False)
            cast = await do(
                house, member, question, "cast-vote",
                motion=1, choice="in_favour", object_digest=motion["object_digest"],
            )  # fmt: skip
            assert cast.status_code == 200, cast.text

    reading = await read(house, APPLICANT, question)
    digest = reading["facts"]["answer"]["digest"]
    text = await (await house.browser(APPLICANT)).get(f"/api/questions/{question}/texts/{digest}")
    assert text.text == "Only with consent."
    assert reading["motions"][0]["electorate"] is None
    assert reading["motions"][0]["ballots"] is None


async def test_a_stranger_cannot_tell_a_question_from_none(house: House) -> None:
    question = await ask(house)
    browser = await house.browser(STRANGER)
    there, nowhere = await browser.get(f"/api/questions/{question}"), await browser.get("/api/questions/none")
    assert (there.status_code, there.json()["code"]) == (nowhere.status_code, nowhere.json()["code"])
    refused = await do(house, STRANGER, question, "propose-answer", answer="Mine.")
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_matter")


async def test_a_receipt_of_another_organisations_question_is_none(house: House) -> None:
    asked = await (await house.browser(APPLICANT)).post(
        "/api/questions", json={"text": "May we?", "may_be_published": False}
    )

    browser = await house.browser(STRANGER)
    there = await browser.get(f"/api/receipts/{asked.json()['act_id']}")
    nowhere = await browser.get("/api/receipts/nothing")

    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())


async def test_no_reading_shows_a_choice_before_the_vote_closes(house: House) -> None:
    question = await ask(house)
    await do(house, MEMBERS[0], question, "propose-answer", answer="Yes.")
    await do(house, SECRETARY, question, "put-answer-to-vote")
    motion = (await read(house, AUDITOR, question))["motions"][0]
    voter = next(member for member in MEMBERS if member.person in motion["electorate"])
    await do(house, voter, question, "declare-matter-interests", has_interest=False)
    await do(house, voter, question, "cast-vote", motion=1, choice="against", object_digest=motion["object_digest"])

    for who in (SECRETARY, AUDITOR, voter):
        reading = await read(house, who, question)
        assert reading["motions"][0]["ballots"] is None
        assert "against" not in str(reading)


async def test_the_same_request_under_the_same_key_asks_once(house: House) -> None:
    browser = await house.browser(APPLICANT)
    body, headers = {"text": "May we?"}, {"Idempotency-Key": "one"}
    first = await browser.post("/api/questions", json=body, headers=headers)
    again = await browser.post("/api/questions", json=body, headers=headers)
    other = await browser.post("/api/questions", json={"text": "May they?"}, headers=headers)

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "other_act_same_key")
