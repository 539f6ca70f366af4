"""Acts that no case or matter judges ask for a fresh proof before anything of theirs is read (security I17)."""

import re
from http import HTTPStatus

import httpx2
import pytest

from certify.accounts.strength import STEP_UP
from certify.web.permissions import JUDGED_AT_THE_ROUTE, DeclaredRoute, Permitted, declared_routes
from tests.builders import SECRETARY
from tests.pages.account import strong
from tests.pages.conftest import House, shared_routes, words_of

ACTIONS = (
    *("add_generator", "add_passkey", "approve_recovery", "change_email", "change_password", "complete_recovery"),
    *("create_token", "erase_complainant_contact", "hand_in_scheme", "invite_person", "remove_generator"),
    *("remove_passkey", "request_recovery", "end_access", "confirm_invitation"),
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
    stale, fresh = await strong(strict, SECRETARY, ago=6), await strong(strict, SECRETARY, ago=4)

    assert found
    for route in found:
        assert asks(await sent(stale, route)), route.path
        assert not asks(await sent(fresh, route)), route.path
