"""The end of somebody's access: at once, by one officer, for every way in; back by a recovery only (ASVS 5.0, 7.4)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from certify.accounts import access, gate, links, people, recovery, sessions, tokens
from certify.accounts.passwords import Passwords
from certify.accounts.security_events import strangers_file, written_to
from certify.accounts.sign_in import accept_invitation, sign_in, sign_in_with_link
from certify.accounts.strength import StepUpNeeded
from certify.register import access_ends
from certify.register import people as register
from certify.register.database import Database
from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder
from schemas.people import Role
from tests.unit.certify.accounts.conftest import NOW
from tests.unit.certify.accounts.test_recovery import DAY, LARS, NEW, OLD, SOFIA, ZORA, approved, link, officer


@pytest.fixture
async def cookie(database: Database, passwords: Passwords, ada: people.Invitation) -> str:
    return await accept_invitation(database, passwords, token=ada.token, password=OLD, now=NOW)


async def ended(database: Database, person: str) -> None:
    async with database.writing() as session:
        await access.end(session, SOFIA, person=person, now=NOW)


async def test_sessions_tokens_and_links_end_at_once(
    database: Database, passwords: Passwords, ada: people.Invitation, cookie: str
) -> None:
    ends = NOW + DAY
    async with database.writing() as session:
        token = await tokens.create(session, person=ada.person, name="t", scopes=["read"], expires_at=ends, now=NOW)
        demo = await links.create_link(session, person=ada.person, expires_at=ends, reusable=True)
    await gate.principal_of_session(database, cookie, NOW)
    await gate.principal_of_token(database, token, NOW)

    await ended(database, ada.person)

    with pytest.raises(NotPermitted, match="not_signed_in"):
        await gate.principal_of_session(database, cookie, NOW)
    with pytest.raises(NotPermitted, match="token_invalid"):
        await gate.principal_of_token(database, token, NOW)
    with pytest.raises(NotPermitted, match="link_invalid"):
        await sign_in_with_link(database, token=demo, now=NOW)
    with pytest.raises(NotPermitted, match="access_ended"):
        await sign_in(database, passwords, email="ada@example.org", password=OLD, now=NOW)


async def test_the_security_events_tell_who_was_turned_away_and_in_which_request(
    database: Database, passwords: Passwords, ada: people.Invitation, cookie: str, tmp_path: Path
) -> None:
    await ended(database, ada.person)

    with written_to(tmp_path / "events.jsonl"), pytest.raises(NotPermitted, match="access_ended"):
        await sign_in(database, passwords, email="ada@example.org", password=OLD, now=NOW, request_id="r1")

    (event,) = map(json.loads, strangers_file(tmp_path / "events.jsonl").read_text().splitlines())
    assert (event["kind"], event["person"], event["request_id"]) == ("sign_in_refused", ada.person, "r1")


async def test_whoever_does_not_know_the_password_learns_nothing_of_the_end(
    database: Database, passwords: Passwords, ada: people.Invitation, cookie: str
) -> None:
    await ended(database, ada.person)

    with pytest.raises(NotPermitted, match="sign_in_failed"):
        await sign_in(database, passwords, email="ada@example.org", password=NEW, now=NOW)


async def test_an_invitation_that_was_not_taken_up_is_void(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    await ended(database, ada.person)

    with pytest.raises(NotPermitted, match="link_invalid"):
        await accept_invitation(database, passwords, token=ada.token, password=OLD, now=NOW)


async def test_a_session_or_token_that_came_to_be_all_the_same_opens_nothing(
    database: Database, ada: people.Invitation
) -> None:
    async with database.writing() as session:
        late = await sessions.begin(session, person=ada.person, authn="passkey", now=NOW, strong_at=NOW)
        await session.flush()
        kept = await sessions.find_live(session, late, NOW)
        session.expunge(kept)
    await ended(database, ada.person)
    async with database.writing() as session:
        session.add(sessions.SignedIn(**kept.model_dump()))
        token = await tokens.create(session, person=ada.person, name="t", scopes=["act"], expires_at=NOW + DAY, now=NOW)

    for entering in (gate.principal_of_session(database, late, NOW), gate.principal_of_token(database, token, NOW)):
        with pytest.raises(NotPermitted, match="not_signed_in"):
            await entering


async def test_two_officers_and_a_day_let_the_person_in_again(
    database: Database, passwords: Passwords, ada: people.Invitation, cookie: str
) -> None:
    await ended(database, ada.person)
    given = await link(database, await approved(database, ada.person))

    again = await recovery.finish(database, passwords, token=given, password=NEW, now=NOW + DAY)

    assert (await gate.principal_of_session(database, again, NOW + DAY)).person == ada.person
    async with database.reading() as session:
        assert not await access_ends.has_ended(session, ada.person)


async def test_a_recovery_that_two_agreed_to_before_the_end_is_no_way_back(
    database: Database, ada: people.Invitation, cookie: str
) -> None:
    found = await approved(database, ada.person)

    await ended(database, ada.person)

    with pytest.raises(OutOfOrder, match="recovery_ended"):
        await link(database, found)


async def test_nobody_is_asked_or_drawn_whose_access_ended(database: Database, ada: people.Invitation) -> None:
    await ended(database, ada.person)

    async with database.reading() as session:
        assert [one.person for one in await register.with_role(session, Role.EXPERT)] == [ada.person]
        assert await register.serving(session, Role.EXPERT) == []


async def test_an_officer_ends_it_who_has_just_proved_who_they_are_and_never_their_own(
    database: Database, ada: people.Invitation
) -> None:
    async with database.writing() as session:
        for who, person, refusal in (
            (ZORA, ada.person, "role_missing"),
            (officer(ada.person), ada.person, "own_access"),
            (LARS, "nobody", "unknown_person"),
        ):
            with pytest.raises((NotPermitted, NotFound), match=refusal):
                await access.end(session, who, person=person, now=NOW)
        with pytest.raises(StepUpNeeded):
            await access.end(session, officer("mona", at=NOW - timedelta(minutes=6)), person=ada.person, now=NOW)
        await access.end(session, LARS, person=ada.person, now=NOW)
        with pytest.raises(AlreadyDecided, match="access_ended"):
            await access.end(session, SOFIA, person=ada.person, now=NOW)
