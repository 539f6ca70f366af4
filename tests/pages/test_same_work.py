"""What is not for somebody takes the work of what nobody has: no clock tells one from the other (security I13, T14).

The database is asked of the same tables, in the same order; that a sign-in hashes as often is tested where it is made.
How long it takes is measured by `make gates` only, since a machine that is busy tells nothing.
"""

import random
import re
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from certify.web.permissions import SAFE_METHODS
from tests.gates import IN_FULL
from tests.pages import matrix
from tests.pages.conftest import House, housed
from tests.pages.matrix import ABSENT, OTHER, PEOPLE, Question, World, ask, expected, questions, routes

ASKED = 200
MOST = 1.5


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, furnished: bytes) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("same-work")
    async with housed(folder, furnished) as house:
        yield await matrix.build(house)


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """What the database is asked meanwhile, without the values."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    engine = house.services.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def work_of(world: World, who: str, question: Question) -> tuple[int, list[str]]:
    """The status of an answer, and which tables the database was asked for, each time it was."""
    with statements(world.house) as asked:
        answer = await ask(world, who, question)
    return answer.status_code, [" ".join(re.findall(r'(?:FROM|INTO|UPDATE) ("?\w+"?)', one)) for one in asked]


def hidden(world: World, who: str) -> Iterator[tuple[Question, Question]]:
    """Yield what somebody may not know of, each with the same question about what nobody has."""
    for route in routes(world.house):
        asked = [one for one in questions(world, route) if one.subject is not None]
        for one in asked if route.method in SAFE_METHODS else ():
            if one.subject != ABSENT and one.kind != "label" and not expected(world, PEOPLE[who], one).knows:
                yield one, asked[-1]


@pytest.mark.parametrize("who", ["applicant", "another applicant", "expert"])
async def test_the_database_is_asked_the_same_for_what_is_absent_as_for_what_is_not_theirs(
    world: World, who: str
) -> None:
    different, compared = [], 0
    for there, absent in hidden(world, who):
        found, wanted = await work_of(world, who, there), await work_of(world, who, absent)
        if found[0] == 404:
            compared += 1
            if found != wanted:
                different.append((there.address, found, wanted))

    assert different == []
    assert compared > 10


@pytest.mark.skipif(not IN_FULL, reason="a clock: `make gates`")
async def test_no_clock_tells_a_case_of_others_from_none(world: World) -> None:
    address = {"theirs": f"/api/applications/{OTHER}", "nobodys": f"/api/applications/{ABSENT}"}
    taken: dict[str, list[float]] = {name: [] for name in address}
    for _ in range(ASKED):
        for name in random.sample(sorted(address), 2):
            began = time.perf_counter()
            answer = await world.browsers["applicant"].get(address[name])
            taken[name].append(time.perf_counter() - began)
            assert answer.status_code == 404

    theirs, nobodys = (statistics.median(taken[name]) for name in address)
    assert theirs / nobodys < MOST, f"{theirs * 1000:.2f} ms and {nobodys * 1000:.2f} ms"
