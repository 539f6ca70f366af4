import json
from typing import Any

import pytest
from sqlmodel import select

from certify.accounts import links, people
from certify.register import people as register
from certify.register import streams
from certify.register.database import Database
from certify.register.entries import JournalBody
from schemas.errors import NotFound, NotPermitted, Unacceptable
from schemas.identifiers import ENGINE
from schemas.people import Role
from tests.unit.certify.accounts.conftest import NOW


async def admit(database: Database, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "name": "Ben", "email": "ben@example.org", "roles": [Role.SECRETARIAT], "by": ENGINE, "now": NOW
    }  # fmt: skip
    async with database.writing() as session:
        return await people.admit(session, **(fields | changes))


async def test_who_is_admitted_is_in_the_record_without_name_or_address(database: Database) -> None:
    person = await admit(database, roles=[Role.EXPERT], areas=["ethics_or_law"], by="officer-fay")

    async with database.reading() as session:
        facts = await register.find(session, person)
        (entry,) = await streams.entries(session, "people")
        (body,) = (await session.exec(select(JournalBody))).all()
    assert facts is not None
    assert (facts.roles, facts.areas, facts.entry) == ((Role.EXPERT,), ("ethics_or_law",), 1)
    assert json.loads(entry.content)["actor"] == "officer-fay"
    assert b"ben" not in (entry.content + body.body).lower()


async def test_entries_of_the_stream_are_dense(database: Database) -> None:
    for number in range(3):
        await admit(database, email=f"{number}@example.org")

    async with database.reading() as session:
        assert [entry.number for entry in await streams.entries(session, "people")] == [1, 2, 3]


async def test_an_address_is_taken_once_however_it_is_written(database: Database) -> None:
    await admit(database)

    with pytest.raises(Unacceptable, match="email_taken"):
        await admit(database, email=" BEN@example.org ")

    async with database.reading() as session:
        assert len(await streams.entries(session, "people")) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "name_missing"),
        ({"email": "ben"}, "email_malformed"),
        ({"email": "ben@example.org\r\nBcc: all@example.org"}, "email_malformed"),
        ({"email": "b" * 250 + "@example.org"}, "email_malformed"),
        ({"roles": []}, "roles_missing"),
        ({"roles": [Role.APPLICANT]}, "organisation_missing"),
        ({"roles": [Role.OPERATOR, Role.SECRETARIAT]}, "roles_apart"),
        ({"roles": [Role.AUDITOR, Role.EXPERT]}, "roles_apart"),
        ({"roles": [Role.SECRETARIAT, Role.COMMISSIONER]}, "roles_apart"),
        ({"roles": [Role.SECRETARIAT, Role.LABEL_OFFICER]}, "roles_apart"),
        ({"roles": [Role.EXPERT, Role.NEUTRAL_THIRD_PARTY]}, "roles_apart"),
        ({"roles": [Role.APPEAL_MEMBER, Role.COMMISSIONER]}, "roles_apart"),
        ({"roles": [Role.APPEAL_MEMBER, Role.SECRETARIAT]}, "roles_apart"),
        ({"roles": [Role.IMPARTIALITY_MEMBER, Role.COMMISSIONER]}, "roles_apart"),
        ({"roles": [Role.IMPARTIALITY_MEMBER, Role.EXPERT]}, "roles_apart"),
    ],
)
async def test_who_cannot_be_admitted_leaves_no_trace(
    database: Database, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Unacceptable) as refusal:
        await admit(database, **changes)

    async with database.reading() as session:
        assert refusal.value.code == code
        assert await streams.entries(session, "people") == []
        assert await people.is_nobody_there(session)


async def test_an_expert_may_sit_in_the_commission(database: Database) -> None:
    await admit(database, roles=[Role.EXPERT, Role.COMMISSIONER])


async def test_an_invitation_holds_for_a_week_and_is_for_the_person_admitted(
    database: Database, ada: people.Invitation
) -> None:
    async with database.reading() as session:
        for days, holds in ((6, True), (7, False)):
            later = NOW + days * people.INVITATION_HOLDS / 7
            if holds:
                holder = await links.holder_of(session, ada.token, purpose="invitation", now=later)
                assert holder == ada.person
            else:
                with pytest.raises(NotPermitted, match="link_invalid"):
                    await links.holder_of(session, ada.token, purpose="invitation", now=later)


async def test_who_lost_the_link_is_invited_again_until_there_is_a_password(
    database: Database, ada: people.Invitation
) -> None:
    async with database.writing() as session:
        token = await people.invite_again(session, person=ada.person, now=NOW)
        assert token != ada.token
        account = await people.find(session, ada.person)
        assert account is not None
        people.set_hash(session, account, "$argon2id$")

    async with database.writing() as session:
        with pytest.raises(Unacceptable, match="has_password"):
            await people.invite_again(session, person=ada.person, now=NOW)
        with pytest.raises(NotFound, match="unknown_person"):
            await people.invite_again(session, person="nobody", now=NOW)


async def test_names_are_told_of_those_asked_for(database: Database, ada: people.Invitation) -> None:
    ben = await admit(database)

    async with database.reading() as session:
        assert await people.names_of(session, [ada.person, "nobody"]) == {ada.person: "Ada"}
        listed = await people.everyone(session)

    assert [(one.name, one.email, one.facts.person) for one in listed] == [
        ("Ada", "ada@example.org", ada.person), ("Ben", "ben@example.org", ben),
    ]  # fmt: skip
