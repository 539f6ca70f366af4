"""A complainant gets what is held of their complaint, and has the contact erased, with the tracking code alone."""

import json

import pytest

from certify.accounts import complainants
from certify.accounts.access_ledger import stream_of
from certify.procedure.matter_kinds import KINDS
from certify.register import streams
from schemas.identifiers import PUBLIC
from schemas.people import PersonFacts
from schemas.tracking_code import format_code, matter_behind
from tests.builders import MEMBERS, SECRETARY
from tests.pages.complaints import HANDLER, followed, with_label
from tests.pages.conftest import AUDITOR, House, words_of
from tests.pages.test_legal_holds import held
from tests.pages.test_report import asked

CONTACT = "ask@me.example"


async def contact_of(house: House, code: str) -> str | None:
    async with house.services.database.reading() as session:
        return await complainants.find(session, matter_behind(code))


@pytest.mark.parametrize("address", ["/complaint/{code}/data", "/api/reports/{code}/data"])
async def test_whoever_has_the_code_gets_what_they_sent_and_not_the_contact(house: House, address: str) -> None:
    code = await followed(house, contact=CONTACT)
    other = await followed(house, secret="t" * 32, text="Another canary.")
    await asked(house, code)
    answer = await (await house.browser(None)).get(address.format(code=code))
    found = json.loads(answer.text)

    assert (found["text"], found["has_contact"], len(found["answers"])) == ("It reads no sevens.", True, 1)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "set-cookie" not in answer.headers
    for secret in (CONTACT, "Another canary.", other, SECRETARY.person):
        assert secret not in answer.text


@pytest.mark.parametrize("by", ["page", "api"])
async def test_the_complainant_has_the_contact_erased_and_the_ledger_says_that_it_was_they(
    house: House, by: str
) -> None:
    code, browser = await followed(house, contact=CONTACT), await house.browser(None)
    page = words_of(await browser.get(f"/complaint/{code}"))
    assert "Erase how to reach me" in page
    if by == "page":
        sent = await browser.post(f"/complaint/{code}/contact", data={})
        shown = words_of(await browser.get(sent.headers["location"]))
        assert "How to reach you was erased." in shown
        assert "Erase how to reach me" not in shown
    else:
        assert (await browser.delete(f"/api/reports/{code}/contact")).status_code == 204

    assert await contact_of(house, code) is None
    async with house.services.database.reading() as session:
        ((_, body),) = await streams.entries_with_bodies(session, stream_of(matter_behind(code)))
    assert (body["kind"], body["actor"]) == ("contact_erased", PUBLIC)


async def test_a_held_contact_is_not_erased_and_the_page_says_why(house: House) -> None:
    _, label = await with_label(house)
    code, browser = await followed(house, label, contact=CONTACT), await house.browser(None)
    await held(house, "label", label)

    page = await browser.post(f"/complaint/{code}/contact", data={})
    assert (page.status_code, "A legal hold stands" in words_of(page)) == (409, True)
    assert (await browser.delete(f"/api/reports/{code}/contact")).json()["code"] == "legal_hold"
    assert await contact_of(house, code) == CONTACT


async def test_a_code_that_nobody_has_gives_and_erases_nothing(house: House) -> None:
    browser, code = await house.browser(None), "0" * 17
    assert (await browser.get(f"/api/reports/{code}/data")).status_code in {404, 422}
    assert (await browser.post(f"/complaint/{code}/contact", data={})).status_code in {404, 422}


@pytest.mark.parametrize("who", [SECRETARY, AUDITOR, MEMBERS[0], HANDLER], ids=lambda who: who.person)
async def test_nobody_of_the_body_can_act_as_the_complainant(house: House, who: PersonFacts) -> None:
    """They know a complaint by its id, and there is no way from that to its tracking code."""
    code = await followed(house, contact=CONTACT)
    await asked(house, code)
    told = (await (await house.browser(who)).get("/api/complaints")).text
    assert code not in told
    browser = await house.browser(who)
    for known in (matter_behind(code), format_code(matter_behind(code))):
        assert (await browser.get(f"/api/reports/{known}/data")).status_code == 404
        answered = await browser.post(f"/api/reports/{known}/answers", json={"number": 1, "answer": "Mine."})
        assert answered.status_code == 404
        assert (await browser.delete(f"/api/reports/{known}/contact")).status_code == 404
        assert (await browser.get(f"/complaint/{known}")).status_code == 404
    assert await contact_of(house, code) == CONTACT


async def test_a_complaint_of_before_is_followed_by_its_id_as_it_was_promised(house: House) -> None:
    services, old = house.services, "7Q2MXK4T0B9DHE3W"
    body = (
        KINDS["complaint"].public_bodies["file_complaint"].model_validate({"about": "body", "text": "Nobody answers."})
    )
    await services.procedure.matters.public_act("complaint", "file_complaint", old, body, key="file_complaint")

    found = (await (await house.browser(None)).get(f"/api/reports/{format_code(old)}/data")).json()
    assert (found["text"], found["id"]) == ("Nobody answers.", old)
