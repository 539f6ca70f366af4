"""An organisation sees who acts for it, and has a say in who may and who no longer (security I17, T28)."""

from datetime import timedelta

import pytest

from certify.accounts import colleagues, invitations, people, sessions
from certify.accounts.passwords import Passwords
from certify.accounts.principal import ALL_SCOPES, Principal
from certify.accounts.sign_in import accept_invitation
from certify.accounts.strength import StepUpNeeded
from certify.register import invitations as register
from certify.register import people as record
from certify.register.database import Database
from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE
from schemas.people import Role
from tests.builders import ORGANISATION
from tests.unit.certify.accounts.conftest import NOW
from tests.unit.certify.accounts.test_recovery import OLD, SOFIA

APPLICANT = (Role.APPLICANT,)
BOTH = (Role.APPLICANT, Role.EXPERT)


async def acting(
    database: Database, name: str, organisation: str = ORGANISATION, roles: tuple[Role, ...] = APPLICANT
) -> Principal:
    """Somebody who acts for an organisation, strongly signed in."""
    async with database.writing() as session:
        email = f"{name}@example.org"
        person = await people.admit(
            session, name=name, email=email, roles=roles, organisation=organisation, by=ENGINE, now=NOW
        )
        facts = await record.find(session, person)
    assert facts is not None
    return Principal(facts=facts, name=name, authn="password", scopes=ALL_SCOPES, strong_at=NOW)


@pytest.fixture
async def anna(database: Database) -> Principal:
    return await acting(database, "anna")


@pytest.fixture
async def zora(database: Database) -> Principal:
    return await acting(database, "zora", "org-other")


async def asked_for(database: Database, roles: tuple[Role, ...] = APPLICANT) -> str:
    async with database.writing() as session:
        asked = await invitations.invite(
            session, SOFIA, name="Ben", email="ben@example.org", roles=roles, organisation=ORGANISATION, now=NOW
        )
    assert isinstance(asked, str)
    return asked


async def test_a_person_of_the_organisation_consents_and_is_given_the_link(
    database: Database, passwords: Passwords, anna: Principal
) -> None:
    asked = await asked_for(database)

    async with database.writing() as session:
        made = await colleagues.consent(session, anna, invitation=asked, now=NOW)

    await accept_invitation(database, passwords, token=made.token, password=OLD, now=NOW)
    async with database.reading() as session:
        row, facts = await register.find(session, asked), await record.find(session, made.person)
    assert row is not None
    assert facts is not None
    assert (row.asked_by, row.confirmed_by, row.ended) == (SOFIA.person, anna.person, "confirmed")
    assert (facts.roles, facts.organisation) == (APPLICANT, ORGANISATION)


@pytest.mark.parametrize("says", [{"name": "Anna"}, {"email": "mallory@evil.example"}])
async def test_whoever_comes_in_is_whom_the_colleague_consented_to(
    database: Database, passwords: Passwords, anna: Principal, says: dict[str, str]
) -> None:
    asked = await asked_for(database)
    async with database.writing() as session:
        made = await colleagues.consent(session, anna, invitation=asked, now=NOW)

    with pytest.raises(Unacceptable, match="named_by_invitation"):
        await accept_invitation(database, passwords, token=made.token, password=OLD, **says, now=NOW)

    same = {"name": " Ben ", "email": "Ben@example.org"}
    await accept_invitation(database, passwords, token=made.token, password=OLD, **same, now=NOW)
    async with database.reading() as session:
        listed = (await colleagues.of(session, anna)).people
    assert [(one.name, one.email) for one in listed] == [("anna", "anna@example.org"), ("Ben", "ben@example.org")]


async def test_whom_nobody_could_reach_by_the_address_is_not_asked_for(database: Database, anna: Principal) -> None:
    nobodys = people.placeholder_address(Role.APPLICANT)
    async with database.writing() as session:
        with pytest.raises(Unacceptable, match="email_malformed"):
            await invitations.invite(
                session, SOFIA, name="Ben", email=nobodys, roles=APPLICANT, organisation=ORGANISATION, now=NOW
            )


async def test_an_address_is_listed_once_it_is_given_and_while_they_act(
    database: Database, passwords: Passwords, anna: Principal
) -> None:
    async with database.writing() as session:
        by_operator = await people.invite(
            session, name="Applicant", email=people.placeholder_address(Role.APPLICANT), roles=APPLICANT,
            organisation=ORGANISATION, by=ENGINE, now=NOW,
        )  # fmt: skip
    shown = [await _listed(database, anna)]
    given = {"name": "Cleo", "email": "cleo@example.org"}
    await accept_invitation(database, passwords, token=by_operator.token, password=OLD, **given, now=NOW)
    shown.append(await _listed(database, anna))
    async with database.writing() as session:
        await colleagues.end_access(session, anna, person=by_operator.person, now=NOW)
    shown.append(await _listed(database, anna))

    assert shown == [("Applicant", None), ("Cleo", "cleo@example.org"), ("Cleo", None)]


async def _listed(database: Database, anna: Principal) -> tuple[str, str | None]:
    """Name and address of the last one admitted."""
    async with database.reading() as session:
        last = (await colleagues.of(session, anna)).people[-1]
    return last.name, last.email


async def test_a_person_of_another_organisation_neither_sees_nor_answers_it(
    database: Database, anna: Principal, zora: Principal
) -> None:
    asked = await asked_for(database)

    async with database.writing() as session:
        for act in (colleagues.consent, colleagues.decline):
            with pytest.raises(NotFound, match="unknown_invitation"):
                await act(session, zora, invitation=asked, now=NOW)
        with pytest.raises(NotFound, match="unknown_person"):
            await colleagues.end_access(session, zora, person=anna.person, now=NOW)
        theirs, ours = await colleagues.of(session, zora), await colleagues.of(session, anna)

    assert ([one.name for one in theirs.people], theirs.asking) == (["zora"], [])
    assert [(one.waiting.name, one.waiting.email, one.asked_by, one.may_consent) for one in ours.asking] == [
        ("Ben", "ben@example.org", SOFIA.person, True)
    ]


async def test_consent_and_the_end_of_an_access_take_a_fresh_proof_and_somebody_who_acts_for_an_organisation(
    database: Database, anna: Principal
) -> None:
    asked, ben = await asked_for(database), await acting(database, "bea")
    stale = anna.model_copy(update={"strong_at": NOW - timedelta(minutes=6)})
    reads = anna.model_copy(update={"scopes": frozenset({"read"})})

    async with database.writing() as session:
        with pytest.raises(StepUpNeeded):
            await colleagues.consent(session, stale, invitation=asked, now=NOW)
        with pytest.raises(StepUpNeeded):
            await colleagues.end_access(session, stale, person=ben.person, now=NOW)
        for who, code in ((SOFIA, "role_missing"), (reads, "scope_missing")):
            for act in (colleagues.consent, colleagues.decline):
                with pytest.raises(NotPermitted, match=code):
                    await act(session, who, invitation=asked, now=NOW)
            with pytest.raises(NotPermitted, match=code):
                await colleagues.end_access(session, who, person=ben.person, now=NOW)
        with pytest.raises(NotPermitted, match="role_missing"):
            await colleagues.of(session, SOFIA)


async def test_what_is_refused_admits_nobody_and_is_answered_once(database: Database, anna: Principal) -> None:
    asked = await asked_for(database)

    async with database.writing() as session:
        await colleagues.decline(session, anna, invitation=asked, now=NOW)

    async with database.writing() as session:
        with pytest.raises(OutOfOrder, match="invitation_ended"):
            await colleagues.consent(session, anna, invitation=asked, now=NOW)
        found = await colleagues.of(session, anna)
    assert ([one.name for one in found.people], found.asking) == (["anna"], [])


async def test_a_role_of_the_body_is_given_and_taken_by_officers_only(database: Database, anna: Principal) -> None:
    asked, erik = await asked_for(database, BOTH), await acting(database, "erik", roles=BOTH)

    async with database.writing() as session:
        with pytest.raises(NotPermitted, match="role_of_the_body"):
            await colleagues.consent(session, anna, invitation=asked, now=NOW)
        with pytest.raises(NotPermitted, match="role_of_the_body"):
            await colleagues.end_access(session, anna, person=erik.person, now=NOW)
        found = await colleagues.of(session, anna)
        assert [one.may_consent for one in found.asking] == [False]
        assert [(one.name, one.may_be_ended) for one in found.people] == [("anna", False), ("erik", False)]
        await colleagues.decline(session, anna, invitation=asked, now=NOW)


async def test_a_colleague_is_shut_out_and_the_list_says_since_when(database: Database, anna: Principal) -> None:
    bea = await acting(database, "bea")
    async with database.writing() as session:
        cookie = await sessions.begin(session, person=bea.person, authn="password", now=NOW)
        await colleagues.end_access(session, anna, person=bea.person, now=NOW)

    async with database.writing() as session:
        with pytest.raises(NotPermitted, match="not_signed_in"):
            await sessions.find_live(session, cookie, NOW)
        with pytest.raises(AlreadyDecided, match="access_ended"):
            await colleagues.end_access(session, anna, person=bea.person, now=NOW)
        found = await colleagues.of(session, anna)
    assert [(one.name, one.since, one.last_signed_in_on, one.ended_at, one.may_be_ended) for one in found.people] == [
        ("anna", NOW, None, None, False),
        ("bea", NOW, NOW.date(), NOW, False),
    ]


async def test_the_last_one_stays(database: Database, anna: Principal) -> None:
    bea = await acting(database, "bea")

    async with database.writing() as session:
        with pytest.raises(NotPermitted, match="own_access"):
            await colleagues.end_access(session, anna, person=anna.person, now=NOW)
        await colleagues.end_access(session, anna, person=bea.person, now=NOW)
        # Both were let in before either acted.
        with pytest.raises(NotPermitted, match="not_signed_in"):
            await colleagues.end_access(session, bea, person=anna.person, now=NOW)
        found = await colleagues.of(session, anna)
    assert [one.name for one in found.people if one.ended_at is None] == ["anna"]
