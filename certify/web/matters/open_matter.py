"""A matter as the pages of the body show it: the reading, with its texts, names and history in words."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people
from certify.accounts.matter_history import HistoryLine, history_for
from certify.accounts.matter_reading import MatterReading
from certify.accounts.policy import admit
from certify.accounts.principal import Principal
from certify.procedure.matter_kinds import KINDS
from certify.procedure.matters import SCHEME, vault_key
from certify.register import labels, schemes, streams
from certify.vault.keys import ERASED
from certify.web.services import Services
from schemas.errors import NotFound, NotPermitted
from schemas.evidence import TextRef
from schemas.records import Entry
from schemas.scheme import Scheme
from workflows.options import matter_stream
from workflows.rules.label.kernel import LABEL
from workflows.rules.permission import Permission, first_refusal

BEGINNING = "new"
"""Stands in addresses for the matter that an act will open; no matter has this id."""


@dataclass(frozen=True, kw_only=True)
class OpenMatter:
    """One matter open before one person.

    Attributes:
        texts: texts of people by digest, all that the reading names.
        names: names by the ids of people that the reading and its history give.
        history: entries of the matter, the first at the front.
        called: what a label is of, by which people know it; empty for other matters.
        shown: what the room adds to its pages.
    """

    reading: MatterReading
    scheme: Scheme
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    history: tuple[HistoryLine, ...] = ()
    called: str = ""
    shown: Mapping[str, object] = field(default_factory=dict)

    @property
    def context(self) -> dict[str, Any]:
        """What every page about a matter is filled with."""
        own = {name: getattr(self, name) for name in ("reading", "scheme", "texts", "names", "history", "called")}
        return {**own, **self.shown}


async def open_matter(services: Services, principal: Principal, kind: str, subject: str) -> OpenMatter:
    """Return a matter as somebody may see it.

    Raises:
        NotFound: `unknown_matter`, whether there is none or it is not for them.
    """
    reading, scheme = await services.procedure.matters.opened(principal, kind, subject)
    async with services.database.reading() as session:
        by_day = KINDS[kind].readers.by_day
        history = history_for(reading, await _entries(session, kind, subject), by_day=by_day)
        names = await people.names_of(session, _named_in(reading, history))
    texts, called = (
        await texts_of(services, kind, subject, digests_in(reading.facts)),
        await called_by(services, kind, [subject]),
    )
    return OpenMatter(
        reading=reading, scheme=scheme, texts=texts, names=names, history=history, called=called.get(subject, "")
    )


async def beginning(services: Services, principal: Principal, kind: str) -> OpenMatter:
    """Return what a page shows on which a matter of a kind is opened."""
    async with services.database.reading() as session:
        scheme = await schemes.in_force(session, SCHEME)
    opens = KINDS[kind].opens
    refusal = may_open(principal, kind).refusal
    reading = MatterReading(
        kind=kind,
        id=BEGINNING,
        organisation=None,
        opened_at=datetime.now(UTC),
        ended_at=None,
        parts=(),
        facts={},
        motions=(),
        clocks=(),
        has_declared=None,
        may={opens: refusal.code if refusal else None} if opens else {},
    )
    return OpenMatter(reading=reading, scheme=scheme)


def may_open(principal: Principal, kind: str) -> Permission:
    """Whether somebody may open a matter of a kind."""
    opens, kernel = KINDS[kind].opens, KINDS[kind].kernel
    if opens is None:
        return Permission(NotPermitted("not_for_people", "Nobody who is signed in does this."))
    return first_refusal(admit(principal, opens), kernel.may_open(opens, principal.facts))


async def list_matters(services: Services, principal: Principal, kind: str) -> Sequence[OpenMatter]:
    """Return the matters of a kind that somebody may know of, newest first, with what their headings are made of."""
    found = await services.procedure.matters.all_opened(principal, kind)
    texts = await asyncio.gather(*(heading_texts(services, reading) for reading, _ in found))
    called = await called_by(services, kind, [one.id for one, _ in found])
    return [
        OpenMatter(reading=reading, scheme=scheme, texts=own, called=called.get(reading.id, ""))
        for (reading, scheme), own in zip(found, texts, strict=True)
    ]


async def called_by(services: Services, kind: str, ids: Collection[str]) -> dict[str, str]:
    """Return what people know the labels among matters by; of other kinds, their own headings say it."""
    if kind != LABEL.name or not ids:
        return {}
    async with services.database.reading() as session:
        return await labels.called(session, ids)


async def heading_texts(services: Services, reading: MatterReading) -> dict[str, str]:
    """Return the text that makes a matter's heading, if one does.

    A list reads no others: each is unsealed on its own.
    """
    fact = KINDS[reading.kind].headed_by
    return await texts_of(services, reading.kind, reading.id, digests_in(reading.facts.get(fact)) if fact else ())


async def texts_of(services: Services, kind: str, subject: str, digests: Iterable[str]) -> dict[str, str]:
    """Return the texts of a matter by their digests; one that the store lost is left out."""

    async def one(digest: str) -> tuple[str, str | None]:
        try:
            return digest, await services.vault.text(vault_key(kind, subject), TextRef(digest=digest, length=1))
        except NotFound as error:
            # No text is empty: an empty one was erased.
            # A lost file must not hide the rest of the matter; the page says which text is missing.
            return digest, "" if error.code == ERASED else None

    found = await asyncio.gather(*(one(digest) for digest in digests))
    return {digest: text for digest, text in found if text is not None}


def digests_in(part: JsonValue) -> set[str]:
    """Return the digests of the texts anywhere in what a reader is shown."""
    if isinstance(part, dict):
        own = {str(part["digest"])} if set(part) == {"digest", "length"} else set()
        return own.union(*map(digests_in, part.values()))
    return set().union(*map(digests_in, part)) if isinstance(part, list) else set()


async def _entries(session: AsyncSession, kind: str, subject: str) -> list[tuple[Entry, str]]:
    rows = await streams.entries(session, matter_stream(kind, subject))
    return [(Entry.model_validate_json(row.content), row.digest) for row in rows]


def _named_in(reading: MatterReading, history: Iterable[HistoryLine]) -> Iterator[str]:
    """Yield whatever may be the id of a person: those of votes and entries, and every word among the facts."""
    for vote in reading.motions:
        yield from (*(vote.electorate or ()), *(vote.ballots or ()))
    yield from (line.actor for line in history if line.actor is not None)
    yield from _words_in(reading.facts)


def _words_in(part: JsonValue) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield key
            yield from _words_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _words_in(value)
