"""Who waits for whom: in applications and in everything beside them, for those who have a part in it."""

from typing import Any

from certify.accounts.policy import matter_table
from certify.procedure.lodging import EDITION
from certify.procedure.matter_kinds import KINDS
from certify.web.matters.matter_words import CLOCKS
from schemas.people import PersonFacts
from schemas.scheme import Tier
from tests.appeals import POOL
from tests.builders import APPLICANT, MEMBERS, SECRETARY
from tests.label_walk import JUDGES, LABEL_ID
from tests.pages.appeals import drawn, lodged
from tests.pages.complaints import filed, with_label
from tests.pages.conftest import AUDITOR, STRANGER, House, walk, words_of
from tests.pages.labels import do, handed_in, label
from tests.pages.test_api_institutions import TERM, held
from tests.pages.test_api_questions import ask
from tests.pages.test_legal_holds import held as asked_to_hold

INCIDENT = {"cause": "incident", "reasons": "A wrong answer hurt someone."}


async def waiting(house: House, who: PersonFacts) -> list[dict[str, Any]]:
    answer = await (await house.browser(who)).get("/api/waiting")
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def clocks(lines: list[dict[str, Any]], collection: str) -> list[tuple[str, str]]:
    return [(line["clock"], line["waits_for"]) for line in lines if line["collection"] == collection]


async def test_both_sides_read_by_when_the_plan_is_due_and_by_when_a_round_is_opened(house: House) -> None:
    await house.holds(walk(edition=EDITION).to_planning())
    await house.holds(walk(edition=EDITION, reference="A-2").to_decision(), "case-2")

    for who in (SECRETARY, APPLICANT):
        lines = await waiting(house, who)
        assert clocks(lines, "applications") == [("round_opening", "secretariat"), ("planning", "secretariat")]

    page = words_of(await (await house.browser(APPLICANT)).get("/applicant/case-1"))
    assert "Plan of evaluation due" in page


async def test_an_appeal_waits_for_the_secretariat_and_then_for_its_panel(house: House) -> None:
    appeal = await lodged(house)
    for who in (SECRETARY, APPLICANT, AUDITOR):
        lines = await waiting(house, who)
        assert clocks(lines, "appeals") == [("body_statement", "secretariat"), ("appeal", "secretariat")]
        assert {line["id"] for line in lines} == {appeal}
        assert {(line["application"], line["stage"]) for line in lines} == {(None, None)}


async def test_whoever_was_drawn_is_told_that_they_are_waited_for_and_others_of_the_pool_are_not(house: House) -> None:
    appeal, panel = await drawn(house)

    (spare, *_) = [one for one in POOL if one not in panel]
    lines = await waiting(house, panel[0])
    assert ("appeal_declarations", "appeal_panel") in clocks(lines, "appeals")
    assert ("appeal", "appeal_panel") in clocks(lines, "appeals")
    assert {line["id"] for line in lines} == {appeal}
    for other in (spare, STRANGER, MEMBERS[0]):
        assert clocks(await waiting(house, other), "appeals") == []


async def test_a_surveillance_waits_for_the_holder_then_for_whoever_was_asked(house: House) -> None:
    await label(house, Tier.CRITICAL)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)
    for who in (SECRETARY, APPLICANT):
        lines = await waiting(house, who)
        assert ("surveillance_missed/1", "holder") in clocks(lines, "labels")
        assert {line["id"] for line in lines if line["collection"] == "labels"} == {LABEL_ID}

    await handed_in(house)
    asked = {"surveillance": 1, "reviewer": JUDGES[0].person, "areas": ["ethics_or_law"]}
    assert (await do(house, SECRETARY, "assign-surveillance-reviewer", **asked)).status_code == 200

    awaited = (f"surveillance_answer/1.{JUDGES[0].person}", "reviewer")
    assert clocks(await waiting(house, JUDGES[0]), "labels") == [awaited, ("expiry", "holder")]
    assert awaited in clocks(await waiting(house, SECRETARY), "labels")
    of_holder = clocks(await waiting(house, APPLICANT), "labels")
    assert ("surveillance_answer/1", "reviewer") in of_holder
    assert JUDGES[0].person not in str(of_holder)


async def test_the_renewal_of_a_label_waits_for_nobody_before_its_window_opens(house: House) -> None:
    await label(house)
    found = clocks(await waiting(house, APPLICANT), "labels")

    assert ("expiry", "holder") in found
    assert "renewal" not in {name for name, _ in found}


async def test_a_label_that_everybody_may_read_is_on_nobodys_list_who_has_no_part_in_it(house: House) -> None:
    await label(house)

    assert clocks(await waiting(house, STRANGER), "labels") == []


async def test_an_ethics_question_waits_for_the_commission(house: House) -> None:
    question = await ask(house)
    for who in (SECRETARY, APPLICANT, MEMBERS[0]):
        lines = await waiting(house, who)
        assert [(line["id"], line["clock"], line["waits_for"]) for line in lines] == [
            (question, "ethics_question", "commission")
        ]
    assert await waiting(house, STRANGER) == []


async def test_a_complaint_waits_for_the_secretariat_and_the_holder_does_not_learn_of_it(house: House) -> None:
    _, about = await with_label(house)
    await filed(house, about)

    assert clocks(await waiting(house, SECRETARY), "complaints") == [("complaint", "secretariat")]
    assert clocks(await waiting(house, APPLICANT), "complaints") == []


async def test_whoever_asked_to_join_waits_for_the_commission_and_the_meeting_for_the_ends_of_terms(
    house: House,
) -> None:
    joining = {"name": "Other Vision", "country": "FI", "roles": ["developer"], "text": "We join."}
    asked = await (await house.browser(STRANGER)).post("/api/organisations/org-other/apply-to-join", json=joining)
    assert asked.status_code == 200, asked.text
    await held(house)

    assert clocks(await waiting(house, STRANGER), "organisations") == [("accession", "commission")]
    assert clocks(await waiting(house, SECRETARY), "organisations") == [("accession", "commission")]
    ends = f"term/commission.{TERM['until']}"
    assert clocks(await waiting(house, SECRETARY), "institutions") == [(ends, "secretariat")]
    assert clocks(await waiting(house, APPLICANT), "institutions") == []


async def test_what_is_due_first_stands_first_whatever_it_is(house: House) -> None:
    await label(house)
    await ask(house)
    await filed(house)
    lines = await waiting(house, SECRETARY)
    due = [line["due_at"] for line in lines]

    assert due == sorted(due)
    assert {line["collection"] for line in lines} == {"labels", "questions", "complaints"}


async def test_every_clock_of_a_matter_is_one_that_the_policy_tells_to_somebody_beside_its_keepers() -> None:
    told = {clock for kind in KINDS for clock in matter_table.CLOCK_FIELDS.get(kind, {})}

    assert told == set(CLOCKS)
    for kind, fields in matter_table.CLOCK_FIELDS.items():
        assert set(fields.values()) <= set(KINDS[kind].state.model_fields), kind


async def test_an_interest_in_what_is_held_keeps_from_learning_whom_the_hold_waits_for(house: House) -> None:
    await label(house)
    await asked_to_hold(house, "label", LABEL_ID)
    assert clocks(await waiting(house, SECRETARY), "holds") == [(None, "label_officer")]

    said = {"has_interest": True, "statement": "A share."}
    assert (await do(house, SECRETARY, "declare-matter-interests", **said)).status_code == 200

    assert clocks(await waiting(house, SECRETARY), "holds") == []
