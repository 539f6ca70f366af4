"""The entry that a correction is about, chosen by what it tells: first of which thing, then which of its entries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.narrowing import case_for
from certify.accounts.people import names_of
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.procedure.matter_kinds import KINDS
from certify.register import streams
from certify.web.acting import Before
from certify.web.case_entries import ENTRIES as CASE_ENTRIES
from certify.web.language import day, language_of, marked, moment, sentence
from certify.web.matters.choices import (
    Applications,
    Labels,
    Option,
    Organisations,
    Source,
    choices_of,
    chosen_from,
)
from certify.web.matters.matter_words import ENTRIES as MATTER_ENTRIES
from certify.web.matters.open_matter import OpenMatter, open_matter
from schemas.errors import NotFound
from workflows.options import case_stream

PEOPLE: Final = "people"
"""The stream of who was admitted, and of how they prove who they are; there is one."""


@dataclass(frozen=True)
class Streams(Source):
    """The streams of what a source finds."""

    kind: str
    source: Source

    async def first(self, session: AsyncSession, principal: Principal, words: Collection[str]) -> list[Option]:
        """Return the first of those whose names have each of some words."""
        return [(f"{self.kind}/{one}", name) for one, name in await self.source.first(session, principal, words)]

    async def name_of(self, session: AsyncSession, principal: Principal, value: str) -> str | None:
        """Return the name of what a stream is about."""
        return await self.source.name_of(session, principal, value.partition("/")[2])


SOURCES: Final[Mapping[str, Source]] = {
    "case": Streams("case", Applications()),
    "label": Streams("label", Labels()),
    "organisation": Streams("organisation", Organisations()),
}
"""Where the streams of a kind are found by what they are about; other matters lead here from each of their entries."""
PEOPLE_ENTRIES: Final[Mapping[str, str]] = {
    "person_admitted": marked("Person admitted"),
    "ties_declared": marked("Standing ties declared"),
    "passkey_entered": marked("Passkey entered"),
    "passkey_removed": marked("Passkey removed"),
    "recovery_requested": marked("Recovery asked for"),
    "recovery_approved": marked("Recovery agreed to"),
    "recovery_cancelled": marked("Recovery stopped"),
    "recovery_done": marked("Recovery done"),
    "recovery_link_made": marked("Recovery link made"),
    "access_ended": marked("Access ended"),
    "access_restored": marked("Access restored"),
    "invitation_asked": marked("Invitation asked for"),
    "invitation_confirmed": marked("Invitation confirmed"),
    "invitation_refused": marked("Invitation refused"),
    "retention_applied": marked("Erased by the retention table"),
}
"""What an entry of that stream tells, by its kind."""


async def things_and_entries(before: Before[OpenMatter]) -> dict[str, object]:
    """Return of which things an entry can be corrected, and the entries of the one that was chosen.

    None where another choice comes first. Who may not read the entries of a stream gives the number of one.
    """
    about, stream = before.typed.one("about"), before.typed.one("stream")
    stream = stream or (PEOPLE if about == PEOPLE else "")
    source = None if stream else SOURCES.get(about)
    entries = await _entries(before, stream) if stream else None
    return {
        "may_read_people": bool(permit(before.principal, "read_people")),
        "stream": stream,
        "called": await _called(before, stream),
        "streams": await chosen_from(before, "stream", source) if source is not None else None,
        "entries": choices_of(before, "number", entries) if entries is not None else None,
    }


async def _called(before: Before[OpenMatter], stream: str) -> str:
    """Return what people know the subject of a stream by, as far as they know of it."""
    kind = stream.partition("/")[0]
    if kind not in SOURCES:
        return ""
    async with before.services.database.reading() as session:
        return await SOURCES[kind].name_of(session, before.principal, stream) or ""


async def _entries(before: Before[OpenMatter], stream: str) -> list[Option] | None:
    """Return the entries of a stream as its reader may know them, the last first; None for who may read none."""
    kind, _, subject = stream.partition("/")
    try:
        if kind == "case":
            return await _of_case(before, subject)
        if stream == PEOPLE:
            return await _of_people(before)
        return await _of_matter(before, kind, subject) if kind in KINDS else None
    except NotFound:
        return None


async def _of_case(before: Before[OpenMatter], application: str) -> list[Option] | None:
    language = language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        case = await case_for(session, before.principal, application)
        if not permit(before.principal, "read_record", case):
            return None
        rows = await streams.entries(session, case_stream(application))
    return [
        _option(row.number, sentence(language, CASE_ENTRIES[row.kind]), moment(language, row.recorded_at))
        for row in reversed(rows)
    ]


async def _of_matter(before: Before[OpenMatter], kind: str, subject: str) -> list[Option]:
    language = language_of(before.request, remembered=True)
    opened = await open_matter(before.services, before.principal, kind, subject)
    return [
        _option(
            line.number,
            sentence(language, MATTER_ENTRIES[line.kind]),
            day(language, line.at) if line.is_day else moment(language, line.at),
            opened.names.get(line.actor or "", ""),
        )
        for line in reversed(opened.history)
    ]


async def _of_people(before: Before[OpenMatter]) -> list[Option] | None:
    if not permit(before.principal, "read_people"):
        return None
    language = language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        rows = await streams.entries_with_bodies(session, PEOPLE)
        about = [str(body.get("person") or "") for _, body in rows]
        names = await names_of(session, about)
    return [
        _option(
            row.number,
            sentence(language, PEOPLE_ENTRIES[row.kind]),
            moment(language, row.recorded_at),
            names.get(person, person),
        )
        for (row, _), person in zip(reversed(rows), reversed(about), strict=True)
    ]


def _option(number: int, *told: str) -> Option:
    return str(number), f"{number}. {', '.join(filter(None, told))}"
