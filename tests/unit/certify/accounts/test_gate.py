from datetime import date, timedelta

import pytest

from certify.accounts import gate, links, people, sessions, tokens
from certify.accounts.passwords import Passwords
from certify.accounts.principal import ALL_SCOPES, Principal
from certify.accounts.sign_in import accept_invitation, sign_in_with_link
from certify.register.database import Database
from certify.register.people import PersonRecord
from schemas.errors import NotPermitted
from schemas.people import Role
from tests.unit.certify.accounts.conftest import NOW


async def by_password(database: Database, passwords: Passwords, ada: people.Invitation) -> Principal:
    cookie = await accept_invitation(database, passwords, token=ada.token, password="a long enough secret", now=NOW)
    return await gate.principal_of_session(database, cookie, NOW)


async def by_link(database: Database, _: Passwords, ada: people.Invitation) -> Principal:
    async with database.writing() as session:
        token = await links.create_link(session, person=ada.person, expires_at=NOW + timedelta(hours=1))
    return await gate.principal_of_session(database, await sign_in_with_link(database, token=token, now=NOW), NOW)


async def by_token(database: Database, _: Passwords, ada: people.Invitation) -> Principal:
    token = await make_token(database, ada.person, ALL_SCOPES)
    return await gate.principal_of_token(database, token, NOW)


async def make_token(database: Database, person: str, scopes: frozenset[str]) -> str:
    async with database.writing() as session:
        return await tokens.create(
            session, person=person, name="cli", scopes=scopes, expires_at=NOW + timedelta(days=9), now=NOW
        )


async def test_every_way_in_ends_in_the_same_person(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    found = [await way(database, passwords, ada) for way in (by_password, by_link, by_token)]

    assert [one.authn for one in found] == ["password", "link", "token"]
    assert len({(one.facts, one.name, one.scopes) for one in found}) == 1
    assert (found[0].person, found[0].name) == (ada.person, "Ada")
    assert found[0].facts.roles == (Role.EXPERT,)


async def test_a_token_has_its_own_scopes_and_remembers_its_day(database: Database, ada: people.Invitation) -> None:
    token = await make_token(database, ada.person, frozenset({"read"}))

    assert (await gate.principal_of_token(database, token, NOW)).scopes == {"read"}
    async with database.reading() as session:
        assert [one.last_used_on for one in await tokens.of_person(session, ada.person)] == [date(2026, 5, 4)]


async def test_rights_are_read_afresh_for_a_session_that_goes_on(database: Database, ada: people.Invitation) -> None:
    async with database.writing() as session:
        cookie = await sessions.begin(session, person=ada.person, authn="session", now=NOW)
    before = await gate.principal_of_session(database, cookie, NOW)
    async with database.writing() as session:
        (await session.get_one(PersonRecord, ada.person)).roles = "commissioner"

    after = await gate.principal_of_session(database, cookie, NOW)

    assert (before.facts.roles, after.facts.roles) == ((Role.EXPERT,), (Role.COMMISSIONER,))


async def test_use_keeps_a_session_from_falling_idle(database: Database, ada: people.Invitation) -> None:
    async with database.writing() as session:
        cookie = await sessions.begin(session, person=ada.person, authn="session", now=NOW)

    for minutes in (29, 58, 87):
        await gate.principal_of_session(database, cookie, NOW + timedelta(minutes=minutes))
    with pytest.raises(NotPermitted, match="not_signed_in"):
        await gate.principal_of_session(database, cookie, NOW + timedelta(minutes=117))


async def test_whoever_the_record_does_not_know_is_let_in_by_no_way(database: Database) -> None:
    async with database.writing() as session:
        session.add(people.Account(person="ghost", name="Ghost", email="ghost@example.org"))
        cookie = await sessions.begin(session, person="ghost", authn="session", now=NOW)
    token = await make_token(database, "ghost", ALL_SCOPES)

    with pytest.raises(NotPermitted, match="not_signed_in"):
        await gate.principal_of_session(database, cookie, NOW)
    with pytest.raises(NotPermitted, match="not_signed_in"):
        await gate.principal_of_token(database, token, NOW)


@pytest.mark.parametrize("cookie", ["", "x" * 43, "x" * 10_000])
async def test_a_made_up_cookie_is_nobody(database: Database, cookie: str) -> None:
    with pytest.raises(NotPermitted, match="not_signed_in"):
        await gate.principal_of_session(database, cookie, NOW)
