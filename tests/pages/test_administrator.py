"""Rules that no one can get around: an administrator tries, by the API and at the command line (procedure, rules 1-5).

The rules themselves are asked in `tests/unit/workflows/rules/case/test_no_way_around.py`; here nothing stands before
them that would let somebody in by another door, and whatever was tried is on record.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx2
import pytest

from certify.accounts.people import Account
from certify.procedure.matter_kinds import KINDS
from certify.programs import acting
from certify.programs.act_addresses import act_addresses
from schemas.act import Act
from schemas.acts import ACTS
from schemas.errors import ProcedureError
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted
from schemas.stages import Choice
from tests.builders import EXPERTS, ORGANISATION, START, Walk, person
from tests.label_walk import LABEL_ID
from tests.pages.api import BODIES, refused, token_of
from tests.pages.conftest import HOST, House, keep, walk, without_limits
from tests.pages.labels import label
from tests.pages.test_ties import declares

EVERYTHING = PersonFacts(person="adam", roles=tuple(Role), areas=("ai_technical",))
OPERATOR = person("omar", Role.OPERATOR)
BOTH = PersonFacts(person="eve", roles=(Role.EXPERT, Role.COMMISSIONER), areas=("ai_technical",))
"""As many roles as one person may hold: she reviews, and sits in the Commission."""
KEEPER = person("kate", Role.SECRETARIAT)

Try = Callable[[PersonFacts, str, str, dict[str, Any]], Awaitable[str]]
"""Sends an act as somebody to a collection and an id, and returns the code of its refusal, or `taken`."""


@pytest.fixture
async def administered(house: House) -> House:
    """The body with people admitted who hold more roles than others."""
    async with house.services.database.writing() as session:
        for one in (EVERYTHING, OPERATOR, BOTH, KEEPER):
            admitted = PersonAdmitted(
                at=START, actor="engine", person=one.person, roles=tuple(sorted(one.roles)), areas=one.areas
            )
            await keep(session, "people", admitted)
            session.add(Account(person=one.person, name=one.person.title(), email=f"{one.person}@example.org"))
    return house


@pytest.fixture(params=["API", "command line"])
def tries(request: pytest.FixtureRequest, administered: House, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Send acts with a session at the API, or with a token as `certify act` does."""
    house = administered
    transport = httpx2.ASGITransport(app=house.app)
    addresses = {(one.collection, one.act): one for one in act_addresses()}

    async def at_the_api(who: PersonFacts, collection: str, act: str, body: dict[str, Any]) -> str:
        browser = await house.browser(who)
        answer = await browser.post(f"/api/{collection}/{act.replace('_', '-')}".replace("//", "/"), json=body)
        return "taken" if answer.status_code == 200 else str(answer.json()["code"])

    async def at_the_command_line(who: PersonFacts, collection: str, act: str, body: dict[str, Any]) -> str:
        monkeypatch.setattr(
            "certify.programs.client.httpx2.AsyncClient", partial(httpx2.AsyncClient, transport=transport)
        )
        name, _, subject = collection.partition("/")
        token = await token_of(house, who, ("act", "read"))
        try:
            address = addresses[name, act]
            await acting.act(address, subject or None, body, file=None, key=None, server=HOST, token=token)
        except ProcedureError as error:
            return error.code
        return "taken"

    return at_the_api if request.param == "API" else at_the_command_line


def reviewed_by(who: PersonFacts, walked: Walk) -> Walk:
    """The walk whose first expert is somebody else."""
    for number, event in enumerate(walked.events):
        told = event.model_dump_json().replace(f'"{EXPERTS[0].person}"', f'"{who.person}"')
        walked.events[number] = type(event).model_validate_json(told)
    return walked


def ballot(walked: Walk) -> dict[str, Any]:
    vote = walked.case.rounds[-1]
    return {
        "round": vote.number, "choice": Choice.GRANT, "manifest_digest": vote.manifest_digest,
        "scheme_digest": vote.scheme_digest,
    }  # fmt: skip


async def last_refused(house: House) -> tuple[str, str, str | None, str]:
    one = (await refused(house))[-1]
    return one["actor"], one["act"], one["application"], one["code"]


async def test_whoever_evaluated_does_not_decide_with_both_roles(administered: House, tries: Try) -> None:
    walked = walk().to_round()
    await administered.holds(reviewed_by(BOTH, walked))
    code = await tries(BOTH, "applications/case-1", "cast_ballot", ballot(walked))
    assert code == "reviewed_and_decides"
    assert await last_refused(administered) == (BOTH.person, "cast_ballot", "case-1", code)


async def test_whoever_is_tied_to_the_applicant_keeps_no_case_of_theirs(administered: House, tries: Try) -> None:
    await administered.holds(walk().to_intake())
    await declares(administered, KEEPER, ORGANISATION)
    code = await tries(KEEPER, "applications/case-1", "accept_application", BODIES["accept_application"])
    assert code == "secretariat_tied"
    assert await last_refused(administered) == (KEEPER.person, "accept_application", "case-1", code)


@pytest.mark.parametrize(("who", "code"), [(EVERYTHING, "roles_apart"), (OPERATOR, "unknown_application")])
async def test_no_administrator_acts_in_a_case(administered: House, tries: Try, who: PersonFacts, code: str) -> None:
    await administered.holds(walk().to_round())
    without_limits(administered)
    answers = {act: await tries(who, "applications/case-1", act, body) for act, body in BODIES.items()}
    assert answers == dict.fromkeys(BODIES, code)
    first = (await refused(administered))[0]
    assert (first["actor"], first["application"], first["code"]) == (who.person, "case-1", code)


async def test_nobody_confirms_their_own_correction(administered: House, tries: Try) -> None:
    await administered.holds(Walk().to_intake())
    body = {"stream": "case/case-1", "number": 1, "text": "The reference is A-2."}
    made = await (await administered.browser(KEEPER)).post("/api/corrections", json=body)
    correction = made.json()["matter"]
    assert await tries(KEEPER, f"corrections/{correction}", "confirm_correction", {}) == "same_person"
    assert await tries(EVERYTHING, f"corrections/{correction}", "confirm_correction", {}) == "roles_apart"
    assert await tries(OPERATOR, f"corrections/{correction}", "confirm_correction", {}) == "unknown_matter"


def of_the_engine() -> list[tuple[str, str]]:
    """Every act of the engine, with the collection that it belongs to."""
    found: list[tuple[str, type[Act]]] = [("applications", one) for one in ACTS.values()]
    found += [(kind.collection, one) for kind in KINDS.values() for one in kind.kernel.acts.values()]
    return [(where, one.model_fields["kind"].default) for where, one in found if getattr(one, "by_engine", False)]


@pytest.mark.parametrize("who", [EVERYTHING, OPERATOR, KEEPER], ids=lambda one: one.person)
async def test_nobody_sends_what_only_the_engine_does(administered: House, who: PersonFacts) -> None:
    await label(administered)
    browser = await administered.browser(who)
    assert of_the_engine()
    for collection, act in of_the_engine():
        answer = await browser.post(f"/api/{collection}/{LABEL_ID}/{act.replace('_', '-')}", json={})
        assert answer.status_code in {403, 404}, (act, answer.text)


def test_the_command_line_offers_nothing_that_only_the_engine_does() -> None:
    assert not {(one.collection, one.act) for one in act_addresses()} & {*of_the_engine()}
    assert {one for one in of_the_engine() if one[0] == "labels"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["applications/case-1", "applications/case-1/record", "labels/" + LABEL_ID])
async def test_nothing_that_is_on_record_is_changed_or_removed(administered: House, method: str, address: str) -> None:
    await administered.holds(walk().to_intake())
    for who in (EVERYTHING, OPERATOR, KEEPER):
        answer = await (await administered.browser(who)).request(method, f"/api/{address}", json={})
        assert answer.status_code in {404, 405}, answer.text
