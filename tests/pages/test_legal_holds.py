"""Legal holds on pages and through the API: what is held is not erased, whoever asks (security.md, 8)."""

import httpx2
import pytest

from certify.procedure.erasing import erase
from certify.register.legal_holds import Held
from schemas.errors import OutOfOrder
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, ORGANISATION, SECRETARY
from tests.label_walk import LABEL_ID
from tests.pages.conftest import AUDITOR, House, words_of
from tests.pages.eyes import Eyes
from tests.pages.labels import do, label
from tests.pages.matters import sent
from tests.pages.test_complaints import filed
from tests.pages.test_complaints import with_label as labelled
from tests.pages.test_erasures import asked as erasure_asked
from tests.pages.test_erasures import declined, done, download

ASKING = "/secretariat/holds/new/ask-hold"


async def held(house: House, about: str = "case", it: str = "case-1") -> str:
    """Ask for a hold as the secretariat; returns the matter."""
    answer = await sent(await house.browser(SECRETARY), ASKING, about=about, held=it, reasons="A court asks for it.")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def answer(house: House, hold: str, name: str, who: PersonFacts = LABEL_OFFICER, **typed: str) -> httpx2.Response:
    return await sent(await house.browser(who), f"/commission/holds/{hold}/{name}", **typed)


async def all_held(house: House) -> Held:
    async with house.services.database.reading() as session:
        return await Held.now(session)


async def ask_erasure(house: House) -> httpx2.Response:
    body = {"case": "case-1", "reasons": "It is over."}
    return await (await house.browser(SECRETARY)).post("/api/erasures", json=body)


@pytest.mark.parametrize("about", ["case", "organisation", "person"])
async def test_what_is_held_is_not_erased_until_two_people_lifted_the_hold(house: House, about: str) -> None:
    await declined(house)
    hold = await held(house, about, {"case": "case-1", "organisation": ORGANISATION}.get(about, APPLICANT.person))
    assert (await answer(house, hold, "confirm-hold")).status_code == 303

    refused = await ask_erasure(house)
    assert (refused.status_code, refused.json()["code"]) == (409, "legal_hold")
    assert (await download(house)).status_code == 200

    lifting = f"/secretariat/holds/{hold}/ask-lifting"
    assert (await sent(await house.browser(SECRETARY), lifting, reasons="It is over.")).status_code == 303
    assert (await ask_erasure(house)).json()["code"] == "legal_hold"
    assert (await answer(house, hold, "lift-hold")).status_code == 303
    assert (await ask_erasure(house)).status_code == 200


async def test_a_hold_counts_while_it_waits_and_no_longer_once_refused(house: House) -> None:
    await declined(house)
    hold = await held(house)
    assert (await ask_erasure(house)).json()["code"] == "legal_hold"

    assert (await answer(house, hold, "refuse-hold", reasons="Nobody sued.")).status_code == 303
    assert (await ask_erasure(house)).status_code == 200


async def test_an_erasure_approved_before_the_hold_destroys_nothing(house: House) -> None:
    await declined(house)
    erasure = await erasure_asked(house)
    await sent(await house.browser(LABEL_OFFICER), f"/commission/erasures/{erasure}/approve-erasure")
    await held(house)

    with pytest.raises(OutOfOrder, match="legal hold"):
        await done(house, erasure)
    assert (await download(house)).status_code == 200


async def test_a_hold_on_a_label_keeps_its_case_and_the_contact_of_who_complained_of_it(house: House) -> None:
    _, of = await labelled(house)
    code = await filed(house, of, contact="ask@me.example")
    await held(house, "label", of)

    found = await all_held(house)
    assert (found.labels, len(found.cases)) == ({of}, 1)
    contact = await (await house.browser(SECRETARY)).post(f"/secretariat/complaints/{code}/contact")
    assert contact.status_code == 409
    with pytest.raises(OutOfOrder, match="legal hold"):
        await erase(house.services.database, house.services.vault, *found.cases, None)


async def test_a_hold_on_an_organisation_keeps_its_people_and_nobody_elses(house: House) -> None:
    await held(house, "organisation", ORGANISATION)
    assert (await all_held(house)).people == {APPLICANT.person}


async def test_the_list_of_people_leads_to_a_hold_on_one_of_them(house: House) -> None:
    browser = await house.browser(SECRETARY)
    people = await browser.get("/secretariat/people")
    address = f"{ASKING}?about=person&held={EXPERTS[0].person}"
    assert address.replace("&", "&amp;") in people.text
    assert f'value="{EXPERTS[0].person}"' in (await browser.get(address)).text


async def test_the_pages_of_a_case_and_of_the_register_lead_to_the_form_with_what_they_are_about(house: House) -> None:
    await declined(house)
    browser = await house.browser(SECRETARY)
    for place, about, it in (("case-1", "case", "case-1"), ("organisations", "organisation", ORGANISATION)):
        address = f"{ASKING}?about={about}&amp;held={it}"
        assert address in (await browser.get(f"/secretariat/{place}")).text, place
    auditor = await house.browser(AUDITOR)
    assert "ask-hold" not in (await auditor.get("/secretariat/case-1")).text


@pytest.mark.parametrize(("about", "it"), [("case", "case-9"), ("label", "0123"), ("person", "nobody")])
async def test_what_there_is_not_is_not_held(house: House, about: str, it: str) -> None:
    page = await sent(await house.browser(SECRETARY), ASKING, about=about, held=it, reasons="A court.")
    assert (page.status_code, "unknown_held" in page.text) == (404, True)


async def test_nobody_confirms_their_own_hold_and_only_the_body_knows_of_it(house: House) -> None:
    await declined(house)
    hold = await held(house, "person", EXPERTS[0].person)

    own = await (await house.browser(SECRETARY)).post(f"/api/holds/{hold}/confirm-hold", json={})
    assert (own.status_code, own.json()["code"]) == (403, "role_missing")
    for who in (EXPERTS[0], APPLICANT):
        assert (await (await house.browser(who)).get(f"/api/holds/{hold}")).status_code == 404
    assert (await answer(house, hold, "confirm-hold", MEMBERS[1])).status_code == 403
    listed = words_of(await (await house.browser(AUDITOR)).get(f"/secretariat/holds/{hold}"))
    assert "A court asks for it." in listed


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    await declined(house)
    hold = await held(house)
    secretary, officer = await house.browser(SECRETARY), await house.browser(LABEL_OFFICER)
    pages = [(secretary, "/secretariat/holds"), (secretary, ASKING), (secretary, f"/secretariat/holds/{hold}")]
    pages += [(officer, f"/commission/holds/{hold}/{name}") for name in ("confirm-hold", "refuse-hold")]
    for browser, address in pages:
        for language in ("en", "ru"):
            found = await eyes.complaints(await browser.get(f"{address}?lang={language}"))
            assert not found, (address, language)


async def test_a_label_officer_tied_to_the_party_reads_no_reasons_of_a_hold(house: House) -> None:
    await declined(house)
    hold = await held(house)
    browser = await house.browser(LABEL_OFFICER)
    assert (await browser.get(f"/api/holds/{hold}")).json()["facts"].get("reasons")
    tie = {"kind": "client", "organisation": ORGANISATION}
    assert (await browser.put("/api/me/ties", json={"ties": [tie]})).status_code == 200
    assert (await browser.get(f"/api/holds/{hold}")).status_code == 404


async def test_an_id_that_is_none_is_said_in_words(house: House) -> None:
    answer = await sent(await house.browser(SECRETARY), ASKING, about="case", held="case 1!", reasons="A court asks.")

    assert answer.status_code == 422
    assert 'href="#held">This is no id. Copy it from the page of what you mean.' in answer.text
    assert "String should" not in answer.text


@pytest.mark.parametrize("about", ["case", "label", "organisation", "person"])
async def test_whoever_has_an_interest_in_a_case_neither_sets_nor_lifts_a_hold_on_it(house: House, about: str) -> None:
    await label(house)
    it = {"case": "case-1", "label": LABEL_ID, "organisation": ORGANISATION, "person": APPLICANT.person}[about]
    hold = await held(house, about, it)
    said = {"has_interest": True, "statement": "A share."}
    for one in (SECRETARY, MEMBERS[0]):
        assert (await do(house, one, "declare-matter-interests", **said)).status_code == 200

    secretary, member = await house.browser(SECRETARY), await house.browser(MEMBERS[0])
    asking = {"about": about, "held": it, "reasons": "A court."}
    refused = await secretary.post("/api/holds", json=asking)
    assert (refused.status_code, refused.json()["code"]) == (403, "has_interest")
    may = (await member.get(f"/api/holds/{hold}")).json()["may"]
    assert (may["confirm_hold"], may["refuse_hold"]) == ("has_interest", "has_interest")
    assert (await answer(house, hold, "confirm-hold")).status_code == 303

    may = (await secretary.get(f"/api/holds/{hold}")).json()["may"]
    assert may["ask_lifting"] == "has_interest"
    page = await secretary.get(f"/secretariat/holds/{hold}/ask-lifting")
    assert (page.status_code, "keeps you out of this matter" in words_of(page)) == (403, True)
    refused = await secretary.post(f"/api/holds/{hold}/ask-lifting", json={"reasons": "It is over."})
    assert (refused.status_code, refused.json()["code"]) == (403, "has_interest")
