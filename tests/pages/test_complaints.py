"""Complaints in the rooms of the body: who finds them, who handles, who decides, and who may not."""

from typing import Any

import pytest

from certify.accounts import complainants
from certify.register import matters
from schemas.complaint import Complaint, ComplaintOutcome
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY
from tests.pages.api import is_problem, tokens_at
from tests.pages.complaints import HANDLER, decided, decider_after, filed, handled, with_label
from tests.pages.conftest import AUDITOR, STRANGER, Eyes, House, name_of, words_of
from tests.pages.matters import confirmed, led_on, sent


async def complaint(house: House, code: str) -> Complaint:
    async with house.services.database.reading() as session:
        return await matters.get(session, Complaint, "complaint", code)


async def test_whoever_took_part_in_the_case_cannot_be_named_and_the_page_says_why(house: House) -> None:
    walked, label = await with_label(house)
    code, browser = await filed(house, label), await house.browser(SECRETARY)
    address = f"/secretariat/complaints/{code}/assign-handler"
    words = words_of(await browser.get(address))
    elector = next(member for member in MEMBERS if member.person in walked.case.rounds[-1].electorate)
    forced = await sent(browser, address, handler=elector.person)

    assert f"{name_of(EXPERTS[0])}: took part in what this is about" in words
    assert name_of(HANDLER) in words
    assert (forced.status_code, "Whoever took part" in words_of(forced)) == (403, True)


async def test_a_complaint_is_handled_and_decided_by_two_people_who_took_no_part(house: House) -> None:
    walked, label = await with_label(house)
    code = await filed(house, label)
    await handled(house, code)
    await decided(house, code, decider_after(walked), "upheld", criteria=["I-1.1-01"])
    kept = await complaint(house, code)

    assert kept.decision is not None
    assert (kept.decision.outcome, kept.decision.criteria) == (ComplaintOutcome.UPHELD, ("I-1.1-01",))
    assert kept.opens_review
    page = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/complaints/{code}"))
    for words in ("It reads no sevens.", "It reads none.", "The limits are stated.", "Upheld", name_of(HANDLER)):
        assert words in page


async def test_a_member_who_took_part_is_refused_the_decision(house: House) -> None:
    walked, label = await with_label(house)
    code = await filed(house, label)
    await handled(house, code)
    elector = next(member for member in MEMBERS if member.person in walked.case.rounds[-1].electorate)
    browser, room = await house.browser(elector), f"/commission/complaints/{code}"
    await sent(browser, f"{room}/declare-matter-interests", has_interest="no")
    decision = {"outcome": "not_upheld", "reasons": "Fine.", "public_reason": "Fine."}
    refused = await confirmed(browser, f"{room}/decide-complaint", **decision)

    assert (refused.status_code, "Whoever took part" in words_of(refused)) == (403, True)
    assert (await complaint(house, code)).decision is None


async def test_the_handler_does_not_decide_and_a_decision_is_looked_at_first(house: House) -> None:
    code = await filed(house)
    await handled(house, code)
    browser, room = await house.browser(MEMBERS[0]), f"/commission/complaints/{code}"
    await sent(browser, f"{room}/declare-matter-interests", has_interest="no")
    empty = await sent(browser, f"{room}/decide-complaint", outcome="upheld")
    long = {"outcome": "upheld", "reasons": "Slow.", "public_reason": "x" * 501}
    checked = await confirmed(browser, f"{room}/decide-complaint", **long)

    assert (empty.status_code, checked.status_code) == (422, 422)
    assert "at most 500 characters" in words_of(checked)
    assert (await complaint(house, code)).decision is None
    assert (await (await house.browser(HANDLER)).get(f"/commission/complaints/{code}")).status_code == 403


async def test_a_handler_with_an_interest_leaves_and_another_is_named(house: House) -> None:
    code = await filed(house)
    secretary, naming = await house.browser(SECRETARY), f"/secretariat/complaints/{code}/assign-handler"
    await sent(secretary, naming, handler=HANDLER.person)
    browser = await house.browser(HANDLER)
    declaring = f"/reviewer/complaints/{code}/declare-matter-interests"
    gone = await sent(browser, declaring, has_interest="yes", statement="I made it.")
    words = words_of(await secretary.get(naming))

    assert "Your interest is on record. Others take care of that matter now." in words_of(await led_on(browser, gone))
    assert f"{name_of(HANDLER)}: has an interest in this matter" in words
    assert (await complaint(house, code)).handler is None
    assert (await browser.get(f"/reviewer/complaints/{code}")).status_code == 404


@pytest.mark.parametrize(
    ("who", "room"),
    [(APPLICANT, "secretariat"), (STRANGER, "commission"), (EXPERTS[1], "reviewer"), (EXPERTS[1], "secretariat"),
     (MEMBERS[0], "secretariat"), (None, "secretariat"), (None, "reviewer")],
)  # fmt: skip
async def test_others_find_no_complaint(house: House, who: PersonFacts | None, room: str) -> None:
    code = await filed(house)
    browser = await house.browser(who)
    for address in (f"/{room}/complaints/{code}", f"/{room}/complaints/{code}/contact"):
        answer = await browser.get(address)
        assert answer.status_code in {401, 403, 404}
        assert "sevens" not in answer.text


async def test_only_the_secretariat_sees_how_to_reach_the_complainant_and_can_erase_it(house: House) -> None:
    code = await filed(house, contact="ask@me.example")
    address, browser = f"/secretariat/complaints/{code}/contact", await house.browser(SECRETARY)
    seen = words_of(await browser.get(address))
    others = [(await (await house.browser(who)).get(address)).text for who in (AUDITOR, MEMBERS[0], HANDLER)]
    erased = await browser.post(address)

    assert "ask@me.example" in seen
    assert [text for text in others if "ask@me.example" in text] == []
    assert "It was erased." in words_of(await browser.get(erased.headers["location"]))
    async with house.services.database.reading() as session:
        assert await complainants.find(session, code) is None


async def test_an_auditor_reads_a_complaint_and_has_no_task(house: House) -> None:
    code = await filed(house)
    page = words_of(await (await house.browser(AUDITOR)).get(f"/secretariat/complaints/{code}"))
    assert "It reads no sevens." in page
    assert "Your part" not in page


async def test_a_complaint_where_life_is_at_risk_says_so_in_the_list(house: House) -> None:
    await filed(house, life_at_risk=True)
    assert "Life or health is at risk" in words_of(
        await (await house.browser(SECRETARY)).get("/secretariat/complaints")
    )


BODIES: dict[str, dict[str, Any]] = {
    "assign-handler": {"handler": HANDLER.person},
    "declare-matter-interests": {"has_interest": False},
    "ask-complainant": {"question": "Where?"},
    "record-findings": {"findings": "None."},
    "decide-complaint": {"outcome": "upheld", "reasons": "So.", "public_reason": "So."},
}


@pytest.mark.parametrize("act", BODIES)
@pytest.mark.parametrize("who", [APPLICANT, STRANGER, EXPERTS[1]], ids=lambda one: one.person)
async def test_the_api_knows_no_complaint_for_others(house: House, act: str, who: PersonFacts) -> None:
    code = await filed(house)
    async with tokens_at(house) as program:
        client = await program(who)
        is_problem(await client.post(f"/api/complaints/{code}/{act}", json=BODIES[act]), 404, "unknown_matter")
        is_problem(await client.get(f"/api/complaints/{code}"), 404, "unknown_matter")


@pytest.mark.parametrize(
    ("who", "act", "code"),
    [
        (MEMBERS[0], "assign-handler", "role_missing"),
        (AUDITOR, "assign-handler", "role_missing"),
        (SECRETARY, "ask-complainant", "not_the_handler"),
        (SECRETARY, "record-findings", "not_the_handler"),
        (AUDITOR, "decide-complaint", "role_missing"),
        (AUDITOR, "declare-matter-interests", "no_part_in_matter"),
    ],
)
async def test_the_api_refuses_who_may_not(house: House, who: PersonFacts, act: str, code: str) -> None:
    matter = await filed(house)
    async with tokens_at(house) as program:
        client = await program(who)
        is_problem(await client.post(f"/api/complaints/{matter}/{act}", json=BODIES[act]), 403, code)


async def test_nobody_who_is_signed_in_files_a_complaint_or_answers_one(house: House) -> None:
    code = await filed(house)
    async with tokens_at(house) as program:
        client = await program(SECRETARY)
        assert (await client.post("/api/complaints", json={"about": "body", "text": "Mine."})).status_code == 405
        for act in ("file-complaint", "answer-as-complainant"):
            posted = await client.post(f"/api/complaints/{code}/{act}", json={"number": 1, "answer": "Mine."})
            assert posted.status_code in {404, 405}


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    _, label = await with_label(house)
    code = await filed(house, label, contact="ask@me.example", life_at_risk=True)
    await handled(house, code)
    secretary, member = await house.browser(SECRETARY), await house.browser(MEMBERS[0])
    room, handler = f"/commission/complaints/{code}", await house.browser(HANDLER)
    await sent(member, f"{room}/declare-matter-interests", has_interest="no")
    pages = [(secretary, "/secretariat/complaints"), (secretary, f"/secretariat/complaints/{code}")]
    pages += [(secretary, f"/secretariat/complaints/{code}/{name}") for name in ("assign-handler", "contact")]
    pages += [(handler, f"/reviewer/complaints/{code}"), (handler, f"/reviewer/complaints/{code}/ask-complainant")]
    pages += [(handler, f"/reviewer/complaints/{code}/record-findings"), (member, f"{room}/decide-complaint")]
    for browser, address in pages:
        for language in ("en", "ru"):
            found = await eyes.complaints(await browser.get(f"{address}?lang={language}"))
            assert not found, (address, language)
