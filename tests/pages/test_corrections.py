"""Corrections of the record: proposed and confirmed through the API, shown at their entry, which stays as it was."""

from datetime import UTC, datetime

import httpx2
import pytest

from certify.register import streams
from schemas.identifiers import MatterId
from schemas.people import PersonFacts
from schemas.record_correction import CorrectionProposed
from schemas.record_events import ContactOpened
from tests.builders import MEMBERS, ORGANISATION, SECRETARY, Walk, sha256, text
from tests.label_walk import LABEL_ID
from tests.pages.appeals import lodged
from tests.pages.complaints import filed
from tests.pages.conftest import APPLICANT, AUDITOR, House, keep, words_of
from tests.pages.labels import do, label
from tests.pages.matters import sent
from tests.pages.test_legal_holds import held
from tests.pages.test_practices import offered
from tests.pages.test_ties import declares

INTEREST = {"has_interest": True, "statement": "A share."}


async def proposes(house: House, who: PersonFacts, stream: str = "case/case-1", number: int = 1) -> httpx2.Response:
    body = {"stream": stream, "number": number, "text": "The reference is A-2."}
    return await (await house.browser(who)).post("/api/corrections", json=body)


async def proposed(house: House, who: PersonFacts, stream: str = "case/case-1", number: int = 1) -> MatterId:
    made = await proposes(house, who, stream, number)
    assert made.status_code == 200, made.text
    return str(made.json()["matter"])


async def answers(house: House, who: PersonFacts, correction: str, kind: str = "confirm-correction") -> tuple[int, str]:
    reasons = {"reasons": "It is right."} if kind == "reject-correction" else {}
    answer = await (await house.browser(who)).post(f"/api/corrections/{correction}/{kind}", json=reasons)
    return answer.status_code, answer.json().get("code", "taken")


async def test_the_record_of_a_case_leads_to_the_correction_of_each_entry(house: House) -> None:
    await house.holds(Walk().to_intake())
    browser = await house.browser(SECRETARY)
    address = "/secretariat/corrections/new/propose-correction?stream=case/case-1&number=1"
    assert address.replace("&", "&amp;") + '"' in (await browser.get("/secretariat/case-1/record")).text
    assert 'value="case/case-1"' in (await browser.get(address)).text
    assert "propose-correction" not in (await (await house.browser(AUDITOR)).get("/secretariat/case-1/record")).text


async def stream_of(house: House, kind: str) -> tuple[str, int]:
    """Put something of a kind on record that concerns the organisation; return an entry of it."""
    if kind == "people":
        async with house.services.database.reading() as session:
            found = await streams.entries_with_bodies(session, "people")
        return kind, next(entry.number for entry, body in found if body["person"] == APPLICANT.person)
    if kind == "appeal":
        return f"appeal/{await lodged(house)}", 1
    if kind == "practice":
        return f"practice/{await offered(house)}", 1
    await label(house)
    if kind == "correction":
        return f"correction/{await proposed(house, MEMBERS[1], f'label/{LABEL_ID}')}", 1
    if kind == "legal_hold":
        return f"legal_hold/{await held(house, 'label', LABEL_ID)}", 1
    complaint = await filed(house, LABEL_ID)
    async with house.services.database.writing() as session:
        shown = ContactOpened(at=datetime.now(UTC), actor=SECRETARY.person, person=SECRETARY.person)
        await keep(session, f"access/{complaint}", shown)
    of = {"organisation": ORGANISATION, "label": LABEL_ID, "complaint": complaint, "access": complaint}
    return f"{kind}/{of[kind]}", 1


async def test_a_confirmed_correction_stands_beside_the_entry_it_corrects(house: House) -> None:
    await house.holds(Walk().to_intake())
    secretary, member = await house.browser(SECRETARY), await house.browser(MEMBERS[0])
    before = (await secretary.get("/api/applications/case-1/record")).json()
    made = await secretary.post(
        "/api/corrections", json={"stream": "case/case-1", "number": 1, "text": "The reference is A-2."}
    )
    assert made.status_code == 200, made.text
    assert "Proposed correction" in (await secretary.get("/secretariat/case-1/record")).text

    confirmed = await member.post(f"/api/corrections/{made.json()['matter']}/confirm-correction", json={})
    assert confirmed.status_code == 200, confirmed.text
    page = words_of(await (await house.browser(AUDITOR)).get("/secretariat/case-1/record"))
    assert "The reference is A-2." in page
    assert "Proposed correction" not in page
    assert (await secretary.get("/api/applications/case-1/record")).json() == before


async def test_the_one_who_proposed_does_not_confirm(house: House) -> None:
    await house.holds(Walk().to_intake())
    secretary = await house.browser(SECRETARY)
    made = (await secretary.post("/api/corrections", json={"stream": "case/case-1", "number": 1, "text": "No."})).json()
    answer = await secretary.post(f"/api/corrections/{made['matter']}/confirm-correction", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "same_person")


async def test_an_entry_that_is_not_there_and_an_applicant_who_would_correct_are_refused(house: House) -> None:
    await house.holds(Walk().to_intake())
    body = {"stream": "case/case-1", "number": 99, "text": "No."}
    answer = await (await house.browser(SECRETARY)).post("/api/corrections", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_entry")
    answer = await (await house.browser(APPLICANT)).post("/api/corrections", json={**body, "number": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


async def test_a_member_confirms_on_a_page_what_the_secretariat_proposed_on_another(house: House) -> None:
    await house.holds(Walk().to_intake())
    proposed = await sent(
        await house.browser(SECRETARY), "/secretariat/corrections/new/propose-correction",
        stream="case/case-1", number="1", text="The reference is A-2.",
    )  # fmt: skip
    assert proposed.status_code == 303, proposed.text
    correction = proposed.headers["location"].partition("?")[0].rpartition("/")[2]
    own = await (await house.browser(SECRETARY)).get(f"/secretariat/corrections/{correction}/confirm-correction")
    assert own.status_code == 409
    assert "This takes two different people, and you are the first of them." in own.text
    confirmed = await sent(await house.browser(MEMBERS[0]), f"/commission/corrections/{correction}/confirm-correction")
    assert confirmed.status_code == 303, confirmed.text


async def test_an_entry_that_is_not_there_comes_back_with_what_was_typed(house: House) -> None:
    answer = await sent(
        await house.browser(SECRETARY), "/secretariat/corrections/new/propose-correction",
        stream="case/none", number="1", text="The reference is A-2.",
    )  # fmt: skip
    assert (answer.status_code, "The reference is A-2." in answer.text) == (404, True)


async def test_a_number_that_is_none_is_said_beside_its_field_in_words(house: House) -> None:
    secretary = await house.browser(SECRETARY)
    secretary.headers["Accept-Language"] = "ru"

    answer = await sent(
        secretary, "/secretariat/corrections/new/propose-correction", stream="case/case-1", number="третья", text="A-2."
    )

    assert answer.status_code == 422
    assert 'href="#number">Укажите целое число.' in answer.text
    assert "Input should" not in answer.text


@pytest.mark.parametrize(
    "kind",
    ["label", "organisation", "complaint", "appeal", "practice", "people", "correction", "legal_hold", "access"],
)
async def test_whoever_is_tied_to_the_party_corrects_nothing_that_concerns_it(house: House, kind: str) -> None:
    stream, number = await stream_of(house, kind)
    correction = await proposed(house, MEMBERS[2], stream, number)
    for one in (SECRETARY, MEMBERS[0]):
        await declares(house, one)
    for one in (SECRETARY, MEMBERS[0]):
        refused = await proposes(house, one, stream, number)
        assert (refused.status_code, refused.json()["code"]) == (403, "tied_to_party")
        assert await answers(house, one, correction) == (403, "tied_to_party")
        assert await answers(house, one, correction, "reject-correction") == (403, "tied_to_party")
    assert await answers(house, MEMBERS[1], correction) == (200, "taken")


async def test_whoever_is_tied_to_the_party_confirms_no_correction_that_names_none(house: House) -> None:
    """Before corrections of labels named a party, they were proposed without one."""
    await label(house)
    of_before = CorrectionProposed(
        at=datetime.now(UTC), actor=SECRETARY.person, correction="before", organisation=None,
        stream=f"label/{LABEL_ID}", number=1, entry_digest=sha256("entry"), text=text(),
    )  # fmt: skip
    async with house.services.database.writing() as session:
        await keep(session, "correction/before", of_before)  # type: ignore[arg-type]  # an event of a matter
    await declares(house, MEMBERS[0])
    assert await answers(house, MEMBERS[0], "before") == (403, "tied_to_party")
    assert await answers(house, MEMBERS[1], "before") == (200, "taken")


async def test_whoever_has_an_interest_in_a_case_corrects_nothing_in_it_and_is_told_why(house: House) -> None:
    case = Walk(edition=2).to_planning()
    for one in (SECRETARY, MEMBERS[0]):
        case.act("declare_interests", one, has_interest=True, statement=text())
    await house.holds(case)
    correction = await proposed(house, MEMBERS[2])
    for one, room in ((SECRETARY, "secretariat"), (MEMBERS[0], "commission")):
        browser = await house.browser(one)
        refused = await proposes(house, one)
        assert (refused.status_code, refused.json()["code"]) == (403, "has_interest")
        for kind in ("confirm-correction", "reject-correction"):
            assert await answers(house, one, correction, kind) == (403, "has_interest")
            page = await browser.get(f"/{room}/corrections/{correction}/{kind}")
            assert (page.status_code, "keeps you out of this matter" in words_of(page)) == (403, True)
        reading = (await browser.get(f"/api/corrections/{correction}")).json()
        assert (reading["facts"], reading["may"]["confirm_correction"]) == ({}, "has_interest")
        listed = words_of(await browser.get(f"/{room}/corrections"))
        assert ("others take care of it" in listed, "case/case-1" in listed) == (True, False)
    form = await sent(
        await house.browser(SECRETARY), "/secretariat/corrections/new/propose-correction",
        stream="case/case-1", number="1", text="The reference is A-2.",
    )  # fmt: skip
    assert (form.status_code, "another person does it" in words_of(form)) == (403, True)
    assert await answers(house, MEMBERS[1], correction) == (200, "taken")


@pytest.mark.parametrize("stream", ["case/case-1", f"label/{LABEL_ID}", f"organisation/{ORGANISATION}"])
async def test_an_interest_in_a_label_counts_for_its_case_and_its_organisation(house: House, stream: str) -> None:
    await label(house)
    for one in (SECRETARY, MEMBERS[0]):
        assert (await do(house, one, "declare-matter-interests", **INTEREST)).status_code == 200
    assert (await proposes(house, SECRETARY, stream)).json()["code"] == "has_interest"
    assert await answers(house, MEMBERS[0], await proposed(house, MEMBERS[1], stream)) == (403, "has_interest")


async def test_whom_the_applicant_keeps_away_cannot_tell_that_there_is_anything_to_correct(house: House) -> None:
    await house.holds(Walk(kept_away=("org-rival",)).to_planning())
    correction = await proposed(house, MEMBERS[2])
    for one in (SECRETARY, MEMBERS[0], AUDITOR):
        await declares(house, one, "org-rival")
        assert (await (await house.browser(one)).get(f"/api/corrections/{correction}")).status_code == 404
        assert (await (await house.browser(one)).get("/api/corrections")).json() == []
    refused = await proposes(house, SECRETARY)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_entry")
    assert await answers(house, MEMBERS[0], correction) == (404, "unknown_matter")


async def test_the_holder_of_a_label_does_not_learn_of_a_complaint_by_its_correction(house: House) -> None:
    stream, number = await stream_of(house, "complaint")
    correction = await proposed(house, SECRETARY, stream, number)
    assert (await (await house.browser(APPLICANT)).get(f"/api/corrections/{correction}")).status_code == 404
