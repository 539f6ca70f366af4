"""The API as everybody asks it: requests written from its description, about what there is in a world that stays.

schemathesis writes the requests and checks the answers; its own runner is not used, because it asks as one caller who
may all that is described, and here everybody asks and the policy says what each may hope for.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
from sqlmodel import col, select

from certify.register.database import Database
from certify.register.entries import JournalEntry
from certify.web.permissions import DeclaredRoute
from tests.builders import scheme
from tests.pages import matrix
from tests.pages.api import Client, tokens_at
from tests.pages.conftest import House, housed, shared_routes
from tests.pages.generated import Case, Operation, described, is_against_the_description, sendable, strays
from tests.pages.matrix import PEOPLE, Expected, Question, World, expected, routes
from tests.pages.nested import PARENTS, held, names_in
from tests.pages.undoing import keep_nothing

EVERYBODY: Final = (*PEOPLE, "nobody")


@dataclass(frozen=True)
class Answered:
    """One request of somebody's, what the policy says of it, and the answer."""

    who: str
    case: Case
    route: DeclaredRoute
    hopes: Expected
    answer: httpx2.Response

    def wrong(self) -> Iterator[str]:
        """Tell what must not be so."""
        status, is_taken = self.answer.status_code, self.answer.is_success or '"code":"taken"' in self.answer.text
        if self.case.method != self.route.method:
            if status != 405:
                yield "answers a method that is not described"
            return
        if is_taken and not (self.hopes.admitted and self.hopes.knows and self.hopes.allowed):
            yield "answers whom the policy refuses"
        if not self.hopes.admitted and status not in {401, 403}:
            yield f"does not refuse whom the policy refuses with {self.hopes.refusal}"
        if self.hopes.admitted and is_against_the_description(self.case) and status not in {404, 422}:
            yield "takes what is not as described"
        yield from strays(self.case, self.answer)

    def told(self) -> list[str]:
        """Say what is wrong with it, with all that it takes to ask again."""
        sent, answer = self.answer.request, self.answer
        what = f"{self.who}: {sent.method} {sent.url.raw_path!r} {sent.content[:300]!r}"
        return [f"{what} -> {answer.status_code} {answer.text[:200]}: {one}" for one in self.wrong()]


@dataclass
class DescribedApi:
    """A world that nothing changes, the operations of its API, and the ways in which everybody asks.

    Attributes:
        ids: ids of what there is, by the name that routes give them, of what lies in no case or matter.
    """

    world: World
    operations: dict[str, Operation]
    routes: dict[str, DeclaredRoute]
    tokens: dict[str, Client]
    ids: dict[str, list[str]]

    def admitted(self, label: str) -> list[str]:
        """Return everybody whom the policy lets in to ask for an operation, whatever it is about."""
        question = Question(self.routes[label], "/api/", None, None)
        return [who for who in EVERYBODY if expected(self.world, PEOPLE.get(who), question).admitted]

    async def ask(self, label: str, case: Case, who: str, number: int, body: bytes | None = None) -> Answered:
        """Send a request as somebody: every other one with a token, three of four about what there is.

        Args:
            body: what is sent in place of what was written.
        """
        route, sent = self.routes[label], case.derive()
        names = names_in(route.path)
        kind, place = matrix._kind_of(route.path, names), next((name for name in PARENTS if name in names), None)
        if number % 4:
            sent.path_parameters = self._there(kind, place, names, number)
        subject = str(sent.path_parameters.get(place)) if place else None
        with_token = number % 2 == 1 and who in self.tokens
        way = {"authn": "token"} if with_token else {}
        hopes = expected(self.world, PEOPLE.get(who), Question(route, "/api/", kind, subject), **way)
        client = self.tokens[who] if with_token else self.world.browsers[who]
        return Answered(who, sent, route, hopes, await client.request(**sendable(sent, body)))

    def _there(self, kind: str | None, place: str | None, names: list[str], number: int) -> dict[str, str]:
        ids = dict(self.ids)
        if kind is not None and place is not None:
            every = self.world.ids_of(kind)
            ids[place] = [every[number % len(every)]]
            ids |= {name: sorted(found) for name, found in held(self.world, kind, ids[place][0]).items() if found}
        return {name: ids[name][number % len(ids[name])] for name in names}


@asynccontextmanager
async def described_api(folder: Path, furnished: bytes | Database) -> AsyncIterator[DescribedApi]:
    """Build the world, let everybody in, and keep nothing from then on."""
    async with housed(folder, furnished) as house, tokens_at(house) as with_token_of:
        world = await matrix.build(house)
        tokens = {name: await with_token_of(who) for name, who in PEOPLE.items()}
        ids = {**await _acts_of(house), "digest": [scheme().digest], "item": ["E1"], "quarter": ["2026-Q3"]}
        ids |= {"invitation": ["an-invitation"], "person": [person.person for person in PEOPLE.values()]}
        ids["code"] = world.subjects["complaint"]
        ids["token_id"] = [one.headers["Authorization"].split("_")[1] for one in tokens.values()]
        keep_nothing(house)
        by_label = {f"{one.method} {one.path}": one for one in routes(house)}
        yield DescribedApi(world, described(shared_routes(house.services).openapi()), by_label, tokens, ids)


async def _acts_of(house: House) -> dict[str, list[str]]:
    async with house.services.database.reading() as session:
        found = await session.exec(select(JournalEntry.act_id).where(col(JournalEntry.act_id).is_not(None)))
        return {"act_id": sorted(one for one in found.all() if one)}
