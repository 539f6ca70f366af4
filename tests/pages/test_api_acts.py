"""Acts through the API: taken once, recorded with a receipt, or refused without a trace in the case."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from certify.accounts.people import Account
from certify.vault.store import reference_to
from schemas.account_events import AccessEnded
from schemas.errors import NotFound, Unavailable
from schemas.identifiers import act_id as act_id_of
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted
from schemas.stages import Choice
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk
from tests.pages.api import OFFER, Tokens, act, application, is_problem, refused, token_of, tokens_at
from tests.pages.conftest import HOST, STRANGER, FakeProcedure, House, keep, walk
from tests.programs import example


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What the program logs, kept for the test."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    """A program at the API with a token of somebody."""
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


# Idempotency and receipts


async def test_the_same_act_under_the_same_key_gets_the_same_receipt_byte_for_byte(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)
    first = await act(client, "state_not_applicable", key="one")
    entry = (await house.case()).entry

    again = await act(client, "state_not_applicable", key="one")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert (await house.case()).entry == entry


async def test_an_offer_sent_again_is_the_same_offer(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)
    uploaded = (await client.post("/api/applications/case-1/files", content=b"policy")).json()
    offer = {**OFFER, "file": "policy.txt", "digest_of_file": uploaded["digest"]}
    first = await act(client, "offer_evidence", offer, key="offer")

    again = await act(client, "offer_evidence", offer, key="offer")

    assert first.status_code == 200
    assert again.content == first.content
    assert len((await house.case()).evidence) == 1


async def test_the_same_key_with_another_body_is_refused(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)
    await act(client, "state_not_applicable", key="one")

    other = await act(client, "state_not_applicable", {"criterion": "I-1.1-01", "reason": "Another."}, key="one")

    is_problem(other, 409, "other_act_same_key")


async def test_the_same_key_of_two_people_is_two_acts(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_round())
    receipts = [(await act(await as_(who), "declare_interests", key="same")).json() for who in MEMBERS[3:5]]

    assert receipts[0]["act_id"] != receipts[1]["act_id"]
    assert receipts[0]["receipt"]["number"] + 1 == receipts[1]["receipt"]["number"]


async def test_an_act_without_a_key_is_new_every_time(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)

    first, second = [(await act(client, "state_not_applicable")).json() for _ in range(2)]

    assert first["act_id"] != second["act_id"]


async def test_lodging_the_same_again_reaches_the_same_case(as_: Tokens) -> None:
    client = await as_(APPLICANT)
    first = await client.post("/api/applications", json=application())

    again = await client.post("/api/applications", json=application())

    assert first.status_code == 200, first.text
    assert again.content == first.content
    assert len((await client.get("/api/applications")).json()) == 1


async def test_other_content_under_a_lodged_reference_is_refused(house: House, as_: Tokens) -> None:
    client = await as_(APPLICANT)
    lodged = (await client.post("/api/applications", json=application())).json()
    before = await house.case(lodged["application"])

    system = example().application.system.model_copy(update={"purpose": "Something else."})
    response = await client.post("/api/applications", json=application(system=system))

    is_problem(response, 409, "differs_from_lodged")
    assert await house.case(lodged["application"]) == before


async def test_an_act_the_record_holds_has_its_receipt(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)
    sent = (await act(client, "state_not_applicable", key="one")).json()

    receipt = await client.get(f"/api/receipts/{sent['act_id']}")

    assert receipt.status_code == 200
    assert receipt.json() == sent["receipt"]
    assert sent["act_id"] == act_id_of(APPLICANT.person, "one")


async def test_an_act_that_was_never_taken_has_none(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)

    is_problem(await client.get("/api/receipts/nothing"), 404, "not_taken")
    is_problem(await client.get("/api/receipts/nothing?application=case-1"), 404, "not_taken")


async def test_a_receipt_of_another_organisations_case_is_none(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    sent = (await act(await as_(APPLICANT), "state_not_applicable")).json()

    is_problem(await (await as_(STRANGER)).get(f"/api/receipts/{sent['act_id']}"), 404, "not_taken")


class SlowRecord(FakeProcedure):
    """The case takes the act; the record does not hold it yet."""

    async def _take(self, *_: object) -> None:
        return

    async def has_taken(self, application: str, act_id: str) -> bool:
        return application == "case-1" and act_id == act_id_of(APPLICANT.person, "one")


async def test_an_act_that_is_taken_and_not_yet_recorded_is_answered_with_where_to_ask(
    house: House, as_: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certify.procedure.sending.RECORDED_WITHIN", 0.01)
    await house.holds(walk().to_intake())
    slow = House(replace(house.services, procedure=SlowRecord(house.services.database, house.services.vault)))
    token = await token_of(house, APPLICANT, ("act", "read"))
    transport = httpx2.ASGITransport(app=slow.app)
    async with httpx2.AsyncClient(
        transport=transport, base_url=HOST, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        sent = await act(client, "state_not_applicable", key="one")
        asked = await client.get(sent.headers["Location"])

    assert (sent.status_code, sent.json()["receipt"]) == (202, None)
    assert (asked.status_code, asked.json()) == (202, None)


class Unreachable(FakeProcedure):
    """Cases that cannot be reached; it notes which are asked."""

    asked: tuple[str, ...] = ()

    async def has_taken(self, application: str, act_id: str) -> bool:
        self.asked = (*self.asked, application)
        raise Unavailable("procedure_unreachable", "The procedure cannot be reached.")


async def test_whoever_may_not_know_of_a_case_is_told_of_its_acts_as_of_those_in_none(
    house: House, as_: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.holds(walk().to_intake())
    procedure = Unreachable(house.services.database, house.services.vault)
    monkeypatch.setattr(house.services.procedure, "has_taken", procedure.has_taken)
    stranger, holder = await as_(STRANGER), await as_(APPLICANT)

    there = await stranger.get("/api/receipts/an-act?application=case-1")
    nowhere = await stranger.get("/api/receipts/an-act?application=case-9")
    assert "case-1" not in procedure.asked
    assert len(procedure.asked) == 2

    is_problem(there, 503, "procedure_unreachable")
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())
    is_problem(await holder.get("/api/receipts/an-act?application=case-1"), 503, "procedure_unreachable")
    assert procedure.asked[-1] == "case-1"


async def test_a_finding_carries_its_grade_and_why_a_maker_is_relied_on(house: House, as_: Tokens) -> None:
    walked = walk(edition=2).to_evaluation().confirmed()
    await house.holds(walked)
    first, *others = [one.model_dump(mode="json") for one in walked.findings("edda")]
    written = [{**one, "rationale": "Because the evidence shows it."} for one in others]
    judged = {"verdict": "not_met", "grade": "minor", "rationale": "Half shown.", "reliance": "Accredited."}

    response = await act(await as_(EXPERTS[0]), "submit_review", {"findings": [{**first, **judged}, *written]})

    assert response.status_code == 200, response.text
    case = await house.case()
    finding = case.reviews["edda"].findings[0]
    assert case.nonconformities[finding.criterion].grade == "minor"
    assert finding.reliance == reference_to("Accredited.")
    assert await house.services.vault.text("case-1", finding.reliance) == "Accredited."


# Refusals


async def test_a_refused_act_changes_nothing_and_is_noted_without_its_content(house: House, as_: Tokens) -> None:
    before = await house.holds(walk().to_intake())

    response = await act(await as_(SECRETARY), "open_round")

    is_problem(response, 409, "wrong_stage")
    assert await house.case() == before
    (noted,) = await refused(house)
    assert (noted["act"], noted["code"], noted["actor"]) == ("open_round", "wrong_stage", SECRETARY.person)
    assert set(noted) == {"kind", "version", "at", "actor", "act", "application", "code"}


@pytest.mark.parametrize(
    ("until", "who", "kind", "body", "code"),
    [
        (Walk.to_intake, EXPERTS[0], "accept_application", {}, "unknown_application"),
        (Walk.to_intake, SECRETARY, "state_not_applicable", None, None),
        (Walk.to_recommendation, MEMBERS[0], "submit_recommendation", None, None),
        (Walk.to_decision, MEMBERS[0], "cast_ballot", None, None),
        (Walk.to_planning, SECRETARY, "assign_reviewer", {"reviewer": "nobody", "areas": ["ai_technical"]}, None),
    ],
)
async def test_what_the_procedure_refuses_the_api_refuses(
    house: House, as_: Tokens, until: Any, who: PersonFacts, kind: str, body: Any, code: str | None
) -> None:
    before = await house.holds(until(walk()))

    response = await act(await as_(who), kind, body)

    assert 400 <= response.status_code < 500, response.text
    is_problem(response, response.status_code, code or response.json()["code"])
    assert await house.case() == before
    assert [entry["code"] for entry in await refused(house)] == [response.json()["code"]]


async def test_whoever_left_is_given_no_task(house: House, as_: Tokens) -> None:
    expert = EXPERTS[0]
    before = await house.holds(walk().to_planning())
    async with house.services.database.writing() as session:
        await keep(session, "people", AccessEnded(at=datetime.now(UTC), actor=SECRETARY.person, person=expert.person))

    asked = {"reviewer": expert.person, "areas": ["ai_technical"]}
    is_problem(await act(await as_(SECRETARY), "assign_reviewer", asked), 404, "unknown_person")
    assert await house.case() == before


async def test_a_second_ballot_is_refused_and_the_first_one_stands(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_round())
    vote = (await house.case()).open_round
    assert vote is not None
    member = next(one for one in MEMBERS if one.person in vote.base)
    ballot = {"round": 1, "manifest_digest": vote.manifest_digest, "scheme_digest": vote.scheme_digest}
    client = await as_(member)
    assert (await act(client, "cast_ballot", {**ballot, "choice": "abstain"})).status_code == 200

    second = await act(client, "cast_ballot", {**ballot, "choice": "grant"})

    is_problem(second, 409, "already_voted")


@pytest.mark.parametrize(
    "body",
    [{}, {"criterion": "I-1.1-01", "reason": ""}, {"criterion": "I-9"}, {"criterion": "I-1.1-01", "actor": "eve"}],
)
async def test_a_body_that_is_no_act_is_refused_by_its_field(house: House, as_: Tokens, body: dict[str, Any]) -> None:
    await house.holds(walk().to_intake())

    is_problem(await act(await as_(APPLICANT), "state_not_applicable", body), 422, "malformed_request")


async def test_a_body_that_is_no_json_is_refused(house: House, as_: Tokens) -> None:
    response = await (await as_(APPLICANT)).post(
        "/api/applications", content=b"{", headers={"Content-Type": "application/json"}
    )

    is_problem(response, 422, "malformed_request")


async def test_an_application_for_another_organisation_is_refused(as_: Tokens) -> None:
    other = example().application.organisation

    is_problem(await (await as_(APPLICANT)).post("/api/applications", json=application(organisation=other)), 422,
               "organisation_differs")  # fmt: skip


async def test_an_application_that_names_an_unknown_criterion_is_refused(as_: Tokens) -> None:
    body = application()
    body["evidence"][0]["criteria"] = ["I-1.1-99"]

    response = await (await as_(APPLICANT)).post("/api/applications", json=body)

    is_problem(response, 422, "application_invalid")
    assert "I-1.1-99" in response.json()["title"]


async def test_what_is_not_there_is_a_problem_too(as_: Tokens) -> None:
    client = await as_(APPLICANT)

    is_problem(await client.get("/api/applications/case-9"), 404, "unknown_application")
    assert (await client.get("/api/nothing")).json()["code"] == "no_such_page"
    assert (await client.put("/api/me")).json()["code"] == "no_such_method"


async def test_a_fault_of_ours_tells_a_reference_and_nothing_else(
    as_: Tokens, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("certify.web.api.applications.cases_for", broken)
    response = await (await as_(APPLICANT)).get("/api/applications")

    is_problem(response, 500, "unexpected")
    assert response.json()["reference"] == log[-1]["reference"]
    assert "secret" not in response.text


async def test_the_record_of_an_open_round_lets_nobody_compute_a_choice(house: House, as_: Tokens) -> None:
    walked = walk().to_round()
    voter = walked.voters()[0]
    walked.ballot(voter, Choice.GRANT)
    await house.holds(walked)
    ballot = walked.sent[-1]

    record = (await (await as_(SECRETARY)).get("/api/applications/case-1/record")).json()

    cast = next(line for line in record if line["entry"]["kind"] == "ballot_cast")
    assert "choice" not in cast["body"]["ballot"]
    assert ballot.digest not in str(record)


async def test_a_refused_act_of_another_role_stores_nothing(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    reasons = "These words are not to be kept."

    answer = await act(await as_(APPLICANT), "decline_application", {"reasons": reasons})

    is_problem(answer, 403, "role_missing")
    with pytest.raises(NotFound, match="not_in_store"):
        await house.services.vault.text("case-1", reference_to(reasons))


async def test_somebody_with_every_role_is_refused_on_record_and_nothing_else_changes(
    house: House, as_: Tokens
) -> None:
    walked = walk(members=7, edition=2).to_round()
    before = await house.holds(walked)
    vote = walked.case.rounds[0]
    admin = PersonFacts(person="admin", roles=tuple(Role))
    admitted = PersonAdmitted(at=walked.now, actor="engine", person="admin", roles=admin.roles)
    async with house.services.database.writing() as session:
        await keep(session, "people", admitted)
        session.add(Account(person="admin", name="Admin", email="admin@example.org"))
    client = await as_(admin)

    ballot = {"manifest_digest": vote.manifest_digest, "scheme_digest": vote.scheme_digest}
    voted = await act(client, "cast_ballot", {"round": 1, "choice": "grant", **ballot})
    waived = await act(client, "waive_hearing")

    is_problem(voted, 403, "roles_apart")
    is_problem(waived, 403, "roles_apart")
    assert await house.case() == before
    assert [(one["actor"], one["act"], one["code"]) for one in await refused(house)] == [
        ("admin", "cast_ballot", "roles_apart"),
        ("admin", "waive_hearing", "roles_apart"),
    ]
