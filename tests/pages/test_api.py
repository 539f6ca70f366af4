"""The JSON API: what is offered, and who is let in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.acts import ACTS
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY
from tests.pages.api import (
    BODIES,
    Tokens,
    act,
    application,
    described,
    filled,
    is_problem,
    operations,
    token_of,
    tokens_at,
)
from tests.pages.conftest import STRANGER, House, walk

GOLDEN = Path(__file__).parents[1] / "data" / "operation_ids.txt"
PUBLIC = {
    "read_scheme",
    "read_statistics",
    "self_check",
    "file_report",
    "read_report",
    "answer_report_question",
    "read_report_data",
    "erase_report_contact",
}


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    """A program at the API with a token of somebody."""
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


# What is offered


async def test_every_operation_keeps_its_id(as_: Tokens) -> None:
    found = [
        f"{operation['operationId']} {method.upper()} {path}"
        for path, method, operation in operations(await described(await as_(None)))
    ]

    assert sorted(found) == GOLDEN.read_text().splitlines()


async def test_every_act_has_a_route_and_a_body(as_: Tokens) -> None:
    found = {operation["operationId"] for _, _, operation in operations(await described(await as_(None)))}

    assert set(ACTS) <= found
    assert set(BODIES) == set(ACTS) - {"lodge_application", "amend_application"}


async def test_the_description_refers_only_to_what_it_holds_and_every_schema_is_one(as_: Tokens) -> None:
    openapi = await described(await as_(None))
    schemas = openapi["components"]["schemas"]

    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for reference in references(openapi):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference
    for path, method, operation in operations(openapi):
        assert operation["summary"], (path, method)
        assert any(status.startswith("2") for status in operation["responses"]), (path, method)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


# Who is let in


async def test_nobody_reaches_anything_but_what_is_public_without_signing_in(as_: Tokens) -> None:
    nobody = await as_(None)
    for path, method, operation in operations(await described(nobody)):
        if operation["operationId"] in PUBLIC:
            continue
        response = await nobody.request(method, filled(path), json={})
        is_problem(response, 401, "not_signed_in")
        assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_that_is_none_is_refused(house: House, as_: Tokens) -> None:
    nobody = await as_(None)
    good = await token_of(house, APPLICANT, ("read",))
    for bad in ("x", "vcl_000000000000_" + "A" * 43, good[:-1] + ("A" if good[-1] != "A" else "B")):
        response = await nobody.get("/api/me", headers={"Authorization": f"Bearer {bad}"})
        is_problem(response, 401, "token_invalid")


async def test_a_revoked_token_is_useless_at_once(as_: Tokens) -> None:
    client = await as_(APPLICANT)
    (mine,) = (await client.get("/api/tokens")).json()

    assert (await client.delete(f"/api/tokens/{mine['id']}")).status_code == 204

    is_problem(await client.get("/api/me"), 401, "token_invalid")


async def test_another_persons_token_cannot_be_revoked(as_: Tokens) -> None:
    mine, theirs = await as_(APPLICANT), await as_(SECRETARY)
    (token,) = (await theirs.get("/api/tokens")).json()

    is_problem(await mine.delete(f"/api/tokens/{token['id']}"), 404, "unknown_token")
    assert (await theirs.get("/api/me")).status_code == 200


async def test_a_token_that_may_only_read_changes_nothing(house: House, as_: Tokens) -> None:
    before = await house.holds(walk().to_intake())
    reader = await as_(APPLICANT, scopes=("read",))

    for kind in BODIES:
        is_problem(await act(reader, kind), 403, "scope_missing")
    is_problem(await reader.post("/api/applications", json=application()), 403, "scope_missing")
    is_problem(await act(reader, "amend_application", application()), 403, "scope_missing")
    is_problem(await reader.post("/api/applications/case-1/files", content=b"x"), 403, "scope_missing")
    is_problem(await reader.post("/api/tokens", json={"name": "another"}), 403, "scope_missing")
    is_problem(await reader.delete("/api/tokens/abc"), 403, "scope_missing")
    assert (await house.case()).entry == before.entry
    assert (await reader.get("/api/applications/case-1")).status_code == 200


async def test_a_token_may_do_no_more_than_the_one_it_was_made_with(house: House, as_: Tokens) -> None:
    client = await as_(APPLICANT, scopes=("act",))
    made = (await client.post("/api/tokens", json={"name": "narrow", "scopes": ["read", "act"]})).json()["token"]

    response = await client.get("/api/applications", headers={"Authorization": f"Bearer {made}"})

    is_problem(response, 403, "scope_missing")


async def test_people_and_organisations_are_the_secretariats(as_: Tokens) -> None:
    for who in (APPLICANT, EXPERTS[0], MEMBERS[0]):
        client = await as_(who)
        is_problem(await client.get("/api/people"), 403, "role_missing")
        person = {"name": "Eve", "email": "eve@example.org", "roles": ["commissioner"]}
        is_problem(await client.post("/api/people", json=person), 403, "role_missing")
        entrant = {"name": "Other", "country": "EE", "roles": ["developer"]}
        is_problem(await client.post("/api/organisations", json=entrant), 403, "role_missing")


async def test_another_organisations_case_looks_like_one_that_does_not_exist(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    stranger = await as_(STRANGER)
    openapi = await described(stranger)
    asked = [(path, method) for path, method, _ in operations(openapi) if "{application}" in path]
    assert len(asked) > len(BODIES)

    for path, method in asked:
        kind = path.removesuffix("/challenge").rsplit("/", 1)[-1].replace("-", "_")
        bodies = {**BODIES, "amend_application": application()}
        content = {"json": bodies[kind]} if kind in bodies else {"content": b"x"}
        theirs = await stranger.request(method, filled(path), **(content if method == "post" else {}))
        none = await stranger.request(
            method, filled(path).replace("case-1", "case-2"), **(content if method == "post" else {})
        )
        is_problem(theirs, 404, "unknown_application")
        assert theirs.content == none.content, path
    assert (await stranger.get("/api/applications")).json() == []
