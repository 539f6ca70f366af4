"""Who waits for whom, as `GET /api/waiting` tells it: in words, with where each thing is found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from certify.accounts.matter_reading import MatterReading
from certify.accounts.principal import Principal
from certify.procedure.matter_kinds import KINDS
from certify.web.language import Language, marked, sentence
from certify.web.matters.matter_pages import MatterRoom
from certify.web.matters.matter_words import CLOCKS, party_name
from certify.web.matters.open_matter import heading_texts
from certify.web.services import Services
from certify.web.waiting_lines import CASES, WaitingLine, waiting_lines

_SAMPLE = marked("Surveillances that were drawn are to be opened")
_CASE = marked("Application")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A matter where its reader finds it."""

    room: MatterRoom
    reading: MatterReading
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class WaitedFor:
    """One line of the page.

    Attributes:
        title: what kind of thing it is; `found` the matter itself, None of a case.
        href: where the reader finds it, None where they only know that it is there.
        owed: what is to be done by then; empty where no clock tells, and of the clocks of a case (`line`).
    """

    line: WaitingLine
    title: str
    found: Found | None
    href: str | None
    party: str
    owed: str
    is_overdue: bool


async def waited_for(
    services: Services, principal: Principal, rooms: Iterable[MatterRoom], language: Language, now: datetime
) -> list[WaitedFor]:
    """Return who waits for whom in what somebody may see, what is due first at the top."""
    lines = await waiting_lines(services, principal)
    by_collection = {KINDS[room.kind].collection: room for room in rooms}
    found: dict[tuple[str, str], Found] = {}
    for collection, room in by_collection.items():
        asked = {line.id for line in lines if line.collection == collection}
        if asked:
            found |= await _found(services, principal, collection, room, asked)
    return [_line(language, line, by_collection.get(line.collection), found, now) for line in lines]


async def _found(
    services: Services, principal: Principal, collection: str, room: MatterRoom, asked: set[str]
) -> dict[tuple[str, str], Found]:
    listed = await services.procedure.matters.all_for(principal, room.kind, open_only=True)
    return {
        (collection, one.id): Found(room=room, reading=one, texts=await heading_texts(services, one))
        for one in listed
        if one.id in asked and room.holds(one)
    }


def _line(
    language: Language,
    line: WaitingLine,
    room: MatterRoom | None,
    every: Mapping[tuple[str, str], Found],
    now: datetime,
) -> WaitedFor:
    found = every.get((line.collection, line.id))
    is_case = line.collection == CASES
    return WaitedFor(
        line=line,
        title=sentence(language, _CASE if is_case else room.title if room is not None else line.collection),
        found=found,
        href=f"/secretariat/{line.id}" if is_case else f"{found.room.path}/{line.id}" if found is not None else None,
        party=party_name(language, line.waits_for),
        owed="" if is_case or line.clock is None else _owed(language, line.clock),
        is_overdue=line.due_at is not None and line.due_at < now,
    )


def _owed(language: Language, clock: str) -> str:
    kind = clock.partition("/")[0]
    return sentence(language, _SAMPLE if kind == "surveillance_sample" else CLOCKS[kind])
