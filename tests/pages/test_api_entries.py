"""Entries without a vote through the API: nobody enters an organisation by their word alone (Code, II-2.4)."""

from typing import Any

import httpx2
import pytest

from certify.procedure.institutions import Entrant
from certify.register import participants
from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, MEMBERS, SECRETARY, person
from tests.pages.api import is_problem, refused, tokens_at
from tests.pages.conftest import AUDITOR, STRANGER, House
from tests.pages.entries import ENTRANT, HARBOUR, SECOND, employ, propose
from tests.pages.test_api_waiting import waiting
from tests.unit.workflows.rules.refusals import refused as refused_as

OWN = person("olaf", Role.SECRETARIAT, organisation=HARBOUR)


async def do(house: House, who: PersonFacts, act: str, **body: Any) -> httpx2.Response:
    return await (await house.browser(who)).post(f"/api/organisations/{HARBOUR}/{act}", json=body)


async def facts(house: House, who: PersonFacts) -> dict[str, Any]:
    answer = await (await house.browser(who)).get(f"/api/organisations/{HARBOUR}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["facts"])


async def in_register(house: House) -> bool:
    async with house.services.database.reading() as session:
        return await participants.find(session, HARBOUR) is not None


async def test_a_proposed_organisation_stands_in_the_register_once_another_person_confirmed_it(house: House) -> None:
    await employ(house)
    proposed = await (await house.browser(SECRETARY)).post("/api/organisations", json=ENTRANT)
    assert (proposed.status_code, proposed.json()) == (200, {"organisation": HARBOUR, "number": 1})
    assert not await in_register(house)

    is_problem(await do(house, SECRETARY, "confirm-entry", number=1), 403, "second_person_needed")
    assert not await in_register(house)
    assert (await do(house, SECOND, "confirm-entry", number=1)).status_code == 200
    assert await in_register(house)
    assert "Harbour AI" in (await (await house.browser(None)).get("/register")).text
    again = await (await house.browser(SECOND)).post("/api/organisations", json=ENTRANT)
    is_problem(again, 409, "already_entered")


async def test_a_rejected_entry_is_proposed_anew_under_another_number(house: House) -> None:
    await employ(house)
    await propose(house)
    again = await (await house.browser(SECRETARY)).post("/api/organisations", json=ENTRANT)
    is_problem(again, 409, "entry_waits")
    assert (await do(house, SECOND, "reject-entry", number=1, reasons="Nobody knows it.")).status_code == 200
    assert not await in_register(house)

    anew = await (await house.browser(SECRETARY)).post("/api/organisations", json=ENTRANT)
    assert anew.json()["number"] == 2
    is_problem(await do(house, SECOND, "confirm-entry", number=1), 404, "unknown_proposal")
    assert (await do(house, SECOND, "confirm-entry", number=2)).status_code == 200
    assert await in_register(house)


async def test_no_person_enters_an_organisation_at_once_by_any_way(house: House) -> None:
    await employ(house)
    assert (await do(house, SECRETARY, "enter-participant", **ENTRANT)).status_code == 404
    browser = await house.browser(SECRETARY)
    page = await browser.post(f"/secretariat/accessions/{HARBOUR}/enter-participant", data=ENTRANT)
    assert page.status_code == 404
    for who in (SECRETARY, SECOND):
        with refused_as("not_for_people"):
            await house.services.procedure.matters.act(
                house.principal(who), "organisation", "enter_participant", HARBOUR, Entrant(**ENTRANT), key="once"
            )
    assert [(one["act"], one["code"]) for one in await refused(house)] == [("enter_participant", "not_for_people")] * 2
    assert not await in_register(house)


async def test_nobody_of_the_organisation_proposes_or_settles_its_entry(house: House) -> None:
    await employ(house, OWN)
    is_problem(await (await house.browser(OWN)).post("/api/organisations", json=ENTRANT), 403, "own_organisation")
    await propose(house)
    for act, body in {"confirm-entry": {}, "reject-entry": {"reasons": "Mine."}}.items():
        is_problem(await do(house, OWN, act, number=1, **body), 404, "unknown_matter")
    is_problem(await (await house.browser(OWN)).get(f"/api/organisations/{HARBOUR}"), 404, "unknown_matter")
    assert not await in_register(house)


@pytest.mark.parametrize(
    ("who", "code"), [(AUDITOR, "role_missing"), (MEMBERS[0], "role_missing"), (STRANGER, "unknown_matter")]
)
async def test_nobody_but_the_secretariat_settles_it(house: House, who: PersonFacts, code: str) -> None:
    await propose(house)
    for act, body in {"confirm-entry": {}, "reject-entry": {"reasons": "No."}}.items():
        assert (await do(house, who, act, number=1, **body)).json()["code"] == code


async def test_the_commission_and_the_keepers_read_what_was_proposed_and_by_whom(house: House) -> None:
    applicant = person("hanna", Role.APPLICANT, organisation=HARBOUR)
    await employ(house, applicant)
    await propose(house)
    for who in (SECRETARY, AUDITOR, MEMBERS[0]):
        assert (await facts(house, who))["entry_proposal"]["proposed_by"] == SECRETARY.person
    assert "entry_proposal" not in await facts(house, applicant)
    is_problem(await do(house, applicant, "apply-to-join", **ENTRANT, text="We join."), 409, "entry_waits")
    await do(house, SECRETARY, "reject-entry", number=1, reasons="A mistake.")
    assert (await do(house, applicant, "apply-to-join", **ENTRANT, text="We join.")).status_code == 200


async def test_a_proposed_entry_waits_for_the_secretariat_and_nothing_says_by_when(house: House) -> None:
    await employ(house)
    await propose(house)
    expected = [("organisations", HARBOUR, "secretariat", None, None)]
    for who in (SECRETARY, SECOND, AUDITOR):
        lines = await waiting(house, who)
        assert [tuple(one[key] for key in ("collection", "id", "waits_for", "clock", "due_at")) for one in lines] == (
            expected
        ), who.person
    for who in (MEMBERS[0], APPLICANT, STRANGER):
        assert await waiting(house, who) == []
    await do(house, SECOND, "confirm-entry", number=1)
    assert [one["waits_for"] for one in await waiting(house, SECOND)] == ["applicant"]


async def test_both_people_prove_just_before_that_it_is_they(house: House, strict: House) -> None:
    await employ(house)
    await propose(house)
    async with tokens_at(strict) as as_:
        proposing = await (await as_(SECRETARY)).post("/api/organisations", json={**ENTRANT, "name": "Quay AI"})
        confirming = await (await as_(SECOND)).post(f"/api/organisations/{HARBOUR}/confirm-entry", json={"number": 1})
    is_problem(proposing, 403, "token_too_weak")
    is_problem(confirming, 403, "token_too_weak")
    assert not await in_register(house)
