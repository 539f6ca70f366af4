"""Whatever is sent to the API: nothing fails, nobody gets in whom the policy refuses, each answer is one described.

The requests are written from the description, some as it says and some not (security T10, T13; I13, gate G4).
"""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from certify.register.database import Database
from tests.cells import CELLS
from tests.gates import IN_FULL
from tests.pages.conftest import furnish
from tests.pages.described_api import EVERYBODY, DescribedApi, described_api
from tests.pages.generated import UNREADABLE, random, systematic
from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]

SYSTEMATIC, RANDOM = (12, 4) if IN_FULL else (4, 0)
"""How many requests are written for an operation: from its fields one by one, and of each kind at random."""
DATABASES = ("sqlite", "postgresql") if IN_FULL else ("sqlite",)
DESCRIPTION = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OPERATIONS = [f"{method.upper()} {path}" for path, methods in DESCRIPTION["paths"].items() for method in methods]
WITH_BODY = [one for one in OPERATIONS if one.startswith(("POST", "PUT"))]


@pytest.fixture(scope="module", params=DATABASES)
async def api(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, furnished: bytes
) -> AsyncIterator[DescribedApi]:
    folder = tmp_path_factory.mktemp("described")
    if request.param == "sqlite":
        async with described_api(folder, furnished) as opened:
            yield opened
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with server.fresh() as url:
        await furnish(database := Database(url, cells=CELLS))
        async with described_api(folder, database) as opened:
            yield opened


@pytest.mark.parametrize("label", OPERATIONS)
async def test_an_operation_answers_as_described_and_as_the_policy_says(api: DescribedApi, label: str) -> None:
    operation, admitted, place = api.operations[label], api.admitted(label), OPERATIONS.index(label)
    wrong: list[str] = []
    for number, case in enumerate([*systematic(operation, SYSTEMATIC), *random(operation, RANDOM)], start=place):
        for who in {admitted[number % len(admitted)], EVERYBODY[number % len(EVERYBODY)]}:
            wrong += (await api.ask(label, case, who, number)).told()

    assert wrong == []


@pytest.mark.parametrize("label", WITH_BODY)
async def test_bytes_that_no_description_leads_to_fail_nowhere(api: DescribedApi, label: str) -> None:
    case, place = api.operations[label].Case(), WITH_BODY.index(label)
    wrong: list[str] = []
    for body in UNREADABLE if IN_FULL else (UNREADABLE[place % len(UNREADABLE)],):
        for who in {api.admitted(label)[0], "nobody"}:
            wrong += (await api.ask(label, case, who, 1, body)).told()

    assert wrong == []


def parts_of(schema: Any, seen: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema that one refers to, by name."""
    for key, part in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if key == "$ref" and (name := part.rpartition("/")[2]) not in seen:
            seen.add(name)
            found = DESCRIPTION["components"]["schemas"][name]
            yield name, found
            yield from parts_of(found, seen)
        elif isinstance(part, dict | list):
            yield from parts_of(part, seen)


def test_no_request_has_room_for_what_its_description_does_not_name() -> None:
    bodies = [
        one["requestBody"] for path in DESCRIPTION["paths"].values() for one in path.values() if "requestBody" in one
    ]
    found = dict(parts_of(bodies, set()))

    assert len(found) > 100
    objects = {name: one for name, one in found.items() if one.get("type") == "object"}
    assert [name for name, one in objects.items() if one.get("additionalProperties") is not False] == []
