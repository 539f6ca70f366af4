"""Where the people of an organisation sit in the body: told of each organisation, and of nobody by name."""

from datetime import UTC, date, datetime, timedelta

import pytest

from certify.register import holder_seats
from certify.register.database import Database
from schemas.account_events import AccessEnded
from schemas.people import Role
from schemas.public_facts import SeatIn
from schemas.record_events import TiesDeclared
from schemas.ties import Tie, TieKind
from tests.builders import MEMBERS, ORGANISATION
from tests.unit.certify.register.records import admitted, go_on
from tests.unit.workflows.rules.matter.electing import commission, held

NOW = datetime.now(UTC)
MEMBER = MEMBERS[0].person
BOTH = {ORGANISATION: (SeatIn.COMMISSION, SeatIn.SECRETARIAT)}


async def seats(database: Database, now: datetime = NOW) -> holder_seats.Seats:
    async with database.reading() as session:
        return await holder_seats.by_organisation(session, now)


async def declares(database: Database, kind: TieKind, **days: date) -> None:
    tie = Tie(kind=kind, organisation=ORGANISATION, **days)
    await go_on(database, "people", TiesDeclared(at=NOW, actor=MEMBER, person=MEMBER, ties=(tie,)))


async def test_the_people_of_an_organisation_are_told_by_where_they_sit(database: Database) -> None:
    await go_on(
        database, "people",
        admitted("vera", Role.COMMISSIONER, organisation=ORGANISATION),
        admitted("stella", Role.SECRETARIAT, organisation=ORGANISATION),
        admitted("emma", Role.EXPERT, organisation="org-2"),
        admitted("sam", Role.SECRETARIAT),
    )  # fmt: skip
    found = await seats(database)
    assert found == BOTH
    assert not any(name in str(found) for name in ("vera", "stella"))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (TieKind.EMPLOYER, True), (TieKind.MANAGEMENT, True), (TieKind.OWNERSHIP, True),
        (TieKind.FAMILY, False), (TieKind.CLIENT, False), (TieKind.PAID_WORK, False),
        (TieKind.COMPETITOR_EMPLOYER, False),
    ],
)  # fmt: skip
async def test_whoever_works_for_manages_or_owns_it_is_its_people(
    database: Database, kind: TieKind, told: bool
) -> None:
    await go_on(database, "people", admitted(MEMBER, Role.COMMISSIONER))
    await declares(database, kind)
    assert await seats(database) == ({ORGANISATION: (SeatIn.COMMISSION,)} if told else {})


async def test_who_worked_for_it_is_not_its_people_any_more(database: Database) -> None:
    await go_on(database, "people", admitted(MEMBER, Role.COMMISSIONER))
    await declares(database, TieKind.EMPLOYER, until=NOW.date())
    assert await seats(database) == {ORGANISATION: (SeatIn.COMMISSION,)}
    assert await seats(database, NOW + timedelta(days=1)) == {}


async def test_once_there_was_an_election_the_role_alone_is_no_seat(database: Database) -> None:
    outside = MEMBERS[8].person
    await go_on(database, "people", *(admitted(one.person, Role.COMMISSIONER) for one in MEMBERS[:8]))
    await go_on(database, "people", admitted(outside, Role.COMMISSIONER, organisation=ORGANISATION))
    assert await seats(database) == {ORGANISATION: (SeatIn.COMMISSION,)}
    await go_on(database, "institution/body", *held(elected=commission(5), seats=5).events)
    assert await seats(database) == {}


async def test_whose_access_ended_sits_nowhere(database: Database) -> None:
    await go_on(database, "people", admitted("stella", Role.SECRETARIAT, organisation=ORGANISATION))
    await go_on(database, "people", AccessEnded(at=NOW, actor="otto", person="stella"))
    assert await seats(database) == {}


async def test_seats_are_read_once_a_minute(database: Database) -> None:
    kept = holder_seats.KeptSeats()
    assert await kept.of(database, ORGANISATION, NOW) == ()
    await go_on(database, "people", admitted("stella", Role.SECRETARIAT, organisation=ORGANISATION))
    assert await kept.of(database, ORGANISATION, NOW + timedelta(seconds=59)) == ()
    assert await kept.of(database, ORGANISATION, NOW + timedelta(seconds=60)) == (SeatIn.SECRETARIAT,)
