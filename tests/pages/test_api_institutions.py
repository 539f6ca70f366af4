"""The institutions through the API: elections by two people, whom they seat, and who reads what of them (II-2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from certify.register import institutions
from schemas.people import InstitutionFacts, PersonFacts
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY
from tests.pages.conftest import AUDITOR, STRANGER, House, walk
from tests.pages.test_signed_acts import ballot_of

TODAY = datetime.now(UTC).date()
TERM = {"since": TODAY.isoformat(), "until": (TODAY + timedelta(days=900)).isoformat()}
WHO = ("chair", "deputy", "member", "member")
ELECTION: dict[str, Any] = {
    "body": "commission",
    "held_on": TODAY.isoformat(),
    "seats": 4,
    "replaces": True,
    "elected": [{"person": one.person, "office": office, **TERM} for one, office in zip(MEMBERS, WHO, strict=False)],
    "protocol": "The general meeting elected four members.",
}


async def do(house: House, who: PersonFacts, act: str, subject: str = "body", **body: Any) -> httpx2.Response:
    return await (await house.browser(who)).post(f"/api/institutions/{subject}/{act}", json=body)


async def read(house: House, who: PersonFacts) -> dict[str, Any]:
    answer = await (await house.browser(who)).get("/api/institutions/body")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def facts(house: House) -> InstitutionFacts:
    async with house.services.database.reading() as session:
        return await institutions.facts(session)


async def held(house: House, **changes: Any) -> None:
    recorded = await do(house, SECRETARY, "record-election", **{**ELECTION, **changes})
    assert recorded.status_code == 200, recorded.text
    confirmed = await do(house, AUDITOR, "confirm-election", number=1)
    assert confirmed.status_code == 200, confirmed.text


async def test_an_election_seats_the_commission_once_an_auditor_confirmed_it(house: House) -> None:
    before = (await facts(house)).commission
    assert len(before) == 7
    await do(house, SECRETARY, "record-election", **ELECTION)
    assert (await facts(house)).commission == before

    refused = await do(house, SECRETARY, "confirm-election", number=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    assert (await do(house, AUDITOR, "confirm-election", number=1)).status_code == 200
    seated = await facts(house)
    assert seated.commission == tuple(one.person for one in MEMBERS[:4])
    assert (seated.chair, seated.deputy) == (MEMBERS[0].person, MEMBERS[1].person)


async def test_a_vote_opened_after_the_election_is_for_those_who_hold_a_seat_only(house: House) -> None:
    await held(house)
    joining = {"name": "Other Vision", "country": "FI", "roles": ["developer"], "text": "We join."}
    await (await house.browser(STRANGER)).post("/api/organisations/org-other/apply-to-join", json=joining)
    opened = await (await house.browser(SECRETARY)).post("/api/organisations/org-other/open-accession-vote", json={})
    assert opened.status_code == 200, opened.text

    reading = (await (await house.browser(AUDITOR)).get("/api/organisations/org-other")).json()
    assert set(reading["motions"][0]["electorate"]) <= {one.person for one in MEMBERS[:4]}


async def test_a_member_who_resigned_does_not_vote_where_the_vote_was_open_before(house: House) -> None:
    await held(house)
    path, joining = (
        "/api/organisations/org-other",
        {"name": "O", "country": "FI", "roles": ["developer"], "text": "We."},
    )
    await (await house.browser(STRANGER)).post(f"{path}/apply-to-join", json={**joining, "roles": ["developer"]})
    await (await house.browser(SECRETARY)).post(f"{path}/open-accession-vote", json={})
    motion = (await (await house.browser(AUDITOR)).get(path)).json()["motions"][0]
    voter = next(one for one in MEMBERS if one.person in motion["electorate"])
    browser = await house.browser(voter)
    await browser.post(f"{path}/declare-matter-interests", json={"has_interest": False})
    seat = next(one for one in (await read(house, AUDITOR))["facts"]["seats"] if one["person"] == voter.person)
    await do(house, voter, "vacate-seat", seat=seat["number"], cause="resignation", protocol="I leave.")

    ballot = {"motion": 1, "choice": "in_favour", "object_digest": motion["object_digest"]}
    refused = await browser.post(f"{path}/cast-vote", json=ballot)
    assert (refused.status_code, refused.json()["code"]) == (403, "seat_lost")


async def test_a_member_who_resigned_casts_no_ballot_on_a_label_where_the_round_was_open_before(house: House) -> None:
    walked = walk(edition=2).to_round()
    voter, other = walked.voters()[:2]
    elected = [voter, other, *(one for one in MEMBERS if one not in {voter, other})][:4]
    await held(
        house,
        elected=[{"person": one.person, "office": office, **TERM} for one, office in zip(elected, WHO, strict=True)],
    )
    await house.holds(walked)
    seat = next(one for one in (await read(house, AUDITOR))["facts"]["seats"] if one["person"] == voter.person)
    await do(house, voter, "vacate-seat", seat=seat["number"], cause="resignation", protocol="I leave.")

    gone, stayed = [
        await (await house.browser(one)).post("/api/applications/case-1/cast-ballot", json=ballot_of(walked))
        for one in (voter, other)
    ]

    assert (gone.status_code, gone.json()["code"]) == (403, "seat_lost")
    assert stayed.status_code == 200, stayed.text
    assert (await house.case()).rounds[-1].ballots.keys() == {other.person}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"elected": [{"person": "edda", **TERM}]}, 422, "elected_lacks_role"),
        ({"elected": [{"person": "nobody", **TERM}]}, 422, "elected_lacks_role"),
        ({"seats": 3}, 422, "too_many_elected"),
        ({"body": "appeal_pool"}, 422, "elected_lacks_role"),
    ],
)
async def test_what_can_never_count_is_refused_and_recorded_nowhere(
    house: House, changes: dict[str, Any], status: int, code: str
) -> None:
    refused = await do(house, SECRETARY, "record-election", **{**ELECTION, "seats": 7, **changes})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    async with house.services.database.reading() as session:
        assert await institutions.find(session) is None


async def test_there_is_one_body_and_no_other(house: House) -> None:
    refused = await do(house, SECRETARY, "record-election", "second-body", **ELECTION)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_matter")


@pytest.mark.parametrize("who", [APPLICANT, STRANGER], ids=lambda who: who.person)
async def test_an_applicant_cannot_tell_the_institutions_from_nothing(house: House, who: PersonFacts) -> None:
    await held(house)
    browser = await house.browser(who)
    there, nowhere = await browser.get("/api/institutions/body"), await browser.get("/api/institutions/none")
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())
    refused = await do(house, who, "confirm-election", number=1)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_matter")


async def test_whoever_works_for_the_body_reads_the_seats_and_only_its_keepers_what_waits(house: House) -> None:
    await held(house)
    await do(house, SECRETARY, "vacate-seat", seat=3, cause="removal", protocol="Removed.")
    for who in (MEMBERS[0], EXPERTS[0]):
        reading = await read(house, who)
        assert len(reading["facts"]["seats"]) == 4
        assert not {"elections", "vacancies"} & reading["facts"].keys()
    for who in (SECRETARY, AUDITOR):
        assert len((await read(house, who))["facts"]["vacancies"]) == 1
    assert (await facts(house)).commission == tuple(one.person for one in MEMBERS[:4])


async def test_a_member_resigns_and_everything_they_wrote_is_read_by_keepers(house: House) -> None:
    await held(house)
    left = await do(house, MEMBERS[0], "vacate-seat", seat=1, cause="resignation", protocol="I leave.")
    assert left.status_code == 200, left.text
    assert (await facts(house)).chair is None
    assert ORGANISATION not in str(await read(house, AUDITOR))


async def test_a_working_group_and_a_name_are_kept_as_they_were_given(house: House) -> None:
    outside = [{"sector": "science", "organisation": "Tartu University"}]
    created = await do(
        house, SECRETARY, "create-working-group", name="Risk method", purpose="risk_method", mandate="Improve it.",
        members=[MEMBERS[0].person], outside=outside,
    )  # fmt: skip
    assert created.status_code == 200, created.text
    assert (await do(house, MEMBERS[0], "agree-to-be-named", name="Maria Member")).status_code == 200

    shown = (await read(house, EXPERTS[0]))["facts"]
    assert shown["groups"][0]["outside"] == outside
    digest = shown["names"][MEMBERS[0].person]["digest"]
    text = await (await house.browser(EXPERTS[0])).get(f"/api/institutions/body/texts/{digest}")
    assert text.text == "Maria Member"


async def test_the_same_election_under_the_same_key_is_recorded_once(house: House) -> None:
    browser, headers = await house.browser(SECRETARY), {"Idempotency-Key": "meeting-1"}
    path = "/api/institutions/body/record-election"
    first = await browser.post(path, json=ELECTION, headers=headers)
    again = await browser.post(path, json=ELECTION, headers=headers)
    other = await browser.post(path, json={**ELECTION, "seats": 5}, headers=headers)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "other_act_same_key")
    assert len((await read(house, AUDITOR))["facts"]["elections"]) == 1
