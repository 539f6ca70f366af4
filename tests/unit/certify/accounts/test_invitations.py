"""Where anything can be gained by it, nobody is let in by one person; a body begins with one (security I17, T28)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from certify.accounts import access, invitations, people
from certify.accounts.invitations import InvitedPerson
from certify.accounts.passwords import Passwords
from certify.accounts.principal import Principal
from certify.accounts.sign_in import accept_invitation
from certify.accounts.strength import StepUpNeeded
from certify.register import invitations as register
from certify.register import matters
from certify.register import people as record
from certify.register.cases import CaseRecord, columns_of
from certify.register.database import Database
from certify.register.schema import load_tables
from schemas.errors import ConflictOfInterest, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE
from schemas.organisation import Organisation as OrganisationState
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from tests.builders import ORGANISATION, Walk, text
from tests.unit.certify.accounts.conftest import NOW
from tests.unit.certify.accounts.test_recovery import OLD, officer

MONA = {"name": "Mona", "email": "Mona@Example.org", "roles": [Role.EXPERT], "areas": ["ethics_or_law"]}


async def admitted(database: Database, name: str, role: Role) -> Principal:
    async with database.writing() as session:
        email = f"{name}@example.org"
        person = await people.admit(session, name=name, email=email, roles=[role], by=ENGINE, now=NOW)
    return officer(person, role)


async def came_in(database: Database, passwords: Passwords, who: Principal) -> None:
    async with database.writing() as session:
        token = await people.invite_again(session, person=who.person, now=NOW)
    await accept_invitation(database, passwords, token=token, password=OLD, now=NOW)


@pytest.fixture
async def sofia(database: Database, passwords: Passwords) -> Principal:
    who = await admitted(database, "sofia", Role.SECRETARIAT)
    await came_in(database, passwords, who)
    return who


@pytest.fixture
async def lars(database: Database, passwords: Passwords) -> Principal:
    who = await admitted(database, "lars", Role.LABEL_OFFICER)
    await came_in(database, passwords, who)
    return who


async def invited(database: Database, by: Principal, **changes: Any) -> people.Invitation | str:
    async with database.writing() as session:
        return await invitations.invite(session, by, **{**MONA, **changes}, now=NOW)


async def everyone(database: Database) -> list[str]:
    async with database.reading() as session:
        return [one.name for one in await people.everyone(session)]


async def test_somebody_with_a_role_is_admitted_by_the_second_officer_as_the_first_one_asked(
    database: Database, passwords: Passwords, sofia: Principal, lars: Principal
) -> None:
    asked = await invited(database, sofia)
    assert isinstance(asked, str)
    assert await everyone(database) == ["lars", "sofia"]

    async with database.writing() as session:
        made = await invitations.confirm(session, lars, invitation=asked, now=NOW)

    await accept_invitation(database, passwords, token=made.token, password=OLD, now=NOW)
    async with database.reading() as session:
        facts = await record.find(session, made.person)
        row = await register.find(session, asked)
        kept = (await session.exec(select(InvitedPerson))).all()
        account = await people.find(session, made.person)
    assert facts is not None
    assert (facts.roles, facts.areas) == ((Role.EXPERT,), ("ethics_or_law",))
    assert account is not None
    assert (account.name, account.email) == ("Mona", "mona@example.org")
    assert row is not None
    assert (row.asked_by, row.confirmed_by, row.ended) == (sofia.person, lars.person, "confirmed")
    assert list(kept) == []


async def test_nobody_confirms_what_they_asked_for_nor_without_a_fresh_proof_nor_without_the_office(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    asked = await invited(database, sofia)
    assert isinstance(asked, str)
    expert = Principal(
        facts=PersonFacts(person="edda", roles=(Role.EXPERT,)), name="Edda", authn="passkey", scopes=sofia.scopes,
        strong_at=NOW,
    )  # fmt: skip
    stale = lars.model_copy(update={"strong_at": NOW - timedelta(minutes=6)})
    async with database.writing() as session:
        for who, code in ((sofia, "same_officer"), (expert, "role_missing")):
            with pytest.raises(NotPermitted, match=code):
                await invitations.confirm(session, who, invitation=asked, now=NOW)
        with pytest.raises(NotPermitted, match="role_missing"):
            await invitations.refuse(session, expert, invitation=asked, now=NOW)
        with pytest.raises(StepUpNeeded):
            await invitations.confirm(session, stale, invitation=asked, now=NOW)
        with pytest.raises(NotFound, match="unknown_invitation"):
            await invitations.confirm(session, lars, invitation="none", now=NOW)

    assert await everyone(database) == ["lars", "sofia"]


@pytest.mark.parametrize("by", ["sofia", "lars"])
async def test_a_refused_one_admits_nobody_and_forgets_the_name(
    database: Database, sofia: Principal, lars: Principal, by: str
) -> None:
    asked = await invited(database, sofia)
    assert isinstance(asked, str)

    async with database.writing() as session:
        await invitations.refuse(session, {"sofia": sofia, "lars": lars}[by], invitation=asked, now=NOW)

    async with database.writing() as session:
        assert await invitations.waiting(session) == []
        assert (await session.exec(select(InvitedPerson))).all() == []
        for act in (invitations.confirm, invitations.refuse):
            with pytest.raises(OutOfOrder, match="invitation_ended"):
                await act(session, lars, invitation=asked, now=NOW)


async def test_an_address_that_was_taken_meanwhile_admits_nobody_and_the_invitation_waits_on(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    asked = await invited(database, sofia)
    assert isinstance(asked, str)
    await admitted(database, "mona", Role.EXPERT)

    with pytest.raises(Unacceptable, match="email_taken"):
        async with database.writing() as session:
            await invitations.confirm(session, lars, invitation=asked, now=NOW)

    async with database.reading() as session:
        assert [(one.name, one.row.id) for one in await invitations.waiting(session)] == [("Mona", asked)]


APPLICANT = {
    "name": "Ben",
    "email": "ben@example.org",
    "roles": [Role.APPLICANT],
    "organisation": ORGANISATION,
    "areas": [],
}


async def acting_for_acme(database: Database, name: str = "anna") -> str:
    async with database.writing() as session:
        return await people.admit(
            session, name=name, email=f"{name}@acme.example", roles=[Role.APPLICANT], organisation=ORGANISATION,
            by=ENGINE, now=NOW,
        )  # fmt: skip


async def test_the_first_who_acts_for_an_organisation_takes_one_officer_and_everybody_after_takes_two(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    assert isinstance(await invited(database, sofia, **APPLICANT), people.Invitation)
    for email in ("cara@example.org", "dora@example.org"):
        assert isinstance(await invited(database, sofia, **APPLICANT | {"email": email}), str)
    assert isinstance(await invited(database, sofia, **APPLICANT | {"organisation": "other", "email": "e@e.org"}),
                      people.Invitation)  # fmt: skip


async def test_whoever_has_a_role_of_the_body_besides_takes_two(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    both = APPLICANT | {"roles": [Role.APPLICANT, Role.EXPERT]}

    assert isinstance(await invited(database, sofia, **both), str)


async def test_into_an_organisation_with_a_case_or_a_matter_nobody_comes_by_one_officer(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    async with database.writing() as session:
        load_tables()
        session.add(CaseRecord(**columns_of(Walk().to_intake().case)))
        asked = await invitations.invite(session, sofia, **APPLICANT, now=NOW)
        entered = OrganisationState(id="globex", opened_by=ENGINE, opened_at=NOW)
        session.add(matters.row_of("organisation", entered))
        also = await invitations.invite(
            session, sofia, **APPLICANT | {"organisation": "globex", "email": "g@globex.example"}, now=NOW
        )

    assert isinstance(asked, str)
    assert isinstance(also, str)


async def test_not_even_the_only_officer_comes_alone_into_an_organisation_that_has_people(
    database: Database, sofia: Principal
) -> None:
    await acting_for_acme(database)

    assert isinstance(await invited(database, sofia, **APPLICANT), str)
    both = APPLICANT | {"roles": [Role.APPLICANT, Role.EXPERT], "email": "both@example.org"}
    assert isinstance(await invited(database, sofia, **both), str)


async def test_ending_everybodys_access_makes_no_organisation_empty(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    anna = await acting_for_acme(database)
    async with database.writing() as session:
        await access.end(session, sofia, person=anna, now=NOW)

    assert isinstance(await invited(database, sofia, **APPLICANT), str)


@pytest.mark.parametrize(
    "bound", [{"tied_to": (ORGANISATION,)}, {"organisation": ORGANISATION}], ids=["tied", "employed"]
)
async def test_an_officer_whom_a_tie_binds_neither_invites_nor_confirms(
    database: Database, sofia: Principal, lars: Principal, bound: dict[str, Any]
) -> None:
    await acting_for_acme(database)
    asked = await invited(database, sofia, **APPLICANT)
    assert isinstance(asked, str)
    tied = {who.person: who.model_copy(update={"facts": who.facts.model_copy(update=bound)}) for who in (sofia, lars)}

    with pytest.raises(ConflictOfInterest, match="interest_in_organisation"):
        await invited(database, tied[sofia.person], **APPLICANT | {"email": "cara@example.org"})
    async with database.writing() as session:
        row = await register.find(session, asked)
        assert row is not None
        assert await invitations.may_confirm(session, lars, row)
        assert not await invitations.may_confirm(session, tied[lars.person], row)
        with pytest.raises(ConflictOfInterest, match="interest_in_organisation"):
            await invitations.confirm(session, tied[lars.person], invitation=asked, now=NOW)
    assert await everyone(database) == ["anna", "lars", "sofia"]


async def test_an_officer_with_an_interest_in_a_case_of_the_organisation_or_kept_away_from_it_does_not_confirm(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    walk = Walk(Tier.CRITICAL, kept_away=("rival",)).to_grant()
    walk.act("declare_interests", lars.facts, has_interest=True, statement=text())
    await acting_for_acme(database)
    async with database.writing() as session:
        session.add(CaseRecord(**columns_of(walk.case)))
    asked = await invited(database, sofia, **APPLICANT)
    assert isinstance(asked, str)
    of_rival = officer("olaf", Role.LABEL_OFFICER)
    of_rival = of_rival.model_copy(update={"facts": of_rival.facts.model_copy(update={"tied_to": ("rival",)})})

    async with database.writing() as session:
        for who in (lars, of_rival):
            with pytest.raises(ConflictOfInterest, match="interest_in_organisation"):
                await invitations.confirm(session, who, invitation=asked, now=NOW)
        await invitations.confirm(session, officer("olga", Role.LABEL_OFFICER), invitation=asked, now=NOW)


async def test_a_body_begins_with_one_officer_until_a_second_has_come_in(
    database: Database, passwords: Passwords, sofia: Principal
) -> None:
    lars = await admitted(database, "lars", Role.LABEL_OFFICER)
    await came_in(database, passwords, await admitted(database, "edda", Role.EXPERT))
    assert isinstance(await invited(database, sofia), people.Invitation)

    await came_in(database, passwords, lars)

    assert isinstance(await invited(database, sofia, email="ben@example.org"), str)


async def test_nobody_becomes_the_only_officer_by_ending_the_access_of_the_others(
    database: Database, sofia: Principal, lars: Principal
) -> None:
    async with database.writing() as session:
        await access.end(session, sofia, person=lars.person, now=NOW)

    assert isinstance(await invited(database, sofia), str)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"email": "no address"}, "email_malformed"),
        ({"email": "lars@example.org"}, "email_taken"),
        ({"roles": [Role.SECRETARIAT, Role.LABEL_OFFICER]}, "roles_apart"),
    ],
)
async def test_what_could_never_be_admitted_is_not_asked_for(
    database: Database, sofia: Principal, lars: Principal, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Unacceptable, match=code):
        await invited(database, sofia, **changes)

    async with database.reading() as session:
        assert await invitations.waiting(session) == []
