"""Acts in matters as a program sends them, each to a matter that a test of the rules walked to where it is taken.

The tests of the rules know for every act a matter in which it may be done. They are run once more; what each of their
walks did, and what had happened by then, is noted, and done again over HTTP.
"""

import inspect
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final, NamedTuple

import httpx2
from pydantic import BaseModel
from sqlalchemy import text

from certify.accounts.people import Account
from certify.procedure.matter_kinds import KINDS
from certify.register import journal
from schemas.act import Act
from schemas.event import Event
from schemas.people import PersonFacts
from schemas.record_events import PersonAdmitted
from schemas.records import Batch, PendingEntry
from tests.builders import START
from tests.matters import MatterWalk
from tests.pages.account import strong
from tests.pages.conftest import EVERYONE, FakeSending, House, keep, name_of
from tests.pages.ready_over_http import plain
from workflows.options import matter_stream

WALKED_IN: Final = {
    "case": ("relieving",),
    "label": (
        *("label_change", "label_found_interests", "label_kernel", "label_renewal", "label_standing"),
        *("label_suspension", "label_withdrawal", "label_years", "live_checks", "prolongations", "surveillance"),
    ),
    "matter": (
        *("accession", "appeals", "appeal_panels", "complaints", "elections", "erasures", "ethics_questions"),
        *("legal_holds", "participation", "practices", "proposed_entries", "record_corrections", "scheme_adoption"),
        "working_groups",
    ),
}
"""Tests of the rules that walk matters."""


class Step(NamedTuple):
    """An act in a matter, with all that had happened before it."""

    kind: str
    subject: str
    events: tuple[Event, ...]
    name: str
    act: Act
    at: datetime


@contextmanager
def _noted() -> Iterator[list[Step]]:
    steps: list[Step] = []
    do = MatterWalk.act

    def noting(self: MatterWalk, kind: str, who: PersonFacts, **content: Any) -> MatterWalk:
        before, at = tuple(self.events), self.now
        do(self, kind, who, **content)
        steps.append(Step(self.kernel.name, self.subject, before, kind, self.sent[-1], at))
        return self

    MatterWalk.act = noting  # type: ignore[assignment,method-assign]  # put back below
    try:
        yield steps
    finally:
        MatterWalk.act = do  # type: ignore[method-assign]


@cache
def steps() -> dict[tuple[str, str], list[Step]]:
    """Return what was done in the walks, by kind of matter and of act."""
    found: dict[tuple[str, str], list[Step]] = defaultdict(list)
    with _noted() as noted:
        for module in _walked_in():
            for name, test in vars(module).items():
                if name.startswith("test_") and inspect.isfunction(test) and not inspect.signature(test).parameters:
                    test()
    for step in noted:
        found[step.kind, step.name].append(step)
    return found


def _walked_in() -> Iterator[ModuleType]:
    for room, names in WALKED_IN.items():
        for name in names:
            yield import_module(f"tests.unit.workflows.rules.{room}.test_{name}")


async def do(house: House, step: Step) -> httpx2.Response:
    """Put a matter on record as it stood before an act, and do the act as a program of its person does."""
    if step.kind == "organisation":
        await _forget(house, matter_stream(step.kind, step.subject))
    await _admit(house, (step.act.actor, *step.act.people.values()))
    entries = tuple(_entry(number, event) for number, event in enumerate(step.events, start=1))
    async with house.services.database.writing() as session:
        for begin in range(0, len(entries), 100):
            batch = Batch(stream=matter_stream(step.kind, step.subject), entries=entries[begin : begin + 100])
            await journal.append(session, batch)
    sending = house.services.procedure.matters._sending
    assert isinstance(sending, FakeSending)
    sending.now = step.at
    return await (await strong(house, step.act.actor)).post(_path(step), json=_body(step))


async def _forget(house: House, stream: str) -> None:
    """Take an organisation out of the record of a test, that it may be walked to elsewhere."""
    names = {"stream": stream, "organisation": stream.partition("/")[2]}
    async with house.services.database.writing() as session:
        for table in ("journal_entry", "journal_body", "matter"):
            await session.execute(text(f'DELETE FROM "{table}" WHERE stream = :stream'), names)  # noqa: S608  # our own
        await session.execute(text("DELETE FROM participant WHERE organisation = :organisation"), names)


def opens(kind: str, act: str) -> bool:
    """Whether an act makes a matter, and is sent to the collection."""
    return KINDS[kind].makes_id(act)


def address(kind: str, act: str) -> str:
    """Return the route of an act."""
    collection = f"POST /api/{KINDS[kind].collection}"
    return collection if opens(kind, act) else f"{collection}/{{matter}}/{act.replace('_', '-')}"


def _path(step: Step) -> str:
    return address(step.kind, step.name).partition(" ")[2].format(matter=step.subject)


def _body(step: Step) -> dict[str, Any]:
    model: type[BaseModel] = KINDS[step.kind].bodies[step.name]
    sent = {name: plain(getattr(step.act, name)) for name in model.model_fields}
    return {name: value for name, value in sent.items() if value is not None}


def _entry(number: int, event: Event) -> PendingEntry:
    return PendingEntry(
        number=number, kind=event.kind, version=event.version, at=event.at, actor=event.actor, authn="session",
        request_id="none", body=event.model_dump(mode="json"),
    )  # fmt: skip


async def _admit(house: House, people: tuple[PersonFacts, ...]) -> None:
    known = {one.person for one in EVERYONE}
    async with house.services.database.writing() as session:
        for one in {one.person: one for one in people if one.person not in known}.values():
            event = PersonAdmitted(
                at=START, actor="engine", person=one.person, roles=tuple(sorted(one.roles)),
                organisation=one.organisation, areas=one.areas,
            )  # fmt: skip
            await keep(session, "people", event)
            session.add(Account(person=one.person, name=name_of(one), email=f"{one.person}@example.org"))
