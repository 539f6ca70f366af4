"""Standing ties: declared by the person, counted for the group and for 24 months, judged at every act (rules 1, 2)."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.errors import Unavailable
from schemas.people import PersonFacts
from schemas.stages import Choice
from tests.builders import EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk
from tests.pages.conftest import House, walk, words_of

TODAY = datetime.now(UTC).date()


async def declares(house: House, who: PersonFacts, organisation: str = ORGANISATION, **dates: str) -> None:
    tie = {"kind": "client", "organisation": organisation, **dates}
    answer = await (await house.browser(who)).put("/api/me/ties", json={"ties": [tie]})
    assert answer.status_code == 200, answer.text


async def asks(house: House, who: PersonFacts) -> str:
    """Ask an expert, and return the code of the refusal, or `taken`."""
    body = {"reviewer": who.person, "areas": ["ethics_or_law"]}
    answer = await (await house.browser(SECRETARY)).post("/api/applications/case-1/assign-reviewer", json=body)
    return "taken" if answer.status_code == 200 else str(answer.json()["code"])


@pytest.mark.parametrize(
    ("until", "code"),
    [(None, "tied_to_applicant"), (TODAY - timedelta(days=600), "tied_to_applicant"),
     (TODAY - timedelta(days=800), "taken")],
)  # fmt: skip
async def test_an_expert_tied_to_the_applicant_is_not_asked_until_24_months_have_passed(
    house: House, until: object, code: str
) -> None:
    await house.holds(Walk().to_planning())
    await declares(house, EXPERTS[0], **({"until": str(until)} if until else {}))
    assert await asks(house, EXPERTS[0]) == code


async def test_people_the_applicant_keeps_away_cannot_tell_that_the_case_is_there(house: House) -> None:
    await house.holds(Walk(kept_away=("org-rival",)).to_recommendation())
    assert (await (await house.browser(MEMBERS[0])).get("/api/applications/case-1")).status_code == 200
    await declares(house, MEMBERS[0], "org-rival")
    answer = await (await house.browser(MEMBERS[0])).get("/api/applications/case-1")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_application")


async def test_a_tie_stated_while_a_round_is_open_takes_the_ballot_out_of_it(house: House) -> None:
    walked = walk(edition=2).to_round()
    assert walked.case.recommendation is not None
    voter, other, *_ = (one for one in walked.voters() if one.person != walked.case.recommendation.rapporteur)
    walked.ballot(voter, Choice.GRANT)
    await house.holds(walked)

    await declares(house, voter)
    await declares(house, other, "org-elsewhere")

    case = await house.case()
    assert case.has_interest(voter.person)
    assert voter.person in case.rounds[-1].recused
    assert other.person in case.rounds[-1].base
    assert not case.has_interest(other.person)


async def test_a_tie_of_a_reviewer_voids_the_round_and_of_somebody_without_a_part_does_nothing(house: House) -> None:
    walked = walk(edition=2).to_round()
    await house.holds(walked)
    before = len((await house.case()).interests)

    await declares(house, EXPERTS[2])
    assert len((await house.case()).interests) == before
    await declares(house, EXPERTS[0])
    await declares(house, EXPERTS[0])

    case = await house.case()
    assert case.has_interest(EXPERTS[0].person)
    assert case.open_round is None


async def test_ties_stand_and_can_be_stated_again_where_the_procedure_was_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = walk(edition=2).to_round()
    await house.holds(walked)
    voter = walked.voters()[0]
    browser = await house.browser(voter)
    tie = {"ties": [{"kind": "client", "organisation": ORGANISATION}]}

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("procedure_unreachable", "The procedure cannot be reached.")

    with monkeypatch.context() as broken:
        broken.setattr(type(house.services.procedure), "act", away)
        refused = await browser.put("/api/me/ties", json=tie)
    again = await browser.put("/api/me/ties", json=tie)

    assert (refused.status_code, refused.json()["code"]) == (503, "procedure_unreachable")
    assert again.status_code == 200
    assert (await house.case()).has_interest(voter.person)


async def test_a_tie_is_added_and_ended_on_a_page(house: House) -> None:
    browser = await house.browser(EXPERTS[0])
    answer = await browser.post("/my/ties", data={"organisation": ORGANISATION, "kind": "paid_work"})
    assert answer.status_code == 303, answer.text
    assert "Paid work" in words_of(await browser.get("/my/ties"))
    assert (await browser.post("/my/ties/end", data={"place": "0"})).status_code == 303
    (tie,) = (await browser.get("/api/me/ties")).json()["ties"]
    assert tie["until"] == str(TODAY)


async def test_a_tie_without_an_organisation_or_with_dates_the_wrong_way_round_comes_back(house: House) -> None:
    browser = await house.browser(EXPERTS[0])
    assert (await browser.post("/my/ties", data={"kind": "client"})).status_code == 422
    wrong = {"organisation": ORGANISATION, "kind": "client", "since": "2026-02-02", "until": "2026-01-01"}
    answer = await browser.post("/my/ties", data=wrong)
    assert (answer.status_code, "2026-02-02" in answer.text) == (422, True)


async def test_the_secretariat_reads_whom_the_rules_propose_and_why_nobody_else(house: House) -> None:
    await house.holds(Walk().to_planning())
    await declares(house, EXPERTS[0])
    secretary = await house.browser(SECRETARY)
    proposal = (await secretary.get("/api/applications/case-1/reviewer-proposal")).json()
    places = {line["person"]: (line["place"], line["code"]) for line in proposal["lines"]}

    assert set(places) == {one.person for one in EXPERTS}
    assert places[EXPERTS[0].person] == ("excluded", "tied_to_applicant")
    assert len(proposal["chosen"]) == 1
    assert "Proposed." in words_of(await secretary.get("/secretariat/case-1/assign-reviewer"))
    denied = await (await house.browser(MEMBERS[0])).get("/api/applications/case-1/reviewer-proposal")
    assert denied.status_code in {403, 404}
