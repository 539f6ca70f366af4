"""Erasure on pages and through the API: asked for by one person, approved by another, and told as what it is."""

from pathlib import Path

import httpx2
import pytest

from certify.procedure.erasing import erase, erasing_facts
from certify.register import matters
from schemas.erasure import ApproveErasure, Erasure
from schemas.errors import NotFound
from schemas.people import PersonFacts
from tests.builders import APPLICANT, LABEL_OFFICER, MEMBERS, SECRETARY, sha256, text
from tests.pages.conftest import AUDITOR, House, walk, words_of
from tests.pages.entries import SECOND, employ
from tests.pages.matters import sent
from tests.pages.test_ties import declares
from tests.vaults import put_file, seal_as_before
from workflows.rules.matter.erasures import ERASURE

ASKING = "/secretariat/erasures/new/ask-erasure"


async def declined(house: House) -> str:
    """A case that was declined, with one file in the store; returns the file's digest."""
    case = walk().to_intake().offer("I-1.1-01").act("decline_application", SECRETARY, reasons=text())
    await house.holds(case)
    (item,) = case.case.evidence.values()
    assert (await put_file(house.services.vault, "case-1", item.file.encode())).digest == item.digest
    return item.digest


async def asked(house: House, **more: str) -> str:
    """Ask as the secretariat; returns the matter."""
    answer = await sent(await house.browser(SECRETARY), ASKING, case="case-1", reasons="It is over.", **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def done(house: House, matter: str) -> None:
    """Do what the worker does of an approved erasure."""
    async with house.services.database.reading() as session:
        errand = ERASURE.errand(await matters.get(session, Erasure, "erasure", matter))
    assert errand is not None
    digest = errand.content["digest"]
    await erase(house.services.database, house.services.vault, errand.subject, digest)  # type: ignore[arg-type]  # one


async def download(house: House, who: PersonFacts = SECRETARY) -> httpx2.Response:
    return await (await house.browser(who)).get("/api/applications/case-1/evidence/E1")


@pytest.mark.parametrize("item", ["E1", ""], ids=["an item", "a case"])
async def test_what_two_people_erased_is_told_as_erased_and_not_as_lost(house: House, item: str) -> None:
    await declined(house)
    assert (await download(house)).status_code == 200
    erasure = await asked(house, item=item)

    page = await sent(await house.browser(LABEL_OFFICER), f"/commission/erasures/{erasure}/approve-erasure")
    assert page.status_code == 303, page.text
    await done(house, erasure)

    answer = await download(house)
    assert (answer.status_code, answer.json()["code"]) == (410, "erased")
    listed = (await (await house.browser(AUDITOR)).get(f"/secretariat/erasures/{erasure}")).text
    assert "It is over." in listed
    assert (await (await house.browser(SECRETARY)).get("/secretariat/case-1")).status_code == 200


async def test_whoever_asked_does_not_approve_nor_does_a_member_who_holds_no_chair(house: House) -> None:
    await declined(house)
    erasure = await asked(house, item="E1")

    for who, code in ((SECRETARY, "role_missing"), (MEMBERS[1], "role_missing")):
        answer = await (await house.browser(who)).post(f"/api/erasures/{erasure}/approve-erasure", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert (await download(house)).status_code == 200


async def test_a_case_that_goes_on_keeps_its_evidence(house: House) -> None:
    await house.holds(walk().to_intake().offer("I-1.1-01"))
    secretary = await house.browser(SECRETARY)

    for item in ("E1", None):
        body = {"case": "case-1", "item": item, "reasons": "It is over."}
        answer = await secretary.post("/api/erasures", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "evidence_needed")


async def test_what_was_taken_back_can_be_erased_while_the_case_goes_on(house: House) -> None:
    case = walk().to_intake().offer("I-1.1-01").offer("I-1.1-02")
    await house.holds(case.act("withdraw_evidence", case.sent[0].actor, item="E1"))
    secretary = await house.browser(SECRETARY)

    for item, status in (("E1", 200), ("E2", 409), ("E9", 404)):
        body = {"case": "case-1", "item": item, "reasons": "Handed in by mistake."}
        assert (await secretary.post("/api/erasures", json=body)).status_code == status


@pytest.mark.parametrize("is_old", [False, True], ids=["apart", "under one key, as before"])
async def test_a_question_outlives_the_erasure_of_a_file_of_the_same_words(
    house: House, tmp_path: Path, is_old: bool
) -> None:
    words, vault = "What does the model do at night?", house.services.vault
    case = walk(edition=2).to_intake().asked(SECRETARY, text=text(words))
    case.offer("I-1.1-01", digest_of_file=sha256(words), stored_digest=sha256(words))
    await house.holds(case.act("withdraw_evidence", case.sent[0].actor, item="E1"))
    if is_old:
        await seal_as_before(vault, "case-1", words.encode(), tmp_path / "evidence")
    else:
        await vault.put_text("case-1", words)
        await put_file(vault, "case-1", words.encode())
    erasure = await asked(house, item="E1")

    await sent(await house.browser(LABEL_OFFICER), f"/commission/erasures/{erasure}/approve-erasure")
    await done(house, erasure)

    assert await vault.text("case-1", text(words)) == words
    with pytest.raises(NotFound, match="erased"):
        await put_file(vault, "case-1", words.encode())


async def test_facts_are_read_again_when_it_is_approved(house: House) -> None:
    await declined(house)
    erasure = await asked(house)
    async with house.services.database.reading() as session:
        state = await matters.get(session, Erasure, "erasure", erasure)
        act = ApproveErasure(act_id="one", actor=LABEL_OFFICER, matter=erasure)
        facts = await erasing_facts(session, act, state)
    assert facts == {"party": state.organisation, "still_needed": False, "held": False, "legal_hold": False}


async def test_the_page_of_an_erased_file_says_so_in_russian(house: House) -> None:
    await declined(house)
    await house.services.vault.erase("case-1", None)
    browser = await house.browser(SECRETARY)

    case = await browser.get("/secretariat/case-1?lang=ru")
    assert case.status_code == 200


async def test_an_application_to_erase_is_chosen_by_name_and_one_from_a_link_is_chosen_already(house: House) -> None:
    await declined(house)
    browser = await house.browser(SECRETARY)
    system = (await house.case()).lodged.system
    assert f"{system.name} {system.version}, Acme Vision" in words_of(await browser.get(ASKING))
    led = await browser.get(f"{ASKING}?case=case-1")
    assert '<option value="case-1" selected>' in led.text


async def test_an_id_that_is_none_is_said_beside_its_own_field(house: House) -> None:
    form = {"case": "case 1!", "reasons": "It is over.", "step": "confirmed"}

    answer = await (await house.browser(SECRETARY)).post("/secretariat/erasures/new/ask-erasure", data=form)

    assert answer.status_code == 422
    assert 'href="#case">This is no id.' in answer.text


async def test_whoever_has_an_interest_in_the_case_neither_asks_for_its_erasure_nor_answers(house: House) -> None:
    """Of whoever asks, and of label officers, as of who is tied to the applicant."""
    case, interest = walk().to_planning(), {"has_interest": True, "statement": text()}
    for one in (SECRETARY, LABEL_OFFICER, MEMBERS[0]):
        case.act("declare_interests", one, **interest)
    await house.holds(case.act("withdraw_application", APPLICANT))
    body = {"case": "case-1", "reasons": "It is over."}
    refused = await (await house.browser(SECRETARY)).post("/api/erasures", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "has_interest")

    await employ(house)
    made = await (await house.browser(SECOND)).post("/api/erasures", json=body)
    erasure = made.json()["matter"]
    for act, more in (("approve-erasure", {}), ("refuse-erasure", {"reasons": "No."})):
        officer = await (await house.browser(LABEL_OFFICER)).post(f"/api/erasures/{erasure}/{act}", json=more)
        assert officer.json()["code"] == "unknown_matter"
        page = await (await house.browser(MEMBERS[0])).get(f"/commission/erasures/{erasure}/{act}")
        assert (page.status_code, "keeps you out of this matter" in page.text) == (403, True)
    assert (await (await house.browser(MEMBERS[0])).get(f"/api/erasures/{erasure}")).json()["facts"] == {}


async def test_whom_the_applicant_keeps_away_cannot_tell_that_there_is_anything_to_erase(house: House) -> None:
    case = walk(kept_away=("org-rival",)).to_intake().act("decline_application", SECRETARY, reasons=text())
    await house.holds(case)
    erasure = await asked(house)
    await declares(house, SECRETARY, "org-rival")
    browser = await house.browser(SECRETARY)
    assert (await browser.get(f"/api/erasures/{erasure}")).status_code == 404
    refused = await browser.post("/api/erasures", json={"case": "case-1", "reasons": "It is over."})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_application")
