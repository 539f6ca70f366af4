"""Every route, asked by everybody about their own things, another organisation's and none (I13, gate G4).

What is expected comes from the policy and the record, never from the route: a route is only asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, NoReturn

import httpx2

from certify.accounts.people import Account
from certify.accounts.policy import CaseFacts, Facts, MatterFacts, admit, decide
from certify.accounts.principal import Principal
from certify.procedure.matter_kinds import KINDS
from certify.register import cases, matters
from certify.web.permissions import SAFE_METHODS, DeclaredRoute, Permitted, declared_routes
from schemas.act import Act
from schemas.errors import OutOfOrder
from schemas.events import ApplicationLodged
from schemas.label_number import format_number
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted
from tests.appeals import POOL
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    START,
    THIRD_PARTY,
    Walk,
    person,
    scheme,
)
from tests.label_walk import LABEL_ID
from tests.pages.api import BODIES
from tests.pages.complaints import filed
from tests.pages.conftest import (
    AUDITOR,
    IMPARTIAL,
    STRANGER,
    FakeProcedure,
    FakeSending,
    House,
    keep,
    shared_routes,
    without_limits,
)
from tests.pages.labels import label
from tests.pages.own_things import to_round, with_own_things

OPERATOR = person("omar", Role.OPERATOR)
PEOPLE = {
    "applicant": APPLICANT,
    "another applicant": STRANGER,
    "secretariat": SECRETARY,
    "expert": EXPERTS[0],
    "member": MEMBERS[0],
    "third party": THIRD_PARTY,
    "label officer": LABEL_OFFICER,
    "auditor": AUDITOR,
    "operator": OPERATOR,
    "appeal pool": POOL[0],
    "impartiality committee": IMPARTIAL,
}
ABSENT = "nothing-here"
OTHER = "case-2"
_KIND_AT = {
    **{kind.collection: name for name, kind in KINDS.items()},
    "organisation": "organisation",
    "accessions": "organisation",
    "schemes": "adoption",
}
_PLACES = {
    "secret": "none",
    "digest": "0" * 64,
    "item": "E1",
    "act_id": "an-act",
    "token_id": "0" * 12,
    "invitation": "an-invitation",
    "person": "nobody-here",
    "reference": "a-reference",
    "section": "system",
    "quarter": "2026-Q3",
    "number": format_number(LABEL_ID),
    "code": "0" * 32,
    "token": "none",
    "tier": "low",
    "organisation": "none",
    "shard": "0",
    "path": "0/000",
    "act": "declare-interests",
}


_ENDS_THE_SESSION = {"/sign-out"}
"""Asked in the middle of all others it would make the rest meaningless; tests of signing in ask it."""


class Nothing(OutOfOrder):
    """An act that the rules took: nothing is written, so that every request finds the same world."""


def _taken() -> NoReturn:
    raise Nothing("taken", "The rules take this act.")


class TakingProcedure(FakeProcedure):
    """Judges acts in cases by the rules and writes nothing."""

    async def _take(self, act: Any, case: Any, rules: Any) -> None:
        self._judge(act, case, rules)
        _taken()


class TakingSending(FakeSending):
    """Judges acts in matters by the rules and writes nothing."""

    async def _take(self, act: Act, file: Any, stream: str) -> None:
        self._judge(act, file, stream)
        _taken()


@dataclass
class World:
    """Two organisations with cases and a question each, a label, corrections, a complaint; everybody is signed in."""

    house: House
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    subjects: dict[str, list[str]] = field(default_factory=dict)
    facts: dict[tuple[str, str], Facts] = field(default_factory=dict)

    def ids_of(self, kind: str) -> Sequence[str]:
        """The ids of everything of a kind, and one that is nobody's."""
        return [*self.subjects.get(kind, ()), ABSENT]

    def facts_of(self, kind: str, subject: str) -> Facts:
        """What the record says of it."""
        nothing = CaseFacts(None) if kind == "case" else MatterFacts(KINDS[kind].kernel, None)
        return self.facts.get((kind, subject), nothing)


async def build(house: House) -> World:
    """Put on record what the routes are asked about."""
    await label(house, holds=with_own_things)
    await with_own_things(house, _renamed(to_round(items=9), reference="A-3"), "case-3")
    await with_own_things(house, _renamed(to_round(items=10), organisation=STRANGER.organisation), OTHER)
    admitted = PersonAdmitted(at=START, actor="engine", person=OPERATOR.person, roles=OPERATOR.roles)
    async with house.services.database.writing() as session:
        await keep(session, "people", admitted)
        session.add(Account(person=OPERATOR.person, name="Omar", email="omar@example.org"))
    without_limits(house)
    world = World(house)
    for name, who in PEOPLE.items():
        world.browsers[name] = await house.browser(who)
    world.browsers["nobody"] = await house.browser(None)
    for who in ("applicant", "another applicant"):
        await _opened(world, who, "/api/questions", {"text": f"May we, asks {who}?", "may_be_published": False})
    for case in ("case-3", OTHER):
        await _opened(
            world, "secretariat", "/api/corrections", {"stream": f"case/{case}", "number": 1, "text": f"Not {case}."}
        )
    await filed(house, LABEL_ID)
    await _read_facts(world)
    _write_nothing_more(house)
    return world


def _renamed(walked: Walk, **changes: object) -> Walk:
    first = walked.events[0]
    assert isinstance(first, ApplicationLodged)
    walked.events[0] = first.model_copy(update={"lodged": first.lodged.model_copy(update=changes)})
    return walked


async def _opened(world: World, who: str, path: str, body: dict[str, Any]) -> None:
    answer = await world.browsers[who].post(path, json=body)
    assert answer.status_code == 200, answer.text


async def _read_facts(world: World) -> None:
    rules = scheme().rules
    async with world.house.services.database.reading() as session:
        for case in await cases.every(session):
            world.facts["case", case.id] = CaseFacts(case, rules)
            world.subjects.setdefault("case", []).append(case.id)
        for name, kind in KINDS.items():
            for matter in await matters.every(session, kind.state, name):
                world.facts[name, matter.id] = MatterFacts(kind.kernel, matter, rules)
                world.subjects.setdefault(name, []).append(matter.id)


def _write_nothing_more(house: House) -> None:
    services = house.services
    procedure = TakingProcedure(services.database, services.vault)
    procedure.matters._sending = TakingSending(services.database)
    house.services = replace(services, procedure=procedure)


def routes(house: House) -> list[DeclaredRoute]:
    """Every route of the application that people or programs ask, each method once."""
    found = declared_routes(shared_routes(house.services).routes)
    return [one for one in found if one.declared is not None and one.path not in _ENDS_THE_SESSION]


@dataclass(frozen=True)
class Question:
    """One request, and what it is about: a kind with an id, or neither."""

    route: DeclaredRoute
    address: str
    kind: str | None
    subject: str | None

    @property
    def is_api(self) -> bool:
        """Whether a program asks: pages narrow further, to the room they lie in."""
        return self.address.startswith("/api/")


def questions(world: World, route: DeclaredRoute) -> Iterator[Question]:
    """Yield a route with every id of what it is about."""
    names = re.findall(r"{(\w+)(?::\w+)?}", route.path)
    kind = _kind_of(route.path, names)
    plain = re.sub(r":\w+}", "}", route.path)
    if kind is None:
        yield Question(route, plain.format(**_PLACES), None, None)
        return
    place = next(name for name in ("application", "matter", "label") if name in names)
    for subject in world.ids_of(kind):
        yield Question(route, plain.format(**{**_PLACES, place: subject}), kind, subject)


def _kind_of(path: str, names: Sequence[str]) -> str | None:
    if "application" in names:
        return "case"
    if "label" in names:
        return "label"
    return next((_KIND_AT[part] for part in path.split("/") if part in _KIND_AT), None) if "matter" in names else None


@cache
def _schema(app: Any) -> dict[str, Any]:
    described: dict[str, Any] = app.openapi()
    return described


async def ask(world: World, who: str, question: Question, client: httpx2.AsyncClient | None = None) -> httpx2.Response:
    """Send the request as somebody; unsafe ones of the API with the smallest content that may be acceptable."""
    route, browser = question.route, client or world.browsers[who]
    if route.method in SAFE_METHODS:
        return await browser.request(route.method, question.address)
    if not question.is_api:
        return await browser.request(route.method, question.address, data={"step": "confirmed"})
    kind = getattr(route.declared, "action", "")
    return await browser.request(route.method, question.address, json=BODIES.get(kind, {}))


def principal(who: str, facts: PersonFacts, **changes: Any) -> Principal:
    """Somebody as the gate lets them in with a session, strongly signed in."""
    given = {"facts": facts, "name": who, "authn": "session", "scopes": frozenset({"read", "act"})}
    return Principal.model_validate({**given, "strong_at": datetime.now(UTC), **changes})


@dataclass(frozen=True)
class Expected:
    """What the policy lets one expect.

    Attributes:
        admitted: the route lets them in at all; `refusal` is why not.
        knows: they may know of what it is about.
        allowed: the action the route declares is allowed to them.
    """

    admitted: bool
    refusal: str | None
    knows: bool
    allowed: bool


def expected(world: World, who: PersonFacts | None, question: Question, **changes: Any) -> Expected:
    """Ask the policy."""
    declared = question.route.declared
    if not isinstance(declared, Permitted):
        return Expected(admitted=True, refusal=None, knows=True, allowed=True)
    if who is None:
        return Expected(admitted=False, refusal="not_signed_in", knows=False, allowed=False)
    asking, now = principal(who.person, who, **changes), datetime.now(UTC)
    refusals = [one.refusal for one in (*(admit(asking, action) for action in question.route.rooms),)]
    refusals.append(admit(asking, declared.action).refusal)
    refusal = next((one.code for one in refusals if one is not None), None)
    if question.kind is None or question.subject is None:
        return Expected(admitted=refusal is None, refusal=refusal, knows=True, allowed=refusal is None)
    facts = world.facts_of(question.kind, question.subject)
    knows = bool(decide(asking, "read_case" if question.kind == "case" else "read_matter", facts, now))
    allowed = knows and (declared.action.startswith("act_in_") or bool(decide(asking, declared.action, facts, now)))
    return Expected(admitted=refusal is None, refusal=refusal, knows=knows, allowed=allowed)


def masked(answer: httpx2.Response, subject: str | None) -> tuple[int, str]:
    """Return status and body, with what was asked about taken out: so two refusals can be compared."""
    return answer.status_code, answer.text.replace(subject or "\0", "…")
