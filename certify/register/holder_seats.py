"""Where the people of an organisation sit in the body that certifies it, as everybody may know (procedure)."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import institutions, people, ties
from certify.register.database import Database
from schemas.people import PersonFacts, Role
from schemas.public_facts import SeatIn
from workflows.rules.matter.seats import day_of
from workflows.rules.ties import belongs_to

KEPT_FOR: Final = timedelta(minutes=1)
"""As long as an answer to a scan may be kept (`certify.web.public.lookup.SCANNED`)."""

Seats = Mapping[str, tuple[SeatIn, ...]]


async def by_organisation(session: AsyncSession, now: datetime) -> Seats:
    """Return where the people of each organisation sit now; one whose people sit nowhere is not in it.

    Its people are those whom the record has under it, and who state that they work for it, manage or own it. Whose
    access has ended sits nowhere. No person is named.
    """
    seated = (await institutions.facts(session, now=now)).commission
    known = await people.serving_of(session, seated)
    sitting = {
        SeatIn.COMMISSION: list(known.values()),
        SeatIn.SECRETARIAT: list(await people.serving(session, Role.SECRETARIAT)),
    }
    found: dict[str, set[SeatIn]] = defaultdict(set)
    for body, members in sitting.items():
        for one in members:
            for organisation in await _organisations(session, one, now):
                found[organisation].add(body)
    return {organisation: tuple(sorted(bodies)) for organisation, bodies in found.items()}


async def _organisations(session: AsyncSession, person: PersonFacts, now: datetime) -> frozenset[str]:
    return belongs_to(await ties.last_of(session, person.person), at=day_of(now), employer=person.organisation)


class KeptSeats:
    """The seats as last read, for a minute: every answer to a scan tells of them."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._read: tuple[datetime, Seats] | None = None

    async def of(self, database: Database, organisation: str, now: datetime | None = None) -> tuple[SeatIn, ...] | None:
        """Return where the people of an organisation sit; None where that cannot be told."""
        return (await self.every(database, now or datetime.now(UTC))).get(organisation, ())

    async def every(self, database: Database, now: datetime) -> Seats:
        """Return where the people of all organisations sit."""
        # Whoever waits here holds no connection.
        async with self._one_at_a_time:
            if self._read is None or not timedelta() <= now - self._read[0] < KEPT_FOR:
                async with database.reading() as session:
                    self._read = now, await by_organisation(session, now)
            return self._read[1]


class UntoldSeats(KeptSeats):
    """Of a program that may read neither people nor bodies, as `certify verification`: it cannot tell."""

    async def of(self, database: Database, organisation: str, now: datetime | None = None) -> None:
        """Return None, which is not that there are none."""
