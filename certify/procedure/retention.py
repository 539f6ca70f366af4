"""The retention job: what was kept long enough is erased or proposed for erasure, class by class (security.md, 8).

    for one in await look(database, log, now):   # what is due: nothing is changed
        print(one.name, one.count, one.oldest)
    await retain(database, log, now)             # does it; a second run finds nothing

Each class is one transaction with its event. What is held is left out (`certify.register.legal_holds`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog
from pydantic import BaseModel, ConfigDict
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people_stream
from certify.accounts.security_log import drop_lines, due_lines
from certify.procedure.due_evidence import due_erasures
from certify.procedure.retention_classes import CLASSES, RetentionClass, Then
from certify.procedure.retention_rows import FINDERS, Due
from certify.register.database import Database
from certify.register.legal_holds import Held
from schemas.errors import Unavailable
from schemas.identifiers import ENGINE
from schemas.record_events import RetentionApplied

log = structlog.get_logger()

EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)
"""After a run that could not be done."""


class Retained(BaseModel):
    """What is due of a class, or was until it was erased.

    Attributes:
        then: `erased` by the job, or `proposed` to the people who can erase it.
        oldest: since when the oldest was kept; None where nothing is due.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    then: Then
    count: int
    oldest: datetime | None


async def look(database: Database, security_log: Path | None, now: datetime) -> list[Retained]:
    """Return what is due, of every class; nothing is changed."""
    async with database.reading() as session:
        held = await Held.now(session)
        proposed = await _proposed(session, now, held)
        found = {name: await finder(session, _before(name, now), now, held) for name, finder in FINDERS.items()}
    lines = await asyncio.to_thread(due_lines, security_log, _before("security_log", now), held.people)
    told = {
        "security_log": (lines.number, lines.oldest),
        **{name: (due.count, due.oldest) for name, due in found.items()},
    }
    return [_retained(one, *{**proposed, **told}[name]) for name, one in CLASSES.items()]


async def retain(
    database: Database, security_log: Path | None, now: datetime, *, authn: str = "engine", request_id: str = "none"
) -> list[Retained]:
    """Erase what is due and return it, with what is proposed; run again, or stopped and run again, is harmless.

    A class that cannot be done hinders no other.

    Raises:
        Unavailable: `not_all_retained`; what could be done is done, and the next run tries the rest again.
    """
    telling = _Telling(now, authn, request_id)
    steps = {name: partial(_erase, database, name, telling) for name in FINDERS}
    steps["security_log"] = partial(_drop_lines, database, security_log, telling)
    done: dict[str, tuple[int, datetime | None]] = {}
    for name, step in steps.items():
        try:
            done[name] = await step()
        except Exception as error:  # noqa: BLE001  # whatever it is, the time of the other classes is over
            log.warning("class_not_retained", retained=name, error=type(error).__name__)
    if undone := sorted(steps.keys() - done.keys()):
        raise Unavailable("not_all_retained", f"Not everything that is due could be erased: {', '.join(undone)}.")
    async with database.reading() as session:
        done |= await _proposed(session, now, await Held.now(session))
    return [_retained(one, *done[name]) for name, one in CLASSES.items()]


async def keep_retaining(
    database: Database, security_log: Path | None, require_whole: Callable[[], Awaitable[None]]
) -> None:
    """Retain once a day until cancelled; what cannot be done now is done an hour later.

    `require_whole` refuses while the record lacks what was logged: what it lacks may be a hold.
    """
    while True:
        pause = EVERY
        try:
            await require_whole()
            await retain(database, security_log, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001  # a task that ended would retain nothing any more, and nobody would see
            log.warning("not_retained", error=type(error).__name__)
            pause = AGAIN_AFTER
        await asyncio.sleep(pause.total_seconds())


def _before(name: str, now: datetime) -> datetime:
    return now - CLASSES[name].kept_for


def _retained(one: RetentionClass, count: int, oldest: datetime | None) -> Retained:
    return Retained(name=one.name, then=one.then, count=count, oldest=oldest)


class _Telling(NamedTuple):
    """When a run is, and as whose it is recorded."""

    now: datetime
    authn: str
    request_id: str

    async def tell(self, session: AsyncSession, name: str, due: Due) -> None:
        """Record what is erased of a class: one event, and what the views of accounts follow."""
        if due.count and due.oldest is not None:
            event = RetentionApplied(
                at=self.now, actor=ENGINE, retained=name, count=due.count, before=_before(name, self.now),
                oldest=due.oldest, erased=due.numbers,
            )  # fmt: skip
            await people_stream.record(session, (*due.events, event), authn=self.authn, request_id=self.request_id)


async def _erase(database: Database, name: str, telling: _Telling) -> tuple[int, datetime | None]:
    async with database.writing(unhurried=True) as session:
        # The stream is held before one looks, so that of two at once the second finds nothing.
        await people_stream.hold(session)
        due = await FINDERS[name](session, _before(name, telling.now), telling.now, await Held.now(session))
        await telling.tell(session, name, due)
        await due.erase(session)
    return due.count, due.oldest


async def _drop_lines(database: Database, security_log: Path | None, telling: _Telling) -> tuple[int, datetime | None]:
    before = _before("security_log", telling.now)
    async with database.writing(unhurried=True) as session:
        await people_stream.hold(session)
        held = (await Held.now(session)).people
        found = await asyncio.to_thread(due_lines, security_log, before, held)

        async def drop(_: AsyncSession) -> None:
            await asyncio.to_thread(drop_lines, security_log, before, held)

        due = Due(count=found.number, oldest=found.oldest, erase=drop)
        await telling.tell(session, "security_log", due)
    # After the commit: what is told of and not yet dropped is dropped by the next run, and told of once more.
    await due.erase(session)
    return found.number, found.oldest


async def _proposed(session: AsyncSession, now: datetime, held: Held) -> dict[str, tuple[int, datetime | None]]:
    found = await due_erasures(session, now, held)
    return {
        name: (len(of_it), min((one.due_since for one in of_it), default=None))
        for name, of_it in {
            "record": [one for one in found if not one.files_only],
            "evidence": [one for one in found if one.files_only],
        }.items()
    }
