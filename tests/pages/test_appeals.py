"""Appeals in a browser and through the API: lodged, heard, decided by the panel, read by the party; who may not."""

from typing import Any

import pytest

from certify.register import appeals, matters
from certify.register.challenges import panel_facts
from schemas.appeal import Appeal
from schemas.identifiers import appeal_id
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted
from tests.appeals import POOL
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, START, person, text
from tests.pages.api import is_problem, tokens_at
from tests.pages.appeals import LODGE, decided, declined, drawn, entry_of, in_vote, lodged, panel_of
from tests.pages.conftest import AUDITOR, IMPARTIAL, STRANGER, Eyes, House, keep, name_of, walk, words_of
from tests.pages.matters import confirmed, led_on, sent

CASE = "/applicant/case-1"


async def test_the_page_of_an_ended_case_leads_to_an_appeal_and_then_shows_how_it_stands(house: House) -> None:
    walked = await declined(house)
    browser = await house.browser(APPLICANT)
    before = await browser.get(CASE)
    form = await browser.get(f"{LODGE}?entry={entry_of(walked)}")
    answer = await sent(browser, LODGE, entry=entry_of(walked), grounds="It is in scope.", hearing_wanted="yes")
    after = words_of(await browser.get(CASE))

    assert "Appeal: The application was declined" in words_of(before)
    assert f'value="{entry_of(walked)}" checked' in form.text
    assert answer.status_code == 303
    assert "The application was declined Under way" in after
    assert "until" not in after.partition("Appeals")[2].partition("Clock")[0]


async def test_a_granted_or_running_case_can_not_be_appealed_against(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    assert "Appeals" not in words_of(await browser.get(CASE))
    assert "nothing that your organisation can appeal against" in words_of(await browser.get(LODGE))


async def test_an_appeal_without_reasons_comes_back_with_what_was_typed(house: House) -> None:
    walked = await declined(house)
    browser = await house.browser(APPLICANT)
    empty = await sent(browser, LODGE, entry=entry_of(walked), grounds=" ")
    forged = await sent(browser, LODGE, entry="case/case-1:1", grounds="My own words.")
    nonsense = await sent(browser, LODGE, entry="x", grounds="My own words.")

    assert (empty.status_code, forged.status_code, nonsense.status_code) == (422, 422, 422)
    assert "Say why it should be decided otherwise." in words_of(empty)
    assert "Nobody can appeal against this entry of the record." in words_of(forged)
    assert "My own words." in forged.text


async def test_a_second_appeal_against_the_same_act_is_refused(house: House) -> None:
    await lodged(house)
    async with tokens_at(house) as program:
        client = await program(APPLICANT)
        case = await house.case()
        body = {"stream": "case/case-1", "number": case.entry, "grounds": "Again."}
        is_problem(await client.post("/api/appeals", json=body), 409, "already_appealed")


async def test_an_appeal_is_decided_by_its_panel_and_read_by_the_party_without_names(house: House) -> None:
    appeal, panel = await decided(house)
    page = words_of(await (await house.browser(APPLICANT)).get(f"/applicant/appeals/{appeal}"))
    case = words_of(await (await house.browser(SECRETARY)).get("/secretariat/case-1"))

    for words in ("Upheld", "The Preamble names it.", "It is not.", "It is in scope."):
        assert words in page
    assert [one for one in panel if name_of(one) in page] == []
    assert "The application was declined Upheld" in case
    assert (await house.case()).stage == "declined"
    async with house.services.database.reading() as session:
        assert (await appeals.counts(session)).by_outcome == {"upheld": 1}


async def test_whoever_was_drawn_reads_nothing_of_substance_before_declaring(house: House) -> None:
    appeal, panel = await drawn(house)
    browser = await house.browser(panel[0])
    start, before = words_of(await browser.get("/appeals")), words_of(await browser.get(f"/appeals/{appeal}"))
    await sent(browser, f"/appeals/{appeal}/declare-matter-interests", has_interest="no")
    after = words_of(await browser.get(f"/appeals/{appeal}"))

    assert "Waiting for you Appeal: The application was declined" in start
    assert "It is in scope." not in before
    assert "It is not." not in before
    assert "Why the party appeals It is in scope." in after


async def test_a_member_with_an_interest_leaves_and_the_next_one_drawn_finds_the_appeal(house: House) -> None:
    appeal, panel = await drawn(house)
    browser = await house.browser(panel[0])
    declaring = f"/appeals/{appeal}/declare-matter-interests"
    gone = await sent(browser, declaring, has_interest="yes", statement="My brother works there.")
    now = await panel_of(house, appeal)
    newcomer = next(one for one in now if one not in panel)

    assert "Your interest is on record. Others take care of that matter now." in words_of(await led_on(browser, gone))
    assert (await browser.get(f"/appeals/{appeal}/cast-vote")).status_code == 404
    assert "Appeal: The application was declined" in words_of(await (await house.browser(newcomer)).get("/appeals"))


async def test_the_panel_hears_the_party_where_it_asked_to_be_heard(house: House) -> None:
    appeal, panel = await drawn(house, hearing=True)
    member = await house.browser(panel[0])
    await sent(member, f"/appeals/{appeal}/declare-matter-interests", has_interest="no")
    heard = await sent(member, f"/appeals/{appeal}/record-appeal-hearing", protocol="They said so.")
    page = words_of(await (await house.browser(APPLICANT)).get(f"/applicant/appeals/{appeal}"))

    assert heard.status_code == 303
    assert "They said so." in page


async def test_the_party_does_without_a_hearing_or_takes_the_appeal_back(house: House) -> None:
    appeal, _ = await drawn(house, hearing=True)
    browser, room = await house.browser(APPLICANT), f"/applicant/appeals/{appeal}"
    waived = await sent(browser, f"{room}/waive-appeal-hearing")
    taken = await sent(browser, f"{room}/withdraw-appeal")

    assert (waived.status_code, taken.status_code) == (303, 303)
    assert "Taken back" in words_of(await browser.get(room))


async def test_a_decision_is_looked_at_before_it_is_given(house: House) -> None:
    appeal, panel = await in_vote(house)
    for member in panel:
        await confirmed(await house.browser(member), f"/appeals/{appeal}/cast-vote", choice="against")
    browser, address = await house.browser(panel[1]), f"/appeals/{appeal}/give-appeal-reasons"
    empty = await sent(browser, address, reasons=" ", public_reason=" ")
    checked = await sent(browser, address, reasons="So.", public_reason="So.")

    assert empty.status_code == 422
    assert "Decide the appeal?" in words_of(checked)
    assert "Outcome Dismissed" in words_of(checked)


async def test_the_secretariat_draws_and_does_not_choose(house: House) -> None:
    appeal = await lodged(house)
    browser, room = await house.browser(SECRETARY), f"/secretariat/appeals/{appeal}"
    form = words_of(await browser.get(f"{room}/draw-panel"))
    await sent(browser, f"{room}/draw-panel")
    again = await browser.get(f"{room}/draw-panel")
    page = words_of(await browser.get(room))

    assert "People in the appeal pool 7 (at least 7 needed)" in form
    assert again.status_code == 409
    assert "Draw 1: 3 of 7" in page


@pytest.mark.parametrize(
    ("who", "room"),
    [(STRANGER, "/applicant/appeals"), (EXPERTS[0], "/applicant/appeals"), (APPLICANT, "/appeals"),
     (MEMBERS[0], "/appeals"), (SECRETARY, "/appeals"), (APPLICANT, "/secretariat/appeals"),
     (POOL[0], "/secretariat/appeals"), (None, "/appeals"), (None, "/applicant/appeals")],
)  # fmt: skip
async def test_others_find_no_appeal(house: House, who: PersonFacts | None, room: str) -> None:
    appeal = await lodged(house)
    browser = await house.browser(who)
    for address in (f"{room}/{appeal}", f"{room}/{appeal}/put-appeal-to-vote"):
        answer = await browser.get(address)
        assert answer.status_code in {401, 403, 404}
        assert "in scope" not in answer.text


@pytest.mark.parametrize("who", [AUDITOR, IMPARTIAL])
async def test_an_auditor_and_the_impartiality_committee_read_and_do_nothing(house: House, who: PersonFacts) -> None:
    appeal = await lodged(house)
    browser = await house.browser(who)
    page = words_of(await browser.get(f"/secretariat/appeals/{appeal}"))

    assert "It is in scope." in page
    assert "Your part" not in page
    assert (await browser.get(f"/secretariat/appeals/{appeal}/draw-panel")).status_code == 403


async def test_a_member_of_the_pool_who_was_not_drawn_finds_nothing(house: House) -> None:
    appeal, panel = await drawn(house)
    other = next(one for one in POOL[:7] if one not in panel)
    browser = await house.browser(other)
    assert (await browser.get(f"/appeals/{appeal}")).status_code == 404
    assert "Appeal:" not in words_of(await browser.get("/appeals"))


BODIES: dict[str, dict[str, Any]] = {
    "file-body-statement": {"statement": "So."},
    "draw-panel": {},
    "declare-matter-interests": {"has_interest": False},
    "record-appeal-hearing": {"protocol": "So."},
    "waive-appeal-hearing": {},
    "put-appeal-to-vote": {},
    "cast-vote": {"motion": 1, "choice": "against", "object_digest": "0" * 64},
    "leave-electorate": {"reason": "Ill."},
    "give-appeal-reasons": {"reasons": "So.", "public_reason": "So."},
    "withdraw-appeal": {},
}


@pytest.mark.parametrize("act", BODIES)
@pytest.mark.parametrize("who", [STRANGER, MEMBERS[0], EXPERTS[0], POOL[0]], ids=lambda one: one.person)
async def test_the_api_knows_no_appeal_for_others(house: House, act: str, who: PersonFacts) -> None:
    appeal = await lodged(house)
    async with tokens_at(house) as program:
        client = await program(who)
        is_problem(await client.post(f"/api/appeals/{appeal}/{act}", json=BODIES[act]), 404, "unknown_matter")
        is_problem(await client.get(f"/api/appeals/{appeal}"), 404, "unknown_matter")


@pytest.mark.parametrize(
    ("who", "act", "code"),
    [
        (APPLICANT, "file-body-statement", "role_missing"),
        (APPLICANT, "draw-panel", "role_missing"),
        (APPLICANT, "declare-matter-interests", "no_part_in_matter"),
        (APPLICANT, "record-appeal-hearing", "not_on_the_panel"),
        (APPLICANT, "put-appeal-to-vote", "role_missing"),
        (SECRETARY, "record-appeal-hearing", "not_on_the_panel"),
        (SECRETARY, "waive-appeal-hearing", "not_the_party"),
        (SECRETARY, "withdraw-appeal", "not_the_party"),
        (AUDITOR, "file-body-statement", "role_missing"),
        (IMPARTIAL, "draw-panel", "role_missing"),
    ],
)
async def test_the_api_refuses_who_may_not(house: House, who: PersonFacts, act: str, code: str) -> None:
    appeal = await lodged(house)
    async with tokens_at(house) as program:
        client = await program(who)
        is_problem(await client.post(f"/api/appeals/{appeal}/{act}", json=BODIES[act]), 403, code)


async def test_the_api_takes_an_appeal_of_the_party_alone_and_its_id_follows_from_the_act(house: House) -> None:
    walked = await declined(house)
    body = {"stream": "case/case-1", "number": len(walked.events), "grounds": "It is in scope."}
    async with tokens_at(house) as program:
        for who in (STRANGER, SECRETARY, MEMBERS[0], POOL[0]):
            is_problem(await (await program(who)).post("/api/appeals", json=body), 403, "not_the_party")
        client = await program(APPLICANT)
        is_problem(await client.post("/api/appeals", json={**body, "number": 999}), 404, "unknown_entry")
        is_problem(await client.post("/api/appeals", json={**body, "number": 1}), 422, "not_appealable")
        taken = await client.post("/api/appeals", json=body)
    assert (taken.status_code, taken.json()["matter"]) == (200, appeal_id(body["stream"], body["number"]))  # type: ignore[arg-type]  # as above


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    appeal, panel = await in_vote(house)
    applicant, secretary, member = [await house.browser(one) for one in (APPLICANT, SECRETARY, panel[0])]
    pages = [(applicant, CASE), (applicant, "/applicant/appeals"), (applicant, f"/applicant/appeals/{appeal}")]
    pages += [(applicant, LODGE), (secretary, "/secretariat/appeals"), (secretary, f"/secretariat/appeals/{appeal}")]
    pages += [(member, "/appeals"), (member, f"/appeals/{appeal}"), (member, f"/appeals/{appeal}/cast-vote")]
    for browser, address in pages:
        for language in ("en", "ru"):
            found = await eyes.complaints(await browser.get(f"{address}?lang={language}"))
            assert not found, (address, language)


async def test_the_panel_reads_the_case_from_its_declaration_to_its_decision(house: House) -> None:
    appeal, panel = await drawn(house)
    member, address = panel[0], f"/appeals/{appeal}/case"
    browser = await house.browser(member)
    before = await browser.get(address)
    await sent(browser, f"/appeals/{appeal}/declare-matter-interests", has_interest="no")
    appealed, page = await browser.get(f"/appeals/{appeal}"), await browser.get(address)
    file = await browser.get("/api/applications/case-1")

    assert before.status_code == 404
    assert f'href="{address}"' in appealed.text
    assert "Reasons Advice" in words_of(page), "why the application was declined"
    assert (file.status_code, file.json()["parts"]) == (200, ["panel"])
    for stranger in (next(one for one in POOL if one not in panel), EXPERTS[1]):
        other = await house.browser(stranger)
        assert (await other.get(address)).status_code in {403, 404}
        assert (await other.get("/api/applications/case-1")).status_code == 404


async def test_the_case_is_closed_to_the_panel_again_once_the_appeal_is_decided(house: House) -> None:
    appeal, panel = await decided(house)
    browser = await house.browser(panel[0])
    assert "Upheld" in words_of(await browser.get(f"/appeals/{appeal}"))
    assert (await browser.get(f"/appeals/{appeal}/case")).status_code == 404
    assert (await browser.get("/api/applications/case-1")).status_code == 404


async def test_the_page_of_the_case_is_accessible_to_the_panel(house: House, eyes: Eyes) -> None:
    appeal, panel = await in_vote(house)
    browser = await house.browser(panel[0])
    for language in ("en", "ru"):
        assert not await eyes.complaints(await browser.get(f"/appeals/{appeal}/case?lang={language}"))


async def test_whom_the_applicant_keeps_away_is_not_drawn(house: House) -> None:
    rivals = [person(f"rival-{number}", Role.APPEAL_MEMBER, organisation="org-rival") for number in range(3)]
    walked = walk()
    walked.lodged = walked.lodged.model_copy(update={"kept_away": ("org-rival",)})
    await house.holds(walked.to_intake().act("decline_application", SECRETARY, reasons=text("Advice")))
    async with house.services.database.writing() as session:
        for one in rivals:
            admitted = {"at": START, "actor": "engine", "person": one.person, "roles": ("appeal_member",)}
            await keep(session, "people", PersonAdmitted(**admitted, organisation="org-rival", areas=()))
    answer = await sent(await house.browser(APPLICANT), LODGE, entry=entry_of(walked), grounds="It is in scope.")
    subject = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    async with house.services.database.reading() as session:
        appeal = await matters.get(session, Appeal, "appeal", subject)
        kept_out = (await panel_facts(session, appeal)).took_part
    assert {one.person for one in rivals} <= set(kept_out)
    assert not {one.person for one in POOL} & set(kept_out)
