"""What a form offers to choose from by name: the first so many of what was searched for, and what was chosen before.

A form searches with a button of its own, which shows it again with all that was typed; it takes no script.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people
from certify.accounts.narrowing import case_for, case_name, cases_called
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.register import labels, participants
from certify.register.labels import LabelRecord
from certify.web.acting import Before
from certify.web.language import language_of, marked, sentence
from certify.web.matters.open_matter import OpenMatter
from schemas.case import Case
from schemas.errors import NotFound
from schemas.label_number import format_number

LISTED_MAX: Final = 50
"""So many are offered at once; nobody reads through more."""

Option = tuple[str, str]
"""What a form sends, and what people read."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a select offers.

    Attributes:
        sought: what was searched for.
        is_cut: whether there is more than is offered.
    """

    options: list[Option]
    sought: str = ""
    is_cut: bool = False

    @property
    def is_searched(self) -> bool:
        """Whether there is something to search for."""
        return self.is_cut or bool(self.sought)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not any(value for value, _ in self.options)


class Source(ABC):
    """Where the things of one kind are found by name, of those that somebody may know of."""

    @abstractmethod
    async def first(self, session: AsyncSession, principal: Principal, words: Collection[str]) -> list[Option]:
        """Return the first of those whose names have each of some words: one more than is offered where there is."""

    @abstractmethod
    async def name_of(self, session: AsyncSession, principal: Principal, value: str) -> str | None:
        """Return the name of one of them, None where there is none, or none for them."""


@dataclass(frozen=True)
class Applications(Source):
    """Applications, the last lodged first; `where` leaves out those that an act has no use for."""

    where: Callable[[Case], bool] = lambda _: True

    async def first(self, session: AsyncSession, principal: Principal, words: Collection[str]) -> list[Option]:
        """Return the first of those whose names have each of some words."""
        listed = []
        async with aclosing(cases_called(session, principal, words, where=self.where)) as found:
            async for case in found:
                listed.append((case.id, case_name(case)))
                if len(listed) > LISTED_MAX:
                    break
        return listed

    async def name_of(self, session: AsyncSession, principal: Principal, value: str) -> str | None:
        """Return the name of one of them."""
        try:
            return case_name(await case_for(session, principal, value))
        except NotFound:
            return None


class Labels(Source):
    """Labels of the directory, which anybody may know, the last issued first."""

    async def first(self, session: AsyncSession, principal: Principal, words: Collection[str]) -> list[Option]:
        """Return the first of those whose names have each of some words."""
        del principal
        found = sorted(await labels.in_all(session), key=lambda row: row.issued_at, reverse=True)
        return _matching(((row.id, _label_name(row)) for row in found), words)

    async def name_of(self, session: AsyncSession, principal: Principal, value: str) -> str | None:
        """Return the name of one of them."""
        del principal
        row = await labels.find(session, value)
        return _label_name(row) if row is not None else None


def _label_name(row: LabelRecord) -> str:
    return f"{row.product}, {row.holder} ({format_number(row.id)})"


class Organisations(Source):
    """Organisations of the Register, which anybody may know, by name."""

    async def first(self, session: AsyncSession, principal: Principal, words: Collection[str]) -> list[Option]:
        """Return the first of those whose names have each of some words."""
        del principal
        found = ((row.organisation, f"{row.name} ({row.country})") for row in await participants.every(session))
        return _matching(found, words)

    async def name_of(self, session: AsyncSession, principal: Principal, value: str) -> str | None:
        """Return the name of one of them."""
        del principal
        row = await participants.find(session, value)
        return f"{row.name} ({row.country})" if row is not None else None


class People(Source):
    """Everyone who was admitted, by name, for those who may read the list of people."""

    async def first(self, session: AsyncSession, principal: Principal, words: Collection[str]) -> list[Option]:
        """Return the first of those whose names have each of some words."""
        if not permit(principal, "read_people"):
            return []
        everyone = await people.everyone(session)
        return _matching(((one.facts.person, f"{one.name} ({one.email})") for one in everyone), words)

    async def name_of(self, session: AsyncSession, principal: Principal, value: str) -> str | None:
        """Return the name of one of them."""
        if not permit(principal, "read_people"):
            return None
        account = await people.find(session, value)
        return f"{account.name} ({account.email})" if account is not None else None


def _matching(found: Iterable[Option], words: Collection[str]) -> list[Option]:
    called = (one for one in found if all(word in one[1].casefold() for word in words))
    return list(islice(called, LISTED_MAX + 1))


async def chosen_from(before: Before[OpenMatter], name: str, source: Source) -> Choices:
    """Return what a field offers of a source: those of the words sought, and the one that was chosen before."""
    sought, typed = before.typed.one(f"find_{name}"), before.typed.one(name)
    async with before.services.database.reading() as session:
        found = await source.first(session, before.principal, sought.casefold().split())
        name_of_typed = await source.name_of(session, before.principal, typed) if typed else None
    return _offered(before, found, sought, typed, name_of_typed)


def choices_of(before: Before[OpenMatter], name: str, listed: Collection[Option]) -> Choices:
    """Return what a field offers of a list: those of the words sought, and the one that was chosen before."""
    sought, typed = before.typed.one(f"find_{name}"), before.typed.one(name)
    return _offered(before, _matching(listed, sought.casefold().split()), sought, typed, dict(listed).get(typed))


def _offered(
    before: Before[OpenMatter], found: list[Option], sought: str, typed: str, name_of_typed: str | None
) -> Choices:
    offered = found[:LISTED_MAX]
    if typed and not any(value == typed for value, _ in offered):
        offered.append((typed, name_of_typed or typed))
    return Choices(options=[choose(before), *offered], sought=sought, is_cut=len(found) > LISTED_MAX)


def choose(before: Before[OpenMatter]) -> Option:
    """Return the option of a select that chooses nothing."""
    return "", sentence(language_of(before.request, remembered=True), marked("Choose"))
