"""What waits for a reader in the rooms of matters, for the page where their work begins.

What waits is told by the room alone (`awaits_reader`); here it is only gathered, with what it is about and by when.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from certify.accounts.matter_reading import MatterReading
from certify.accounts.principal import Principal
from certify.web.language import Language, sentence
from certify.web.matters.matter_pages import MatterPage, MatterRoom, awaited_page
from certify.web.matters.open_matter import called_by, heading_texts
from certify.web.services import Services
from schemas.clocks import Party

NEVER = datetime.max.replace(tzinfo=UTC)
Task = Mapping[str, object]

_WHOSE: Mapping[str, frozenset[Party]] = {
    "applicant": frozenset({Party.APPLICANT, Party.HOLDER}),
    "reviewer": frozenset({Party.REVIEWER}),
    "commission": frozenset({Party.COMMISSION, Party.THIRD_PARTY, Party.LABEL_OFFICER}),
    "secretariat": frozenset({Party.SECRETARIAT}),
    "appeals": frozenset({Party.APPEAL_PANEL}),
}
"""For whom the clocks run that the readers of a room have to mind, by where its address begins."""
_WHOSE_TOO: Mapping[str, frozenset[Party]] = {"complaint": frozenset({Party.SECRETARIAT})}
"""Whoever handles or decides a complaint works within the secretariat's time."""


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What waits in rooms: as tasks, and how many in each, by its path."""

    tasks: Sequence[Task] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


async def awaited_in(
    services: Services, principal: Principal, rooms: Iterable[MatterRoom], language: Language, now: datetime
) -> Awaited:
    """Return what waits for a reader in rooms; only of that are texts read.

    What is over waits for nobody: after the end only the engine adds anything (`ended_may` of the rules).
    """
    tasks: list[Task] = []
    counts: dict[str, int] = {}
    for room in rooms:
        listed = await services.procedure.matters.all_for(principal, room.kind, open_only=True)
        found = [(one, page) for one in listed if room.holds(one) and (page := awaited_page(room, one)) is not None]
        called = await called_by(services, room.kind, [one.id for one, _ in found])
        tasks += await asyncio.gather(
            *(_task(services, room, one, page, language, now, called.get(one.id, "")) for one, page in found)
        )
        counts[room.path] = len(found)
    return Awaited(tasks=tasks, counts=counts)


async def _task(
    services: Services,
    room: MatterRoom,
    reading: MatterReading,
    page: MatterPage,
    language: Language,
    now: datetime,
    called: str,
) -> Task:
    due_at = due_by(room, reading, now)
    return {
        "text": sentence(language, page.name),
        "title": sentence(language, room.title),
        "href": f"{room.path}/{reading.id}",
        "own": room.own,
        "matter": reading,
        "called": called,
        "texts": await heading_texts(services, reading),
        "due_at": due_at,
        "is_overdue": due_at is not None and due_at < now,
    }


def due_by(room: MatterRoom, reading: MatterReading, now: datetime) -> datetime | None:
    """Return the first date that a reader in a room has to mind: a vote they are called to, or a clock that runs."""
    votes = [vote.closes_at for vote in reading.motions if vote.closed_at is None and vote.is_elector]
    whose = _WHOSE[room.path.split("/")[1]] | _WHOSE_TOO.get(room.kind, frozenset())
    running = (one for one in reading.clocks if one.stopped_at is None and one.started_at <= now)
    return min([*votes, *(one.due_at for one in running if one.waits_for in whose)], default=None)


def urgent_first(*tasks: Iterable[Mapping[str, object]]) -> list[Task]:
    """Return tasks of cases and matters in one list, what is due first at the top, what has no date below."""
    return sorted((one for some in tasks for one in some), key=_date)


def _date(task: Mapping[str, object]) -> datetime:
    due_at = task["due_at"]
    return due_at if isinstance(due_at, datetime) else NEVER
