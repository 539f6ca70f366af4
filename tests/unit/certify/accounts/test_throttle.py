import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from certify.accounts import throttle
from certify.accounts.throttle import SignInFailure, wait_after
from certify.register.database import Database
from schemas.errors import NotPermitted
from tests.unit.certify.accounts.conftest import NOW


async def attempt(database: Database, address: str = "ada@example.org", *, after: timedelta = timedelta(0)) -> None:
    async with database.writing() as session:
        await throttle.count_attempt(session, address, NOW + after)


def test_waits_begin_after_five_failures_double_and_end_at_a_quarter_of_an_hour() -> None:
    seconds = [wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 9, 10, 11, 1000)]

    assert seconds == [0, 0, 30, 60, 120, 480, 900, 900, 900]


async def test_the_sixth_attempt_at_an_address_waits_and_then_is_made(database: Database) -> None:
    for _ in range(5):
        await attempt(database)

    with pytest.raises(NotPermitted, match="too_many_attempts"):
        await attempt(database, after=timedelta(seconds=29))

    await attempt(database, after=timedelta(seconds=30))


async def test_a_refused_attempt_does_not_prolong_the_wait(database: Database) -> None:
    for _ in range(5):
        await attempt(database)
    for _ in range(20):
        with pytest.raises(NotPermitted):
            await attempt(database, after=timedelta(seconds=20))

    await attempt(database, after=timedelta(seconds=31))


async def test_another_address_does_not_wait(database: Database) -> None:
    for _ in range(5):
        await attempt(database)

    await attempt(database, "ben@example.org")


async def test_whoever_guesses_from_one_network_keeps_nobody_waiting_in_another(database: Database) -> None:
    async def ask(network: str, after: timedelta) -> bool:
        try:
            async with database.writing() as session:
                await throttle.count_attempt_from(session, "ada@example.org", network, NOW + after)
        except NotPermitted:
            return False
        return True

    heard = 0
    for minute in range(6 * 60):
        now = timedelta(minutes=minute)
        heard += sum([await ask("the stranger's", now + timedelta(seconds=second)) for second in range(0, 30, 10)])
        if minute % 20 == 19:
            assert await ask("her own", now + timedelta(seconds=31))
            async with database.writing() as session:
                await throttle.forgive(session, "ada@example.org", "her own")

    assert heard < 40, "the guesses themselves still wait"


async def test_guesses_from_very_many_networks_wait_for_each_other(database: Database) -> None:
    for number in range(100):
        async with database.writing() as session:
            await throttle.count_attempt_from(session, "ada@example.org", f"network {number}", NOW)

    with pytest.raises(NotPermitted, match="too_many_attempts"):
        async with database.writing() as session:
            await throttle.count_attempt_from(session, "ada@example.org", "another", NOW)


async def test_attempts_made_at_once_are_all_counted(database: Database) -> None:
    answers = await asyncio.gather(*(attempt(database) for _ in range(12)), return_exceptions=True)

    assert len([answer for answer in answers if answer is None]) == 5
    assert all(isinstance(answer, NotPermitted) for answer in answers if answer is not None)


async def test_success_forgives_what_came_before(database: Database) -> None:
    for _ in range(5):
        await attempt(database)
    async with database.writing() as session:
        await throttle.forgive(session, "ada@example.org")

    await attempt(database)


async def test_failures_are_forgotten_after_an_hour_and_addresses_are_not_kept(database: Database) -> None:
    for number in range(3):
        await attempt(database, f"{number}@example.org")

    await attempt(database, after=timedelta(hours=1, seconds=1))

    async with database.reading() as session:
        rows = (await session.exec(select(SignInFailure))).all()
    assert [row.failures for row in rows] == [1]
    assert "@" not in rows[0].address_digest
