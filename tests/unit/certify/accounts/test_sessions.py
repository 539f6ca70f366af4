from contextlib import suppress
from datetime import timedelta

import pytest
from sqlmodel import select

from certify.accounts import sessions
from certify.accounts.sessions import SignedIn
from certify.register.database import Database
from schemas.errors import NotFound, NotPermitted
from tests.unit.certify.accounts.conftest import NOW

MINUTE = timedelta(minutes=1)


async def begin(database: Database, person: str = "ada", device: str = "") -> str:
    async with database.writing() as session:
        return await sessions.begin(session, person=person, authn="session", device=device, now=NOW)


async def is_live(database: Database, cookie: str, after: timedelta = timedelta(0)) -> bool:
    async with database.reading() as session:
        with suppress(NotPermitted):
            return bool(await sessions.find_live(session, cookie, NOW + after))
    return False


async def note_use(database: Database, after: timedelta) -> None:
    async with database.writing() as session:
        (row,) = (await session.exec(select(SignedIn))).all()
        await sessions.note_use(session, row.id_digest, NOW + after)


async def test_the_database_does_not_hold_what_the_cookie_holds(database: Database) -> None:
    cookie = await begin(database)

    async with database.reading() as session:
        (row,) = (await session.exec(select(SignedIn))).all()
    assert len(cookie) == 43
    assert cookie not in row.model_dump_json()
    assert not await is_live(database, row.id_digest)


async def test_a_session_ends_after_thirty_idle_minutes(database: Database) -> None:
    cookie = await begin(database)

    assert await is_live(database, cookie, 30 * MINUTE - timedelta(seconds=1))
    assert not await is_live(database, cookie, 30 * MINUTE)


async def test_a_session_in_use_ends_after_twelve_hours(database: Database) -> None:
    cookie = await begin(database)
    for minutes in range(20, 12 * 60, 20):
        assert await is_live(database, cookie, minutes * MINUTE)
        await note_use(database, minutes * MINUTE)

    assert await is_live(database, cookie, timedelta(hours=12, seconds=-1))
    assert not await is_live(database, cookie, timedelta(hours=12))


async def test_use_noted_late_does_not_turn_time_back(database: Database) -> None:
    cookie = await begin(database)
    await note_use(database, 20 * MINUTE)
    await note_use(database, 10 * MINUTE)

    assert await is_live(database, cookie, 45 * MINUTE)


async def test_signing_out_ends_this_session_and_no_other(database: Database) -> None:
    here, elsewhere = await begin(database), await begin(database)
    async with database.writing() as session:
        await sessions.sign_out(session, here)
        await sessions.sign_out(session, "no such cookie")

    assert (await is_live(database, here), await is_live(database, elsewhere)) == (False, True)


async def test_a_person_lists_their_live_sessions_and_ends_one(database: Database) -> None:
    await begin(database, device="Firefox")
    other = await begin(database, "ben")
    async with database.writing() as session:
        (mine,) = await sessions.of_person(session, "ada", NOW)
        (bens,) = await sessions.of_person(session, "ben", NOW)
        assert mine.device == "Firefox"
        with pytest.raises(NotFound, match="unknown_session"):
            await sessions.end(session, person="ada", id_digest=bens.id_digest)
        await sessions.end(session, person="ada", id_digest=mine.id_digest)
        assert await sessions.of_person(session, "ada", NOW) == []

    assert await is_live(database, other)


async def test_what_is_over_is_not_listed_and_goes_with_the_next_sign_in(database: Database) -> None:
    await begin(database)
    later = NOW + timedelta(hours=13)
    async with database.writing() as session:
        assert await sessions.of_person(session, "ada", later) == []
        await sessions.begin(session, person="ben", authn="session", now=later)
        assert [row.person for row in (await session.exec(select(SignedIn))).all()] == ["ben"]


async def test_all_sessions_of_a_person_end_together(database: Database) -> None:
    cookies = [await begin(database), await begin(database)]
    other = await begin(database, "ben")
    async with database.writing() as session:
        await sessions.end_all(session, "ada")

    assert [await is_live(database, cookie) for cookie in (*cookies, other)] == [False, False, True]
