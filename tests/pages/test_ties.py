"""Standing ties: declared by the person, counted for the group and for 24 months, judged at every act (rules 1, 2)."""

from datetime import UTC, datetime, timedelta

import pytest

from certify.register import matters
from schemas.complaint import Complaint
from schemas.errors import Unavailable
from schemas.people import PersonFacts
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk
from tests.pages.complaints import HANDLER, filed, handled, with_label
from tests.pages.conftest import House, walk, words_of
from tests.pages.labels import do, heard, label, read
from tests.pages.test_api_organisations import do as organisations_do

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


def who_only_votes(walked: Walk) -> PersonFacts:
    """A voter who did not recommend: an interest of the rapporteur ends the round itself."""
    return next(one for one in walked.voters() if one.person != walked.case.rapporteur)


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


async def test_a_vote_does_not_come_back_with_a_tie_that_is_taken_back(house: House) -> None:
    walked = walk(edition=2).to_round()
    await house.holds(walked)
    voter, vote = who_only_votes(walked), walked.case.rounds[-1]
    await declares(house, voter)
    (kept,) = (await (await house.browser(voter)).put("/api/me/ties", json={"ties": []})).json()["ties"]
    assert (kept["organisation"], kept["until"]) == (ORGANISATION, str(datetime.now(UTC).date()))

    ballot = {"round": vote.number, "choice": "grant", "manifest_digest": vote.manifest_digest,
              "scheme_digest": vote.scheme_digest}  # fmt: skip
    answer = await (await house.browser(voter)).post("/api/applications/case-1/cast-ballot", json=ballot)
    assert answer.status_code == 403, answer.text
    assert not (await house.case()).rounds[-1].ballots


async def test_an_expert_is_not_free_at_once_of_a_tie_that_is_taken_back(house: House) -> None:
    await house.holds(Walk().to_planning())
    await declares(house, EXPERTS[0])
    assert (await (await house.browser(EXPERTS[0])).put("/api/me/ties", json={"ties": []})).status_code == 200
    assert await asks(house, EXPERTS[0]) == "tied_to_applicant"


async def test_a_secretary_tied_to_the_applicant_keeps_none_of_its_cases_and_reads_none_of_it(house: House) -> None:
    await house.holds(walk().to_intake().offer("I-1.1-01"))
    await declares(house, SECRETARY)
    browser = await house.browser(SECRETARY)

    seen = (await browser.get("/api/applications/case-1")).json()
    assert seen["parts"] == ["tied_secretariat"]
    assert (seen["application_digest"], seen["evidence"], seen["may_open_evidence"]) == (None, [], False)
    assert (await browser.get("/api/applications/case-1/evidence/E1")).status_code == 404
    refused = await browser.post("/api/applications/case-1/accept-application", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "secretariat_tied")
    for address in ("/secretariat/case-1", "/secretariat/case-1/accept-application", "/secretariat/case-1/record"):
        page = await browser.get(address)
        assert (page.status_code, "another of the secretariat does this" in words_of(page)) == (403, True)
    assert 'href="/secretariat/case-1"' in (await browser.get("/secretariat")).text
    assert (await house.case()).stage == Stage.INTAKE


async def test_a_secretary_tied_to_the_holder_neither_reads_nor_handles_the_complaint(house: House) -> None:
    _, label = await with_label(house)
    complaint = await filed(house, label)
    await declares(house, SECRETARY)
    browser = await house.browser(SECRETARY)

    page = await browser.get(f"/secretariat/complaints/{complaint}")
    assert (page.status_code, "another person does this" in words_of(page)) == (403, True)
    assert (await browser.get(f"/secretariat/complaints/{complaint}/contact")).status_code == 403
    assert (await browser.get(f"/api/complaints/{complaint}")).json()["facts"] == {}
    assert "others take care of it" in words_of(await browser.get("/secretariat/complaints"))


async def test_a_tie_is_added_and_ended_on_a_page(house: House) -> None:
    browser = await house.browser(EXPERTS[0])
    answer = await browser.post("/my/ties", data={"organisation": ORGANISATION, "kind": "paid_work"})
    assert answer.status_code == 303, answer.text
    assert "Paid work" in words_of(await browser.get("/my/ties"))
    assert (await browser.post("/my/ties/end", data={"place": "0"})).status_code == 303
    (tie,) = (await browser.get("/api/me/ties")).json()["ties"]
    assert tie["until"] == str(datetime.now(UTC).date())


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


async def test_whoever_is_tied_to_the_organisation_of_a_case_corrects_nothing_in_it(house: House) -> None:
    await house.holds(walk().to_intake())
    await declares(house, SECRETARY)
    correction = {"stream": "case/case-1", "number": 1, "text": "It was lodged a day before."}
    answer = await (await house.browser(SECRETARY)).post("/api/corrections", json=correction)
    assert (answer.status_code, answer.json()["code"]) == (403, "tied_to_party")


@pytest.mark.parametrize("organisation", [ORGANISATION, "org-sister", "org-rival"])
async def test_a_tie_stated_while_a_label_is_voted_on_takes_the_voter_out_of_that_vote(
    house: House, organisation: str
) -> None:
    await label(house, group=("org-sister",), kept_away=("org-rival",))
    await heard(house)
    opened = await do(house, SECRETARY, "put-scope-to-vote", scope="Less.", reasons="Misused.")
    assert opened.status_code == 200, opened.text
    electorate = (await read(house, SECRETARY))["motions"][-1]["electorate"]
    voter, other, *_ = (one for one in MEMBERS if one.person in electorate)
    for one in (voter, other):
        assert (await do(house, one, "declare-matter-interests", has_interest=False)).status_code == 200

    await declares(house, voter, organisation)
    await declares(house, other, "org-elsewhere")

    motion = (await read(house, SECRETARY))["motions"][-1]
    ballot = {"motion": motion["number"], "choice": "in_favour", "object_digest": motion["object_digest"]}
    assert motion["recused"] == 1
    assert (await do(house, voter, "cast-vote", **ballot)).status_code == 403
    assert (await do(house, other, "cast-vote", **ballot)).status_code == 200


async def test_a_tie_to_the_holder_of_a_label_takes_the_handler_from_the_complaint_about_it(house: House) -> None:
    _, of = await with_label(house)
    complaint = await filed(house, of)
    await handled(house, complaint)
    await declares(house, HANDLER)
    reading = (await (await house.browser(SECRETARY)).get(f"/api/complaints/{complaint}")).json()
    assert reading["facts"]["handler"] is None


@pytest.mark.parametrize("by", ["a tie", "a declared interest"])
async def test_a_member_who_is_not_free_reads_nothing_of_a_complaint(house: House, by: str) -> None:
    _, label = await with_label(house)
    complaint, member = await filed(house, label), MEMBERS[0]
    browser = await house.browser(member)
    assert (await browser.get(f"/api/complaints/{complaint}")).json()["facts"]
    if by == "a tie":
        await declares(house, member)
    else:
        said = {"has_interest": True, "statement": "My brother wrote it."}
        declared = await browser.post(f"/api/complaints/{complaint}/declare-matter-interests", json=said)
        assert declared.status_code == 200, declared.text
    assert (await browser.get(f"/api/complaints/{complaint}")).json()["facts"] == {}
    assert (await browser.get(f"/commission/complaints/{complaint}")).status_code == 403


async def test_a_handler_who_states_a_tie_handles_the_complaint_no_more_and_reads_nothing_of_it(house: House) -> None:
    _, label = await with_label(house)
    complaint = await filed(house, label)
    named = {"handler": HANDLER.person}
    answer = await (await house.browser(SECRETARY)).post(f"/api/complaints/{complaint}/assign-handler", json=named)
    assert answer.status_code == 200, answer.text
    await declares(house, HANDLER)
    browser = await house.browser(HANDLER)
    assert (await browser.get(f"/api/complaints/{complaint}")).status_code == 404
    async with house.services.database.reading() as session:
        assert (await matters.get(session, Complaint, "complaint", complaint)).handler is None


async def test_a_company_that_becomes_known_in_the_group_takes_those_tied_to_it_out_of_an_open_round(
    house: House,
) -> None:
    walked = walk(edition=2).to_round()
    await house.holds(walked)
    advised = walked.case.recommendation
    voter, other = [one for one in walked.voters() if advised is None or one.person != advised.rapporteur][:2]
    await declares(house, voter, "org-sister")
    await declares(house, other, "org-elsewhere")
    assert not (await house.case()).has_interest(voter.person)

    group = {"relations": [{"organisation": "org-sister", "is_a": "subsidiary"}]}
    browser, address = await house.browser(SECRETARY), f"/api/organisations/{ORGANISATION}/declare-group"
    answers = [await browser.post(address, json=group) for _ in range(2)]

    case = await house.case()
    assert answers[0].status_code == 200, answers[0].text
    assert voter.person in case.rounds[-1].recused
    assert case.has_interest(voter.person)
    assert not case.has_interest(other.person)


async def test_a_company_that_becomes_known_in_the_group_takes_those_tied_to_it_out_of_a_vote_on_a_label(
    house: House,
) -> None:
    await label(house)
    await heard(house)
    put = {"scope": "English only.", "reasons": "It fails in Russian."}
    assert (await do(house, SECRETARY, "put-scope-to-vote", **put)).status_code == 200
    electorate = (await read(house, SECRETARY))["motions"][-1]["electorate"]
    voter = next(one for one in MEMBERS if one.person in electorate)
    assert (await do(house, voter, "declare-matter-interests", has_interest=False)).status_code == 200
    await declares(house, voter, "org-sister")

    group = {"relations": [{"organisation": "org-sister", "is_a": "subsidiary"}]}
    browser = await house.browser(SECRETARY)
    answer = await browser.post(f"/api/organisations/{ORGANISATION}/declare-group", json=group)

    assert answer.status_code == 200, answer.text
    motion = (await read(house, SECRETARY))["motions"][-1]
    assert voter.person in motion["electorate"]
    assert motion["recused"] == 1


async def in_the_group(house: House, who: PersonFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is tied to a company that becomes known in the applicant's group; the case could not be told of it."""

    async def away(*_: object) -> None:
        raise Unavailable("procedure_unreachable", "The procedure cannot be reached.")

    await declares(house, who, "org-sister")
    relation = {"organisation": "org-sister", "is_a": "subsidiary"}
    with monkeypatch.context() as broken:
        broken.setattr("certify.procedure.client.count_group", away)
        await organisations_do(house, SECRETARY, "declare-group", ORGANISATION, relations=[relation])


async def test_the_secretariat_reads_of_a_tie_through_the_group_and_what_to_do_about_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.holds(walk(edition=2).to_decision())
    reviewer, said = EXPERTS[0], "No label is signed that rests on the part of these people"
    browser = await house.browser(SECRETARY)
    pages = ("/secretariat/case-1", "/secretariat/case-1/open-round")
    assert [said in words_of(await browser.get(page)) for page in pages] == [False, False]

    await in_the_group(house, reviewer, monkeypatch)

    assert not (await house.case()).has_interest(reviewer.person)
    for page in pages:
        answer = await browser.get(page)
        assert f"{said}: by what the record says of them now, they may not take part in this case. Edda" in words_of(
            answer
        )
        assert 'href="/secretariat/case-1/report-undeclared-interest"' in answer.text

    statement = {"has_interest": True, "statement": "They belong together."}
    await (await house.browser(reviewer)).post("/api/applications/case-1/declare-interests", json=statement)
    assert said not in words_of(await browser.get(pages[0]))


async def test_of_a_tie_through_the_group_only_those_who_keep_the_case_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.holds(walk(edition=2).to_decision())
    await in_the_group(house, EXPERTS[0], monkeypatch)

    for who, page in ((APPLICANT, "/applicant/case-1"), (MEMBERS[0], "/commission/case-1")):
        assert "No label is signed" not in words_of(await (await house.browser(who)).get(page))
