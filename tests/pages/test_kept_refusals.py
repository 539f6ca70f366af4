"""Rule 3: wherever an interest stands in the way of an act, that is on record, also where nobody is told of it."""

from collections.abc import AsyncIterator

import pytest

from schemas.people import PersonFacts
from tests.builders import MEMBERS, SECRETARY, text
from tests.pages.api import Tokens, act, is_problem, refused, tokens_at
from tests.pages.conftest import House, walk
from tests.pages.test_ties import declares, who_only_votes
from tests.unit.certify.procedure.test_attempts import use_up_this_minute

INTAKE = "/secretariat/case-1/accept-application"


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


async def flooded(house: House, who: PersonFacts) -> None:
    await use_up_this_minute(house.services.database, who.person)


async def kept(house: House) -> list[tuple[str, str | None, str]]:
    return [(one["act"], one["application"], one["code"]) for one in await refused(house)]


async def test_ten_bad_acts_hide_no_conflict(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    await declares(house, SECRETARY)
    client = await as_(SECRETARY)
    await flooded(house, SECRETARY)

    for _ in range(2):
        is_problem(await act(client, "accept_application", case="no-case"), 404, "unknown_application")
        is_problem(await act(client, "accept_application"), 403, "secretariat_tied")

    assert await kept(house) == [("accept_application", "case-1", "secretariat_tied")]


async def test_whom_the_applicant_keeps_away_is_on_record_and_learns_nothing(house: House, as_: Tokens) -> None:
    await house.holds(walk(kept_away=("org-rival",)).to_intake())
    await declares(house, SECRETARY, "org-rival")
    client = await as_(SECRETARY)
    await flooded(house, SECRETARY)

    there, absent = await act(client, "accept_application"), await act(client, "accept_application", case="no-case")

    assert (there.status_code, there.json()) == (absent.status_code, absent.json())
    assert there.json()["code"] == "unknown_application"
    assert await kept(house) == [("accept_application", "case-1", "kept_away")]


async def test_what_rests_on_a_hidden_case_is_kept_under_the_case(house: House) -> None:
    case = walk(kept_away=("org-rival",)).to_intake().act("decline_application", SECRETARY, reasons=text())
    await house.holds(case)
    await declares(house, SECRETARY, "org-rival")
    browser = await house.browser(SECRETARY)
    await flooded(house, SECRETARY)

    for application in ("case-1", "no-case", "case-1"):
        asked = {"case": application, "reasons": "It is over."}
        is_problem(await browser.post("/api/erasures", json=asked), 404, "unknown_application")

    assert await kept(house) == [("ask_erasure", "case-1", "kept_away")]


async def test_a_page_that_is_closed_by_a_tie_keeps_once_that_somebody_sent_its_form(house: House) -> None:
    await house.holds(walk().to_intake())
    await declares(house, SECRETARY)
    browser = await house.browser(SECRETARY)
    await flooded(house, SECRETARY)

    assert (await browser.get(INTAKE)).status_code == 403
    assert await kept(house) == []
    for _ in range(2):
        assert (await browser.post(INTAKE, data={"step": "confirmed"})).status_code == 403

    assert await kept(house) == [("accept_application", "case-1", "secretariat_tied")]


async def test_a_refusal_on_the_way_is_kept_once(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    await declares(house, SECRETARY)

    await act(await as_(SECRETARY), "accept_application")

    assert await kept(house) == [("accept_application", "case-1", "secretariat_tied")]


async def test_who_asks_what_to_sign_and_has_an_interest_is_on_record(house: House, as_: Tokens) -> None:
    walked = walk(edition=2).to_round()
    await house.holds(walked)
    voter, vote = who_only_votes(walked), walked.case.rounds[-1]
    await declares(house, voter)
    client = await as_(voter)
    await flooded(house, voter)
    ballot = {"round": vote.number, "choice": "grant", "manifest_digest": vote.manifest_digest,
              "scheme_digest": vote.scheme_digest}  # fmt: skip

    answer = await client.post("/api/applications/case-1/cast-ballot/challenge", json=ballot)

    assert answer.status_code == 403, answer.text
    assert await kept(house) == [("cast_ballot", "case-1", answer.json()["code"])]


async def test_a_conflict_in_a_matter_is_on_record_under_the_matter(house: House, as_: Tokens) -> None:
    case = walk().to_intake().act("decline_application", SECRETARY, reasons=text())
    await house.holds(case)
    browser = await house.browser(SECRETARY)
    erasure = (await browser.post("/api/erasures", json={"case": "case-1", "reasons": "It is over."})).json()["matter"]
    await declares(house, MEMBERS[0])
    client = await as_(MEMBERS[0])
    await flooded(house, MEMBERS[0])

    answer = await client.post(f"/api/erasures/{erasure}/approve-erasure", json={})

    assert answer.status_code == 403, answer.text
    assert [one[1:] for one in await kept(house)] == [(erasure, answer.json()["code"])]
