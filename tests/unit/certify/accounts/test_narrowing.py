from typing import Any

import pytest

from certify.accounts.narrowing import case_for, cases_for, record_body_for
from certify.register.cases import CaseRecord, columns_of
from certify.register.database import Database
from schemas.case import Case
from schemas.errors import NotFound, NotPermitted
from schemas.events import BallotCast
from schemas.people import PersonFacts, Role
from schemas.stages import Choice, Stage
from tests.unit.certify.accounts import cases
from tests.unit.certify.accounts.cases import MEMBERS, NOW, PEOPLE, case_at, principal

SEEN = {
    "applicant": {"intake", "evaluation", "decision", "attestation"},
    "applicant elsewhere": {"elsewhere"},
    "secretariat": {"intake", "evaluation", "decision", "attestation", "elsewhere"},
    "auditor": {"intake", "evaluation", "decision", "attestation", "elsewhere"},
    "expert": {"evaluation", "decision", "attestation"},
    "expert not asked": set(),
    "commissioner": {"decision", "attestation"},
    "commissioner undeclared": {"decision", "attestation"},
    "third party": {"evaluation", "decision"},
    "label officer": {"attestation"},
}


@pytest.fixture
async def kept(database: Database) -> Database:
    """One case of Acme in each of four stages, and one of another organisation at intake."""
    stages = (Stage.INTAKE, Stage.EVALUATION, Stage.DECISION, Stage.ATTESTATION)
    found = [_renamed(stage.value, stage, cases.APPLICANT_ORGANISATION) for stage in stages]
    found.append(_renamed("elsewhere", Stage.INTAKE, "organisation-other"))
    async with database.writing() as session:
        session.add_all([CaseRecord(**columns_of(case)) for case in found])
    return database


def _renamed(name: str, stage: Stage, organisation: str) -> Case:
    case = case_at(stage)
    lodged = case.lodged.model_copy(update={"organisation": organisation, "reference": name})
    return case.model_copy(update={"id": name, "lodged": lodged})


@pytest.mark.parametrize("who", SEEN)
async def test_a_list_holds_the_cases_somebody_may_know_of(kept: Database, who: str) -> None:
    async with kept.reading() as session:
        found = {case.id for case in await cases_for(session, principal(PEOPLE[who]))}

    assert found == SEEN[who]


async def test_an_operator_lists_nothing(kept: Database) -> None:
    async with kept.reading() as session:
        with pytest.raises(NotPermitted, match="role_missing"):
            await cases_for(session, principal(PEOPLE["operator"]))


async def test_somebody_with_two_roles_lists_the_cases_of_both(kept: Database) -> None:
    both = PersonFacts(
        person=cases.REVIEWERS[0], roles=(Role.APPLICANT, Role.EXPERT), organisation="organisation-other"
    )

    async with kept.reading() as session:
        found = {case.id for case in await cases_for(session, principal(both))}

    assert found == {"elsewhere", "evaluation", "decision", "attestation"}


async def test_an_applicant_without_an_organisation_lists_nothing(kept: Database) -> None:
    async with kept.reading() as session:
        assert await cases_for(session, principal(PersonFacts(person="nobody", roles=(Role.APPLICANT,)))) == []


async def test_one_case_is_found_only_by_those_who_may_know_of_it(kept: Database) -> None:
    async with kept.reading() as session:
        assert (await case_for(session, principal(PEOPLE["applicant"]), "intake")).id == "intake"
        for application in ("elsewhere", "nowhere"):
            with pytest.raises(NotFound, match="unknown_application"):
                await case_for(session, principal(PEOPLE["applicant"]), application)


def _ballot_body() -> dict[str, Any]:
    ballot = cases.ballot_of(MEMBERS[0], Choice.REFUSE)
    return BallotCast(at=NOW, actor=MEMBERS[0], ballot=ballot).model_dump(mode="json")


@pytest.mark.parametrize("who", ["auditor", "secretariat"])
def test_the_record_of_an_open_round_shows_no_choice(who: str) -> None:
    shown: dict[str, Any] = record_body_for(case_at(Stage.DECISION), principal(PEOPLE[who]), _ballot_body())
    ballot = shown["ballot"]

    assert set(_ballot_body()["ballot"]) - set(ballot) == {"choice", "grounds", "reasons", "proof"}
    assert ballot["member"] == MEMBERS[0]
    assert "refuse" not in str(shown)


def test_the_record_of_a_closed_round_shows_the_choices() -> None:
    body = _ballot_body()

    assert record_body_for(case_at(Stage.ATTESTATION), principal(PEOPLE["auditor"]), body) == body


def test_a_ballot_of_a_round_closed_before_the_open_one_is_shown() -> None:
    first = cases.closed(cases.open_round())
    second = cases.open_round().model_copy(update={"number": 2})
    body = _ballot_body()

    assert record_body_for(
        case_at(Stage.DECISION, rounds=(first, second)), principal(PEOPLE["auditor"]), body
    ) == body  # fmt: skip


def test_other_entries_are_shown_as_they_are() -> None:
    body: dict[str, Any] = {"kind": "round_closed", "round": 1}

    assert record_body_for(case_at(Stage.DECISION), principal(PEOPLE["auditor"]), body) == body


@pytest.mark.parametrize("who", ["applicant", "expert", "commissioner"])
def test_the_record_itself_is_for_those_who_keep_and_audit_it(who: str) -> None:
    with pytest.raises(NotPermitted, match="not_permitted"):
        record_body_for(case_at(Stage.DECISION), principal(PEOPLE[who]), _ballot_body())
