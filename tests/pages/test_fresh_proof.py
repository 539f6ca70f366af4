"""Grave acts ask for a fresh proof before anything of theirs is read or judged (security I17; ASVS 5.0, 7.5.3)."""

import re
from http import HTTPStatus

import httpx2
import pytest

from certify.accounts.strength import STEP_UP
from certify.web.permissions import JUDGED_AT_THE_ROUTE, DeclaredRoute, Permitted, declared_routes
from tests.builders import APPLICANT, MEMBERS, SECRETARY
from tests.label_walk import LABEL_ID
from tests.pages.account import strong
from tests.pages.api import BODIES
from tests.pages.conftest import House, shared_routes, walk, words_of
from tests.pages.labels import label

ACTIONS = (
    *("add_generator", "add_passkey", "approve_recovery", "change_email", "change_password", "complete_recovery"),
    *("create_token", "erase_complainant_contact", "hand_in_scheme", "invite_person", "remove_generator"),
    *("remove_passkey", "request_recovery", "end_access", "confirm_invitation", "enter_organisation"),
    "export_own_data",
    *(OF_AN_ORGANISATION := ("consent_to_invitation", "end_colleague_access")),
)


def test_these_are_all_of_them() -> None:
    assert set(ACTIONS) == STEP_UP & JUDGED_AT_THE_ROUTE


def writes_of(house: House, action: str) -> list[DeclaredRoute]:
    return [
        one
        for one in declared_routes(shared_routes(house.services).routes)
        if isinstance(one.declared, Permitted) and one.declared.action == action and one.declared.writes
    ]


async def sent(browser: httpx2.AsyncClient, route: DeclaredRoute) -> httpx2.Response:
    path = re.sub(r"\{\w+(:\w+)?\}", "x1", route.path)
    return await browser.request(route.method, path, **({"json": {}} if path.startswith("/api/") else {"data": {}}))


def asks(answer: httpx2.Response) -> bool:
    if answer.status_code != HTTPStatus.FORBIDDEN:
        return False
    if answer.headers["Content-Type"] == "application/problem+json":
        return bool(answer.json()["code"] == "step_up_needed")
    return "Confirm that it is you" in words_of(answer)


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_proof_of_six_minutes_ago_is_asked_again_and_one_of_four_is_not(strict: House, action: str) -> None:
    found = writes_of(strict, action)
    who = APPLICANT if action in OF_AN_ORGANISATION else SECRETARY
    stale, fresh = await strong(strict, who, ago=6), await strong(strict, who, ago=4)

    assert found
    for route in found:
        assert asks(await sent(stale, route)), route.path
        assert not asks(await sent(fresh, route)), route.path


SUSPENSION = {"because": "harm_reported", "reasons": "It fails.", "restoration": "Mend it."}
IN_A_MATTER: dict[str, dict[str, object]] = {
    "cast_vote": {"motion": 1, "choice": "against", "object_digest": "0" * 64},
    "propose_suspension": SUSPENSION,
    "confirm_suspension": {},
    "put_restoration_to_vote": {"reasons": "It was mended."},
}


@pytest.mark.parametrize("act", IN_A_MATTER)
async def test_an_act_in_a_matter_asks_for_a_fresh_proof_before_anything_is_judged(strict: House, act: str) -> None:
    await label(strict)
    address, body = f"/api/labels/{LABEL_ID}/{act.replace('_', '-')}", IN_A_MATTER[act]
    stale, fresh = await strong(strict, MEMBERS[0], ago=6), await strong(strict, MEMBERS[0], ago=4)

    assert asks(await stale.post(address, json=body))
    answer = await fresh.post(address, json=body)
    assert not asks(answer)
    assert answer.status_code != HTTPStatus.UNPROCESSABLE_ENTITY, answer.text


async def test_a_countersignature_asks_for_a_fresh_proof(strict: House) -> None:
    await strict.holds(walk().to_round())
    address = "/api/applications/case-1/countersign"
    stale, fresh = await strong(strict, SECRETARY, ago=6), await strong(strict, SECRETARY, ago=4)

    assert asks(await stale.post(address, json=BODIES["countersign"]))
    assert not asks(await fresh.post(address, json=BODIES["countersign"]))
