"""I11: whatever changes something leaves exactly what the table says, with who, how signed in, when, by which request.

Every unsafe route has its row, and all but a few are done for real.
"""

import inspect
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path

import pytest

from certify.procedure.matter_kinds import KINDS
from schemas.records import Entry
from tests.builders import LABEL_OFFICER
from tests.pages import matters_over_http, ready_over_http
from tests.pages.account import with_password
from tests.pages.api import tokens_at
from tests.pages.conftest import House, housed, shared_routes
from tests.pages.traces import Trace, name_of_route, unsafe_routes, watched
from tests.pages.walked_over_http import NOT_DONE, OWN, SCENARIOS
from tests.pages.what_routes_leave import ROUTES, Leaves, left_by

COLLECTED = {(kind, act): matters_over_http.address(kind, act) for kind, one in KINDS.items() for act in one.bodies}
WITH_MORE = {
    ("organisation", "choose_holder_image"),
    *(("label", act) for act in ("offer_fresh_evidence", "ask_renewal", "judge_surveillance")),
}
"""Acts that name a file, an application or a case which is on record: tests of pages do them."""
IN_MATTERS = [
    (kind, act)
    for (kind, act), route in COLLECTED.items()
    if route not in {*NOT_DONE, *ROUTES} and (kind, act) not in WITH_MORE
]
"""Those that open a matter are done by tests of pages."""


def of_act(kind: str) -> str:
    return f"POST /api/applications/{{application}}/{kind.replace('_', '-')}"


def tables(house: House) -> dict[str, Leaves]:
    found = {}
    for route in unsafe_routes(shared_routes(house.services)):
        leaves = left_by(route)
        assert leaves is not None, f"{name_of_route(route)} changes something, and no row says what it leaves"
        found[name_of_route(route)] = leaves
    return found


async def test_every_unsafe_route_has_its_row_and_all_but_a_few_are_done_here(house: House) -> None:
    routes = set(tables(house))
    done = {of_act(kind) for kind in ready_over_http.READY_HERE} | {COLLECTED[one] for one in IN_MATTERS}
    done |= {route for walked in (*SCENARIOS.values(), *OWN.values()) for route in walked}

    assert set(ROUTES) <= routes
    assert routes - done == set(NOT_DONE)
    assert len(NOT_DONE) <= 12


@pytest.mark.parametrize("kind", ready_over_http.READY_HERE)
async def test_an_act_in_a_case_leaves_its_entry(house: House, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    with watched(house) as traces:
        answer = await ready_over_http.do(house, kind, monkeypatch)

    assert answer.is_success, answer.text
    is_as_told(house, traces, [of_act(kind)])


@pytest.mark.parametrize(("kind", "act"), IN_MATTERS, ids=lambda one: one)
async def test_an_act_in_a_matter_leaves_its_entry(tmp_path: Path, furnished: bytes, kind: str, act: str) -> None:
    refusals = []
    for number, step in enumerate(matters_over_http.steps()[kind, act][:6]):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with housed(folder, furnished) as house:
            with watched(house) as traces:
                answer = await matters_over_http.do(house, step)
            if answer.is_success:
                is_as_told(house, traces, [COLLECTED[kind, act]])
                return
            refusals.append(answer.text)
    raise AssertionError(refusals)


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_what_a_test_of_pages_does_leaves_what_its_rows_say(
    request: pytest.FixtureRequest, house: House, strict: House, scenario: str
) -> None:
    module, _, name = scenario.partition(": ")
    walk = getattr(import_module(f"tests.pages.{module}"), name)
    wanted = inspect.signature(walk).parameters
    seen = strict if {"strict", "founded"} & set(wanted) else house
    if "founded" in wanted:
        await with_password(seen, LABEL_OFFICER)
    with watched(seen) as traces:
        async with tokens_at(seen) as tokens:
            given = {"house": seen, "strict": seen, "founded": seen, "as_": tokens}
            await walk(**{one: given[one] if one in given else request.getfixturevalue(one) for one in wanted})

    is_as_told(seen, traces, SCENARIOS[scenario])


@pytest.mark.parametrize("walk", OWN, ids=lambda one: one.__name__)
async def test_what_else_is_done_leaves_what_its_rows_say(
    house: House, walk: Callable[[House], Awaitable[None]]
) -> None:
    with watched(house) as traces:
        await walk(house)

    is_as_told(house, traces, OWN[walk])


def is_as_told(house: House, traces: list[Trace], routes: tuple[str, ...] | list[str]) -> None:
    """Assert that every request left what its row says, and that these routes were walked to the end."""
    rows = tables(house)
    for trace in traces:
        assert _is_left(trace, rows[trace.route]), (trace, rows[trace.route])
    ended = {one.route for one in traces if one.entries or one.lines or rows[one.route].because}
    assert set(routes) <= ended, set(routes) - ended


def _is_left(trace: Trace, leaves: Leaves) -> bool:
    """Whether a request left one of what it may leave, in its person's name, and nothing that nobody asked for."""
    own = [one for one in trace.entries if one.request_id == trace.request_id]
    follows = [one for one in trace.entries if one not in own]
    named = all(_names(trace, one) for one in own) and all(_tells(trace, one) for one in trace.lines)
    by_rule = all((one.actor, one.request_id, one.act_id) == ("engine", "none", None) for one in follows)
    return named and by_rule and _are_of_the_row(trace, leaves, own)


def _are_of_the_row(trace: Trace, leaves: Leaves, own: list[Entry]) -> bool:
    left = tuple(one.kind for one in own), tuple(str(one["kind"]) for one in trace.lines)
    if left == ((), ()):
        return trace.repeats or bool(leaves.because) or (leaves.is_page and trace.status == 200)
    if leaves.acts:
        return all(one.act_id for one in own) and not trace.lines and (len(own) == 1 or leaves.many)
    return left in leaves.ways


def _names(trace: Trace, one: Entry) -> bool:
    is_theirs = (one.actor, one.authn) == (trace.who, trace.authn) if trace.who else bool(one.actor and one.authn)
    return is_theirs and one.at.utcoffset() is not None


def _tells(trace: Trace, line: dict[str, object]) -> bool:
    actor = line.get("actor") or line["person"]
    is_theirs = actor == trace.who if trace.who else actor is not None
    return is_theirs and bool(line["authn"]) and line["request_id"] == trace.request_id is not None
