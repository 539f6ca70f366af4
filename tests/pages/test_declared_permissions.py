"""No route without a permission, no write under one that reads (security T10; ASVS 5.0, 8.2.1)."""

from collections import Counter

import pytest

from certify.accounts.policy import admit
from certify.accounts.policy.outside_table import OF_ONESELF
from certify.accounts.principal import Principal
from certify.web.permissions import SAFE_METHODS, DeclaredRoute, OwnAccount, Permitted, Public, declared_routes
from schemas.people import PersonFacts, Role
from tests.pages.conftest import House, shared_routes

OF_THE_FRAMEWORK = {("*", "/static"), ("GET", "/api/openapi.json"), ("HEAD", "/api/openapi.json")}
"""Files of ours and the description of the API: public, and no route of anybody's."""

PUBLIC_WRITES = {
    "/sign-in",
    "/sign-in/link",
    "/sign-in/passkey",
    "/sign-in/with-passkey",
    "/self-check",
    "/api/self-check",
    "/report",
    "/api/reports",
    "/api/reports/{code}/answers",
    "/api/reports/{code}/contact",
    "/report/{number}",
    "/complaint/{code}",
    "/complaint/{code}/contact",
}


@pytest.fixture
def declared(house: House) -> list[DeclaredRoute]:
    found = [*declared_routes(shared_routes(house.services).routes)]
    return [one for one in found if (one.method, one.path) not in OF_THE_FRAMEWORK]


async def test_every_route_declares_whom_it_lets_in(declared: list[DeclaredRoute]) -> None:
    assert [(one.method, one.path) for one in declared if one.declared is None] == []
    assert len(declared) > 300


async def test_an_unsafe_method_declares_a_write_and_a_safe_one_a_reading(declared: list[DeclaredRoute]) -> None:
    wrong = [
        (one.method, one.path)
        for one in declared
        if one.declared is not None and one.declared.writes is (one.method in SAFE_METHODS)
    ]

    assert wrong == []


async def test_what_anybody_may_send_without_an_account_is_listed_here(declared: list[DeclaredRoute]) -> None:
    found = {one.path for one in declared if isinstance(one.declared, Public) and one.declared.writes}

    assert found == PUBLIC_WRITES


async def test_a_sign_in_that_lacks_its_second_factor_reaches_what_is_about_oneself_alone(
    declared: list[DeclaredRoute],
) -> None:
    open_to_it = {one.declared.action for one in declared if isinstance(one.declared, OwnAccount)}

    assert open_to_it - OF_ONESELF == set()
    assert open_to_it >= {"read_own_account", "add_passkey", "step_up", "sign_out"}


async def test_every_declared_action_has_a_rule(declared: list[DeclaredRoute]) -> None:
    somebody = Principal(
        facts=PersonFacts(person="somebody", roles=(Role.APPLICANT,)),
        name="Somebody",
        authn="session",
        scopes=frozenset({"read", "act"}),
    )
    actions = {one.declared.action for one in declared if isinstance(one.declared, Permitted)}

    codes = {action: refusal.code for action in actions if (refusal := admit(somebody, action).refusal)}

    assert set(codes.values()) <= {"role_missing"}
    assert actions - set(codes) >= {"read_case", "act_in_case", "cast_vote"}


async def test_the_api_is_what_its_description_says(house: House, declared: list[DeclaredRoute]) -> None:
    described = shared_routes(house.services).openapi()["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods}
    served = {(one.method, one.path) for one in declared if one.path.startswith("/api/")}

    assert served == told
    assert Counter((one.method, one.path) for one in declared).most_common(1)[0][1] == 1
