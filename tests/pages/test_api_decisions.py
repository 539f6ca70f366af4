"""The decision record through the API: what `certify decision verify` reads, for those who may know all of it."""

from collections.abc import AsyncIterator

import pytest

from certify.decision_commands import read_record
from certify.programs.decision_record import export
from schemas.people import PersonFacts
from schemas.scheme import Tier
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY, THIRD_PARTY
from tests.pages.api import Tokens, is_problem, tokens_at
from tests.pages.conftest import AUDITOR, STRANGER, House, walk
from workflows.rules.case.recomputation import recompute

PATH = "/api/applications/case-1/decision-record"


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    """A program at the API with a token of somebody."""
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


@pytest.mark.parametrize("who", [SECRETARY, AUDITOR], ids=lambda one: one.person)
async def test_who_keeps_or_audits_the_case_gets_a_record_that_verifies(
    house: House, as_: Tokens, who: PersonFacts
) -> None:
    case = await house.holds(walk(tier=Tier.MEDIUM).to_grant())

    response = await (await as_(who)).get(PATH)

    assert response.status_code == 200
    record = read_record(response.content)
    assert record.decision == case.decision
    assert recompute(record).agrees


async def test_the_api_and_the_command_give_the_same_document(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_grant())

    response = await (await as_(AUDITOR)).get(PATH)

    assert response.json() == (await export(house.services.settings, "case-1")).model_dump(mode="json")


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBERS[0], LABEL_OFFICER], ids=lambda one: one.person)
async def test_whoever_may_not_know_everyone_who_took_part_is_refused_all_of_it(
    house: House, as_: Tokens, who: PersonFacts
) -> None:
    await house.holds(walk().to_grant())

    is_problem(await (await as_(who)).get(PATH), 403, "not_permitted")


@pytest.mark.parametrize("who", [STRANGER, THIRD_PARTY, EXPERTS[1]], ids=lambda one: one.person)
async def test_for_whoever_may_not_know_of_the_case_there_is_none(house: House, as_: Tokens, who: PersonFacts) -> None:
    await house.holds(walk().to_grant())

    is_problem(await (await as_(who)).get(PATH), 404, "unknown_application")


@pytest.mark.parametrize("step", ["to_intake", "to_decision", "to_round"])
async def test_a_case_that_is_not_decided_has_no_record(house: House, as_: Tokens, step: str) -> None:
    await house.holds(getattr(walk(), step)())

    is_problem(await (await as_(SECRETARY)).get(PATH), 409, "not_decided")


async def test_a_token_that_may_not_read_gets_nothing(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_grant())

    is_problem(await (await as_(AUDITOR, scopes=("act",))).get(PATH), 403, "scope_missing")
