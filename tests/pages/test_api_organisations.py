"""Organisations through the API: joining by a vote, the officer, the group, leaving, and who reads what of them."""

from typing import Any

import httpx2
import pytest

from certify.register import participants
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY
from tests.pages.conftest import AUDITOR, STRANGER, House

JOINING = {"name": "Other Vision", "country": "FI", "roles": ["developer"], "text": "We join."}
OTHER = "org-other"


async def do(house: House, who: PersonFacts, act: str, organisation: str = OTHER, **body: Any) -> httpx2.Response:
    return await (await house.browser(who)).post(f"/api/organisations/{organisation}/{act}", json=body)


async def read(house: House, who: PersonFacts, organisation: str = OTHER) -> dict[str, Any]:
    answer = await (await house.browser(who)).get(f"/api/organisations/{organisation}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def voted_in(house: House, choice: str = "in_favour") -> None:
    assert (await do(house, STRANGER, "apply-to-join", **JOINING)).status_code == 200
    opened = await do(house, SECRETARY, "open-accession-vote")
    assert opened.status_code == 200, opened.text
    motion = (await read(house, SECRETARY))["motions"][-1]
    for member in MEMBERS[:7]:
        if member.person in motion["electorate"]:
            await do(house, member, "declare-matter-interests", has_interest=False)
            cast = await do(
                house, member, "cast-vote", motion=motion["number"], choice=choice,
                object_digest=motion["object_digest"],
            )  # fmt: skip
            assert cast.status_code == 200, cast.text


async def in_register(house: House, organisation: str = OTHER) -> bool:
    async with house.services.database.reading() as session:
        return (await participants.facts(session, organisation)).entered_at is not None


async def test_an_organisation_joins_by_a_vote_and_names_its_officer(house: House) -> None:
    await voted_in(house)

    assert await in_register(house)
    reading = await read(house, STRANGER)
    assert (reading["facts"]["name"], reading["facts"]["application"]["outcome"]) == ("Other Vision", "entered")
    assert [clock["name"] for clock in reading["clocks"]] == ["officer"]
    named = await do(house, STRANGER, "name-officer", officer="Otto", private_contact="+358 5")
    assert named.status_code == 200, named.text
    digest = (await read(house, STRANGER))["facts"]["private_contact"]["digest"]
    contact = f"/api/organisations/{OTHER}/texts/{digest}"
    assert (await (await house.browser(STRANGER)).get(contact)).text == "+358 5"
    assert (await (await house.browser(MEMBERS[0])).get(contact)).json()["code"] == "unknown_text"
    assert "358" not in (await (await house.browser(None)).get("/register")).text


async def test_whoever_was_voted_down_reads_why_and_applies_again(house: House) -> None:
    await voted_in(house, "against")
    assert not await in_register(house)
    told = await do(house, SECRETARY, "refuse-accession", reasons="Not yet.")
    assert told.status_code == 200, told.text

    application = (await read(house, STRANGER))["facts"]["application"]
    text = f"/api/organisations/{OTHER}/texts/{application['reasons']['digest']}"
    assert (await (await house.browser(STRANGER)).get(text)).text == "Not yet."
    assert (await read(house, STRANGER))["may"]["apply_to_join"] is None
    assert (await do(house, STRANGER, "apply-to-join", **JOINING)).status_code == 200


async def test_an_organisation_that_stands_in_the_register_reads_and_changes_its_own_entry(house: House) -> None:
    reading = await read(house, APPLICANT, ORGANISATION)
    assert (reading["facts"]["officer"], reading["may"]["leave_code"]) == ("Olga Officer", None)
    assert reading["may"]["apply_to_join"] == "already_entered"

    left = await do(house, APPLICANT, "leave-code", ORGANISATION, reasons="We stop.")
    assert left.status_code == 200, left.text
    assert not await in_register(house, ORGANISATION)


async def test_a_stranger_cannot_tell_an_organisation_from_none(house: House) -> None:
    browser = await house.browser(STRANGER)
    there, nowhere = await browser.get(f"/api/organisations/{ORGANISATION}"), await browser.get("/api/organisations/no")
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())
    for organisation in (ORGANISATION, "org-none"):
        refused = await do(house, STRANGER, "apply-to-join", organisation, **JOINING)
        assert refused.status_code in {403, 404}
        assert refused.json()["code"] in {"not_the_organisation", "unknown_matter"}
    async with house.services.database.reading() as session:
        assert [one.name for one in await participants.every(session)] == ["Acme Vision"]


async def test_nobody_takes_the_name_of_another_organisation(house: House) -> None:
    taken = await do(house, STRANGER, "apply-to-join", **{**JOINING, "name": "ACME VISION", "country": "EE"})
    assert (taken.status_code, taken.json()["code"]) == (422, "name_taken")


async def test_a_group_is_read_by_the_organisation_and_those_who_keep_it_only(house: House) -> None:
    relations = [{"organisation": "org-parent", "is_a": "parent"}]
    assert (await do(house, APPLICANT, "declare-group", ORGANISATION, relations=relations)).status_code == 200
    found = [{"organisation": "org-secret", "is_a": "subsidiary"}]
    assert (await do(house, SECRETARY, "declare-group", ORGANISATION, relations=found)).status_code == 200

    own, keeper, member = [await read(house, who, ORGANISATION) for who in (APPLICANT, AUDITOR, MEMBERS[0])]
    assert "declared_group" in own["facts"]
    assert "found_group" not in own["facts"]
    assert {"declared_group", "found_group"} <= keeper["facts"].keys()
    assert not {"declared_group", "found_group"} & member["facts"].keys()
    async with house.services.database.reading() as session:
        assert await participants.group_of(session, "org-secret") == (ORGANISATION, "org-parent", "org-secret")


@pytest.mark.parametrize("choice", ["in_favour", "against"])
async def test_a_member_reads_the_application_and_nobody_a_choice_before_the_vote_closes(
    house: House, choice: str
) -> None:
    await do(house, STRANGER, "apply-to-join", **JOINING)
    await do(house, SECRETARY, "open-accession-vote")
    motion = (await read(house, AUDITOR))["motions"][0]
    voter = next(member for member in MEMBERS if member.person in motion["electorate"])
    await do(house, voter, "declare-matter-interests", has_interest=False)
    await do(house, voter, "cast-vote", motion=1, choice=choice, object_digest=motion["object_digest"])

    for who in (SECRETARY, AUDITOR, voter, STRANGER):
        reading = await read(house, who)
        assert reading["motions"][0]["ballots"] is None
        assert choice not in str(reading)
        assert reading["facts"]["application"]["name"] == "Other Vision"


async def test_everyone_lists_the_organisations_they_may_know_of(house: House) -> None:
    await voted_in(house)
    expected = {STRANGER: [OTHER], APPLICANT: [ORGANISATION], SECRETARY: [OTHER, ORGANISATION], EXPERTS[0]: []}
    for who, known in expected.items():
        listed = (await (await house.browser(who)).get("/api/organisations")).json()
        assert [one["id"] for one in listed] == known, who.person


async def test_an_extract_is_public_once_it_is_signed_and_not_found_before(house: House) -> None:
    browser = await house.browser(None)
    for organisation in (ORGANISATION, "org-none", "x" * 300):
        assert (await browser.get(f"/register/{organisation}/extract")).status_code == 404
