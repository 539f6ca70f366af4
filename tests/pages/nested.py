"""Routes to what lies in a case or matter, and the ids of all that lies in each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from certify.accounts.policy import CaseFacts
from certify.web.permissions import DeclaredRoute
from schemas.case import Case
from schemas.evidence import TextRef
from schemas.label_life import LabelLife
from tests.pages import matrix
from tests.pages.conftest import House
from tests.pages.matrix import Question, World, routes

PARENTS: Final = ("application", "matter", "label")
"""What routes call the id of a case or matter."""
CHILDREN: Final = ("item", "digest")
"""What routes call the id of what lies in one."""


@dataclass(frozen=True)
class Nested:
    """A route to a child of something: `parent` and `child` are the names that the route gives their ids."""

    route: DeclaredRoute
    kind: str
    parent: str
    child: str

    def question(self, subject: str, child: str) -> Question:
        """Ask about a child of something."""
        address = self.route.path.format(**{self.parent: subject, self.child: child})
        return Question(self.route, address, self.kind, subject)


def names_in(path: str) -> list[str]:
    """Return the names of the ids in a path, in order."""
    return re.findall(r"{(\w+)(?::\w+)?}", path)


def nested_in(house: House) -> Iterator[Nested]:
    """Yield every route of the application that names a parent and a child."""
    for route in routes(house):
        names = names_in(route.path)
        parent = next((name for name in PARENTS if name in names), None)
        child = next((name for name in CHILDREN if name in names), None)
        kind = matrix._kind_of(route.path, names)
        if parent is not None and child is not None and kind is not None and route.method != "HEAD":
            yield Nested(route, kind, parent, child)


def held(world: World, kind: str, subject: str) -> dict[str, set[str]]:
    """Return the ids of what lies in a case or matter, by the names that routes give them; a label has its case's."""
    facts = world.facts.get((kind, subject))
    if facts is None:
        return {name: set() for name in CHILDREN}
    thing = facts.case if isinstance(facts, CaseFacts) else facts.matter
    found = {"item": {*getattr(thing, "items", ())}, "digest": {*_texts_in(thing)}}
    if isinstance(thing, Case):
        found["digest"].add(thing.lodged.digest)
    if isinstance(thing, LabelLife):
        found["item"] |= held(world, "case", thing.application)["item"]
    return found


def _texts_in(part: object) -> Iterator[str]:
    if isinstance(part, TextRef):
        yield part.digest
    elif isinstance(part, BaseModel):
        yield from _texts_in([value for _, value in part])
    elif isinstance(part, Mapping):
        yield from _texts_in([*part.values()])
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _texts_in(one)
