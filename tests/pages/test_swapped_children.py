"""What lies in another case or matter is not there: the answer is that to what nobody has (security T11, I13)."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.gates import IN_FULL
from tests.pages import matrix
from tests.pages.conftest import housed
from tests.pages.matrix import OTHER, PEOPLE, World, ask, masked, routes
from tests.pages.nested import CHILDREN, PARENTS, Nested, held, names_in, nested_in
from tests.pages.own_things import content_of

ASKING = (*PEOPLE, "nobody") if IN_FULL else ("applicant", "secretariat")
NOBODYS = {"item": "E9999", "digest": "f" * 64}
"""Ids of what nobody has, by the name that a route gives them."""
WORDS = {"act", "section", "tier"}
"""Names in routes of what is no thing in the record: a verb, a part of a form, a class of risk."""
LABELS_CASE = "case-1"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, furnished: bytes) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("swapped")
    async with housed(folder, furnished) as house:
        yield await matrix.build(house)


def of_others(world: World, route: Nested, subject: str) -> list[str]:
    """Return the ids of what lies elsewhere and not here; for every change, one from everywhere."""
    own = held(world, route.kind, subject)[route.child]
    found = [sorted(held(world, kind, one)[route.child] - own) for kind, one in world.facts]
    return sorted({child for every in found for child in (every if IN_FULL else every[-1:])})


async def seen(world: World, who: str, route: Nested, subject: str, child: str) -> tuple[int, str]:
    """Ask, and return status and body with what was asked about taken out."""
    status, text = masked(await ask(world, who, route.question(subject, child)), subject)
    return status, text.replace(child, "…")


async def test_every_id_in_an_address_is_one_of_a_parent_a_child_or_a_word(world: World) -> None:
    found = [names for route in routes(world.house) if len(names := names_in(route.path)) > 1]

    assert {names[0] for names in found} == {*PARENTS, "reference", "digest"}
    assert {name for names in found for name in names[1:]} == {*CHILDREN, *WORDS}


@pytest.mark.parametrize("who", ASKING)
async def test_what_lies_elsewhere_is_answered_as_what_nobody_has(world: World, who: str) -> None:
    wrong: list[str] = []
    asked: set[str] = set()
    for route in nested_in(world.house):
        for subject in world.ids_of(route.kind):
            nobodys = await seen(world, who, route, subject, NOBODYS[route.child])
            for child in of_others(world, route, subject):
                asked.add(route.route.path)
                status, text = await seen(world, who, route, subject, child)
                if status < 400 or (status, text) != nobodys:
                    wrong.append(f"{route.question(subject, child).address}: {status} {text[:200]}")

    assert wrong == []
    assert asked == {route.route.path for route in nested_in(world.house)}


@pytest.mark.parametrize(("who", "cases"), [("applicant", {LABELS_CASE, "case-3"}), ("another applicant", {OTHER})])
async def test_what_two_of_them_have_under_one_id_is_each_ones_own(world: World, who: str, cases: set[str]) -> None:
    given: set[str] = set()
    for route in nested_in(world.house):
        for subject in world.ids_of(route.kind) if route.child == "item" else ():
            answer: httpx2.Response = await ask(world, who, route.question(subject, "E1"))
            if answer.status_code == 200:
                given.add(case := LABELS_CASE if route.kind == "label" else subject)
                assert answer.content == content_of(case, "E1"), answer.url.path

    assert given == cases
