"""I11: where an account change cannot be told it is not made; what only reads goes on, and refusals stand."""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.types import Message, Receive, Scope, Send

from certify.accounts import security_events
from certify.accounts.security_events import LOGGER, strangers_file
from tests.builders import EXPERTS, LABEL_OFFICER
from tests.pages.account import by_password, strong, with_password
from tests.pages.api import tokens_at
from tests.pages.conftest import House, shared_routes
from tests.pages.traces import name_of_route, route_of
from tests.pages.walked_over_http import NOT_DONE, OWN, SCENARIOS
from tests.pages.what_routes_leave import ROUTES

TOLD = {route for route, leaves in ROUTES.items() if any(lines for _, lines in leaves.ways)}
"""Routes that leave a line."""
COUNTS = {"sign_in_failure", "attempt_count", "authentication_challenge"}
"""Where attempts are counted before it is known what becomes of them, and a page that is shown again asks anew."""


class Told:
    """The files of the security events, which can be made ones that nobody can write."""

    def __init__(self, path: Path) -> None:
        self.paths = (path, strangers_file(path))

    @contextmanager
    def unwritable(self) -> Iterator[None]:
        """For as long as the block runs a folder stands in each file's place."""
        for path in self.paths:
            if path.exists():
                path.rename(path.with_suffix(".aside"))
            path.mkdir()
        try:
            yield
        finally:
            for path in self.paths:
                path.rmdir()
                if path.with_suffix(".aside").exists():
                    path.with_suffix(".aside").rename(path)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "told" / "security-events.jsonl")
    handler = security_events.write_to(told.paths[0])
    yield told
    LOGGER.removeHandler(handler)
    handler.close()
    LOGGER.propagate = True


async def everything(house: House) -> dict[str, list[Any]]:
    """Every row of every table but the counts."""
    async with house.services.database.engine.connect() as connection:
        names = (await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
        return {
            name: [tuple(row) for row in (await connection.execute(text(f'SELECT * FROM "{name}"'))).all()]  # noqa: S608  # our own names
            for name in {*names} - COUNTS
        }


@contextmanager
def tried_untold(house: House, file: Told) -> Iterator[list[tuple[str, int, bool]]]:
    """Send each request that leaves a line twice: first while none can be written.

    Yields the route, how that first one was answered, and whether it changed anything; of those that were then done.
    """
    found: list[tuple[str, int, bool]] = []
    answers = house.app

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        routes, is_http = shared_routes(house.services), scope["type"] == "http"
        named = route_of(routes, scope["method"], scope["path"]) if is_http else None
        if named is None or name_of_route(named) not in TOLD:
            return await answers(scope, receive, send)
        messages: list[Message] = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        before = await everything(house)
        with file.unwritable():
            status = await _status(answers, scope, messages)
        changed = await everything(house) != before
        lines = _lines(file)

        async def again() -> Message:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        await answers(scope, again, send)
        if _lines(file) > lines:
            found.append((name_of_route(named), status, changed))
        return None

    house.app = app  # type: ignore[method-assign]  # browsers that are opened from now on ask it
    try:
        yield found
    finally:
        del house.app


async def _status(answers: Any, scope: Scope, messages: list[Message]) -> int:
    left, statuses = [*messages], []

    async def receive() -> Message:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await answers({**scope, "state": dict(scope.get("state", {}))}, receive, send)
    return int(statuses[0])


def _lines(file: Told) -> int:
    """How many lines tell of something that was done."""
    return sum(path.read_text().count('"outcome":"done"') for path in file.paths if path.exists())


def none_was_done(tried: list[tuple[str, int, bool]]) -> None:
    assert {one for one in tried if one[1:] != (503, False)} == set()


REFUSED_ON_RECORD = "test_account_invitations: test_an_officer_with_a_tie_is_refused_on_record_and_offered_nothing"
"""Tried twice, a refusal stands there twice."""
WALKED = [name for name, routes in SCENARIOS.items() if TOLD & {*routes} and name != REFUSED_ON_RECORD]


@pytest.mark.parametrize("scenario", WALKED)
async def test_what_cannot_be_told_is_not_done(
    request: pytest.FixtureRequest, house: House, strict: House, file: Told, scenario: str
) -> None:
    module, _, name = scenario.partition(": ")
    walk = getattr(import_module(f"tests.pages.{module}"), name)
    wanted = inspect.signature(walk).parameters
    seen = strict if {"strict", "founded"} & set(wanted) else house
    if "founded" in wanted:
        await with_password(seen, LABEL_OFFICER)
    with tried_untold(seen, file) as tried:
        async with tokens_at(seen) as tokens:
            given = {"house": seen, "strict": seen, "founded": seen, "as_": tokens}
            await walk(**{one: given[one] if one in given else request.getfixturevalue(one) for one in wanted})

    assert TOLD & {*SCENARIOS[scenario]} <= {route for route, *_ in tried}
    none_was_done(tried)


@pytest.mark.parametrize("walk", [one for one, routes in OWN.items() if TOLD & {*routes}], ids=lambda one: one.__name__)
async def test_what_else_cannot_be_told_is_not_done(
    house: House, file: Told, walk: Callable[[House], Awaitable[None]]
) -> None:
    with tried_untold(house, file) as tried:
        await walk(house)

    assert TOLD & {*OWN[walk]} <= {route for route, *_ in tried}
    none_was_done(tried)


def test_every_route_that_leaves_a_line_is_tried_so() -> None:
    tried = {route for routes in (*(SCENARIOS[name] for name in WALKED), *OWN.values()) for route in routes}

    assert TOLD - tried <= {*NOT_DONE}


READ = ("/account", "/account/sessions", "/account/tokens", "/", "/sign-in", "/register", "/verify", "/practices")


async def test_what_only_reads_goes_on(house: House, file: Told) -> None:
    browser = await by_password(house, EXPERTS[0])

    read = [(path, await browser.get(path)) for path in READ]

    with file.unwritable():
        for path, before in read:
            now = await browser.get(path)
            assert (now.status_code, len(now.text)) == (before.status_code, len(before.text)), path
    # Whoever is signed in is led on to their work.
    assert {path: page.status_code for path, page in read if page.status_code != 200} == {"/sign-in": 303}


async def test_a_refusal_that_cannot_be_told_stands(house: House, file: Told) -> None:
    await with_password(house, EXPERTS[0])
    stranger, browser = await house.browser(None), await strong(house, EXPERTS[0])

    with file.unwritable():
        wrong = await stranger.post("/sign-in", data={"mail": "nobody@example.org", "password": "x" * 12})
        role = await browser.post("/account/recoveries/request", data={"person": "somebody"})

    assert (wrong.status_code, role.status_code) == (401, 403)


async def test_the_person_reads_why(house: House, file: Told) -> None:
    browser = await strong(house, EXPERTS[0])

    with file.unwritable():
        answered = await browser.post("/account/sessions/end-others")

    assert answered.status_code == 503
    assert "Nothing was done" in answered.text
