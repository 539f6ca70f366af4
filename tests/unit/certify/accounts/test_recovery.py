"""Recovery of an account (security T32) by the clock: nobody alone, never early, and stopped at any time."""

from datetime import datetime, timedelta

import pytest

from certify.accounts import people, recovery, sessions, tokens
from certify.accounts.passwords import Passwords
from certify.accounts.principal import ALL_SCOPES, Principal
from certify.accounts.sign_in import accept_invitation, sign_in
from certify.accounts.strength import StepUpNeeded
from certify.register import recoveries
from certify.register.database import Database
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder
from schemas.people import PersonFacts, Role
from tests.unit.certify.accounts.conftest import NOW

DAY = timedelta(hours=24)
OLD, NEW = "a long enough secret", "quite another secret"


def officer(person: str, role: Role = Role.SECRETARIAT, *, at: datetime | None = NOW) -> Principal:
    return Principal(
        facts=PersonFacts(person=person, roles=(role,)), name=person.title(), authn="passkey", scopes=ALL_SCOPES,
        strong_at=at,
    )  # fmt: skip


SOFIA, LARS, ZORA = officer("sofia"), officer("lars", Role.LABEL_OFFICER), officer("zora", Role.APPLICANT)


@pytest.fixture
async def ada_signed_in(database: Database, passwords: Passwords, ada: people.Invitation) -> str:
    return await accept_invitation(database, passwords, token=ada.token, password=OLD, now=NOW)


async def asked(database: Database, person: str) -> str:
    async with database.writing() as session:
        return await recovery.request(session, SOFIA, person=person, now=NOW)


async def approved(database: Database, person: str) -> str:
    found = await asked(database, person)
    async with database.writing() as session:
        assert await recovery.approve(session, LARS, recovery=found, delay=DAY, now=NOW) == NOW + DAY
    return found


async def link(database: Database, found: str, *, after: timedelta = DAY) -> str:
    now = NOW + after
    async with database.writing() as session:
        return await recovery.make_link(session, officer("sofia", at=now), recovery=found, now=now)


async def test_after_a_day_the_person_sets_a_password_and_all_earlier_ways_in_end(
    database: Database, passwords: Passwords, ada: people.Invitation, ada_signed_in: str
) -> None:
    async with database.writing() as session:
        ends = NOW + timedelta(days=30)
        token = await tokens.create(session, person=ada.person, name="t", scopes=["read"], expires_at=ends, now=NOW)
    given = await link(database, await approved(database, ada.person))

    cookie = await recovery.finish(database, passwords, token=given, password=NEW, now=NOW + DAY)

    async with database.reading() as session:
        assert (await sessions.find_live(session, cookie, NOW + DAY)).person == ada.person
        assert await recoveries.open_of(session, ada.person) is None
        with pytest.raises(NotPermitted, match="not_signed_in"):
            await sessions.find_live(session, ada_signed_in, NOW)
        with pytest.raises(NotPermitted, match="token_invalid"):
            await tokens.find_live(session, token, NOW)
    await sign_in(database, passwords, email="ada@example.org", password=NEW, now=NOW + DAY)
    with pytest.raises(NotPermitted, match="sign_in_failed"):
        await sign_in(database, passwords, email="ada@example.org", password=OLD, now=NOW + DAY)
    with pytest.raises(NotPermitted, match="link_invalid"):
        await recovery.finish(database, passwords, token=given, password=OLD, now=NOW + DAY)


async def test_no_link_is_made_a_second_before_the_day_is_over(database: Database, ada: people.Invitation) -> None:
    found = await approved(database, ada.person)

    with pytest.raises(OutOfOrder, match="recovery_too_early"):
        await link(database, found, after=DAY - timedelta(seconds=1))


async def test_without_a_second_officer_there_is_no_link_ever(database: Database, ada: people.Invitation) -> None:
    found = await asked(database, ada.person)

    with pytest.raises(OutOfOrder, match="recovery_too_early"):
        await link(database, found, after=timedelta(days=365))


async def test_the_password_goes_on_until_the_link_is_used(
    database: Database, passwords: Passwords, ada: people.Invitation, ada_signed_in: str
) -> None:
    await link(database, await approved(database, ada.person))

    await sign_in(database, passwords, email="ada@example.org", password=OLD, now=NOW)


@pytest.mark.parametrize("by", [SOFIA, LARS, "ada"], ids=["who asked", "who agreed", "the person"])
async def test_whoever_has_a_part_in_it_stops_it_even_after_the_link_was_made(
    database: Database, passwords: Passwords, ada: people.Invitation, by: Principal | str
) -> None:
    found = await approved(database, ada.person)
    given = await link(database, found)
    who = by if isinstance(by, Principal) else officer(ada.person, Role.EXPERT, at=None)

    async with database.writing() as session:
        await recovery.cancel(session, who, recovery=found, now=NOW + DAY)

    with pytest.raises(NotPermitted, match="link_invalid"):
        await recovery.finish(database, passwords, token=given, password=NEW, now=NOW + DAY)


async def test_a_link_of_a_stopped_recovery_does_not_serve_the_next_one(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    first = await approved(database, ada.person)
    given = await link(database, first)
    async with database.writing() as session:
        await recovery.cancel(session, SOFIA, recovery=first, now=NOW + DAY)
        again = await recovery.request(session, officer("sofia", at=NOW + DAY), person=ada.person, now=NOW + DAY)
    async with database.writing() as session:
        await recovery.approve(
            session, officer("lars", Role.LABEL_OFFICER, at=NOW + DAY), recovery=again, delay=DAY, now=NOW + DAY
        )

    for after in (DAY, DAY + DAY, timedelta(days=2, hours=23)):
        with pytest.raises(NotPermitted, match="link_invalid"):
            await recovery.finish(database, passwords, token=given, password=NEW, now=NOW + after)


async def test_nobody_decides_alone_or_about_themselves(database: Database, ada: people.Invitation) -> None:
    found = await asked(database, ada.person)
    herself = officer(ada.person)
    async with database.writing() as session:
        for who, code in ((SOFIA, "same_officer"), (herself, "own_account"), (ZORA, "role_missing")):
            with pytest.raises(NotPermitted, match=code):
                await recovery.approve(session, who, recovery=found, delay=DAY, now=NOW)
        with pytest.raises(NotPermitted, match="own_account"):
            await recovery.request(session, herself, person=ada.person, now=NOW)
        with pytest.raises(NotPermitted, match="role_missing"):
            await recovery.request(session, ZORA, person=ada.person, now=NOW)
        with pytest.raises(NotFound, match="unknown_recovery"):
            await recovery.cancel(session, ZORA, recovery=found, now=NOW)


async def test_officers_prove_who_they_are_each_time(database: Database, ada: people.Invitation) -> None:
    stale = NOW - timedelta(minutes=6)
    found = await approved(database, ada.person)
    async with database.writing() as session:
        for act in (
            recovery.request(session, officer("sofia", at=stale), person=ada.person, now=NOW),
            recovery.approve(session, officer("mona", at=stale), recovery=found, delay=DAY, now=NOW),
            recovery.make_link(session, officer("sofia", at=stale), recovery=found, now=NOW),
        ):
            with pytest.raises(StepUpNeeded):
                await act


async def test_of_one_account_one_recovery_is_open(database: Database, ada: people.Invitation) -> None:
    found = await approved(database, ada.person)

    with pytest.raises(AlreadyDecided, match="recovery_open"):
        await asked(database, ada.person)
    async with database.writing() as session:
        with pytest.raises(OutOfOrder, match="recovery_approved"):
            await recovery.approve(session, officer("mona"), recovery=found, delay=DAY, now=NOW)
        with pytest.raises(NotFound, match="unknown_person"):
            await recovery.request(session, SOFIA, person="nobody", now=NOW)


async def test_an_officer_tied_to_an_organisation_gets_nobody_of_it_a_new_way_in(database: Database) -> None:
    async with database.writing() as session:
        anna = await people.admit(
            session, name="anna", email="anna@acme.example", roles=[Role.APPLICANT], organisation="acme", by="engine",
            now=NOW,
        )  # fmt: skip
    found = await asked(database, anna)
    tied = [
        one.model_copy(update={"facts": one.facts.model_copy(update={"tied_to": ("acme",)})}) for one in (SOFIA, LARS)
    ]

    async with database.writing() as session:
        with pytest.raises(ConflictOfInterest, match="interest_in_organisation"):
            await recovery.approve(session, tied[1], recovery=found, delay=DAY, now=NOW)
        await recovery.approve(session, LARS, recovery=found, delay=timedelta(0), now=NOW)
        with pytest.raises(ConflictOfInterest, match="interest_in_organisation"):
            await recovery.make_link(session, tied[0], recovery=found, now=NOW)
        await recovery.cancel(session, tied[0], recovery=found, now=NOW)
        with pytest.raises(ConflictOfInterest, match="interest_in_organisation"):
            await recovery.request(session, tied[0], person=anna, now=NOW)


@pytest.mark.parametrize("whose", ["an officer", "the person"])
async def test_a_token_stops_no_recovery(database: Database, ada: people.Invitation, whose: str) -> None:
    """A stolen one, good for a year, would keep somebody from their account for as long."""
    found = await asked(database, ada.person)
    who = SOFIA if whose == "an officer" else officer(ada.person, Role.EXPERT, at=None)
    async with database.writing() as session:
        with pytest.raises(NotPermitted, match="token_too_weak"):
            await recovery.cancel(session, who.model_copy(update={"authn": "token"}), recovery=found, now=NOW)
