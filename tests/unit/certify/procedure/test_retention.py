"""What is kept goes when its time is over, by class, once, on record, and not while it is held (security.md, 8)."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col, select

from certify.accounts import access, complainants, invitations, people, recovery, sessions, tokens
from certify.accounts.complainants import ComplainantContact
from certify.accounts.invitations import InvitedPerson
from certify.accounts.passkey_uses import PasskeyUse
from certify.accounts.people import Account
from certify.accounts.sessions import SignedIn
from certify.accounts.throttle import SignInFailure
from certify.accounts.tokens import ApiToken
from certify.accounts.totp import TotpSecret
from certify.procedure.attempts import keep_attempt
from certify.procedure.retention import look, retain
from certify.procedure.retention_classes import CLASSES, Then
from certify.procedure.retention_rows import ERASED_NAME, FINDERS
from certify.register import drafts, streams
from certify.register.complaints import ComplaintRecord
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.entries import JournalBody
from certify.register.invitations import InvitationRecord
from certify.register.recoveries import RecoveryRecord
from certify.register.schema import upgrade
from schemas.errors import NotPermitted
from schemas.identifiers import ENGINE
from schemas.legal_hold import HeldKind, HoldAsked, HoldLifted
from schemas.people import Role
from tests.builders import text
from tests.cells import CELLS
from tests.postgres import owned
from tests.unit.certify.accounts.test_recovery import officer
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import append, go_on
from workflows.options import matter_stream

NOW: Final = datetime.now(UTC)
DATA: Final = Path(__file__).parents[3] / "data"
DAY: Final = timedelta(days=1)
Put = Callable[[Database], Awaitable[None]]


async def ada(database: Database) -> str:
    async with database.writing() as session:
        return await people.admit(
            session, name="Ada", email="ada@example.org", roles=[Role.EXPERT], areas=["ethics_or_law"], by=ENGINE,
            now=NOW,
        )  # fmt: skip


async def put(database: Database, *rows: SQLModel) -> None:
    async with database.writing() as session:
        session.add_all(rows)


async def a_counter(database: Database) -> None:
    await put(database, SignInFailure(address_digest="0", failures=3, last_at=NOW))


async def a_session(database: Database) -> None:
    person = await ada(database)
    async with database.writing() as session:
        await sessions.begin(session, person=person, authn="session", now=NOW)


async def a_token(database: Database) -> None:
    person = await ada(database)
    async with database.writing() as session:
        await tokens.create(session, person=person, name="t", scopes=["read"], expires_at=NOW + DAY, now=NOW)


async def a_draft(database: Database) -> None:
    person = await ada(database)
    async with database.writing() as session:
        await drafts.save(session, person, "application/A-1", {"purpose": "canary"})


async def an_invitation(database: Database) -> None:
    async with database.writing() as session:
        for who, role in (("sofia", Role.SECRETARIAT), ("lars", Role.LABEL_OFFICER)):
            at = f"{who}@example.org"
            person = await people.admit(session, name=who, email=at, roles=[role], by=ENGINE, now=NOW)
            people.set_hash(session, await session.get_one(Account, person), "came in")
        await invitations.invite(
            session, officer(person, Role.LABEL_OFFICER), name="Mona", email="m@example.org", roles=[Role.EXPERT],
            areas=["ethics_or_law"], now=NOW,
        )  # fmt: skip


async def a_recovery(database: Database) -> None:
    person = await ada(database)
    async with database.writing() as session:
        await recovery.request(session, officer("sofia", at=NOW), person=person, now=NOW)


async def a_contact(database: Database) -> None:
    async with database.writing() as session:
        await complainants.keep(session, "CODE", "ask@me.example")
    row = ComplaintRecord(
        code="CODE", about="label", label="LABEL", life_at_risk=False, filed_at=NOW, due_at=NOW, outcome="upheld",
        decided_at=NOW,
    )  # fmt: skip
    await put(database, row)


async def an_account(database: Database) -> None:
    person = await ada(database)
    async with database.writing() as session:
        await access.end(session, officer("sofia", at=NOW), person=person, now=NOW)


async def credentials(database: Database) -> None:
    await an_account(database)
    async with database.writing() as session:
        person = (await session.exec(select(Account.person))).one()
        session.add(TotpSecret(person=person, secret=b"canary"))


async def an_attempt(database: Database) -> None:
    await keep_attempt(
        database, "zora", "cast_ballot", "case-1", NotPermitted("role_missing", "…"), "r1", authn="session"
    )


PUT: dict[str, Put] = {
    "counters": a_counter,
    "sign_in": a_session,
    "tokens": a_token,
    "drafts": a_draft,
    "invitations": an_invitation,
    "recoveries": a_recovery,
    "contacts": a_contact,
    "credentials": credentials,
    "accounts": an_account,
    "attempts": an_attempt,
}
"""By class, what puts one of it there, kept since `NOW`."""

_LEFT: dict[str, Any] = {
    "counters": select(SignInFailure),
    "sign_in": select(SignedIn),
    "tokens": select(ApiToken),
    "drafts": select(Draft),
    "invitations": select(InvitedPerson),
    "recoveries": select(RecoveryRecord).where(col(RecoveryRecord.ended).is_(None)),
    "contacts": select(ComplainantContact),
    "credentials": select(TotpSecret),
    "accounts": select(Account).where(Account.name != ERASED_NAME),
    "attempts": select(JournalBody).where(JournalBody.stream == "attempts"),
}
"""By class, how what is left of it is found."""


async def left(database: Database, name: str) -> int:
    async with database.reading() as session:
        return len((await session.exec(_LEFT[name])).all())


async def due(database: Database, name: str, now: datetime) -> int:
    (found,) = [one for one in await look(database, None, now) if one.name == name]
    return found.count


async def told(database: Database) -> list[tuple[str, int]]:
    """Class and count of every event of the job."""
    async with database.reading() as session:
        bodies = [json.loads(body) for body in await streams.bodies(session, "people")]
    return [(body["retained"], body["count"]) for body in bodies if body["kind"] == "retention_applied"]


async def held(database: Database, about: HeldKind, it: str) -> None:
    asked = HoldAsked(at=NOW, actor="sofia", hold="hold-1", about=about, held=it, reasons=text())
    await append(database, matter_stream("legal_hold", "hold-1"), asked)


async def lifted(database: Database) -> None:
    await go_on(database, matter_stream("legal_hold", "hold-1"), HoldLifted(at=NOW, actor="lars"))


def after(name: str, by: timedelta) -> datetime:
    # A token counts from its end.
    return NOW + CLASSES[name].kept_for + by + (DAY if name == "tokens" else timedelta())


def test_every_class_that_the_job_erases_is_tested_and_done() -> None:
    erased = {name for name, one in CLASSES.items() if one.then == Then.ERASED} - {"security_log"}
    assert erased == set(FINDERS) == set(PUT)


@pytest.mark.parametrize("name", PUT)
async def test_what_is_kept_goes_when_its_time_is_over_and_not_before(database: Database, name: str) -> None:
    await PUT[name](database)
    there = await left(database, name)
    assert there > 0
    assert await due(database, name, after(name, -DAY)) == 0
    await retain(database, None, after(name, -DAY))
    assert await left(database, name) == there

    assert await due(database, name, after(name, DAY)) == 1
    assert await left(database, name) == there
    await retain(database, None, after(name, DAY))
    assert await left(database, name) == 0
    assert (name, 1) in await told(database)


@pytest.mark.parametrize("name", PUT)
async def test_a_second_run_finds_nothing_and_records_nothing(database: Database, name: str) -> None:
    await PUT[name](database)
    await retain(database, None, after(name, DAY))
    before = await told(database)

    assert await due(database, name, after(name, DAY)) == 0
    await retain(database, None, after(name, DAY))
    assert await told(database) == before


@pytest.mark.parametrize("name", ["tokens", "drafts", "recoveries", "credentials", "accounts"])
async def test_what_is_a_held_persons_stays_until_the_hold_is_lifted(database: Database, name: str) -> None:
    await PUT[name](database)
    async with database.reading() as session:
        person = (await session.exec(select(Account.person))).one()
    await held(database, HeldKind.PERSON, person)
    await retain(database, None, after(name, DAY))
    assert await left(database, name) == 1
    assert (name, 1) not in await told(database)

    await lifted(database)
    await retain(database, None, after(name, DAY))
    assert await left(database, name) == 0


async def test_the_contact_of_who_complained_of_a_held_label_stays(database: Database) -> None:
    await a_contact(database)
    await held(database, HeldKind.LABEL, "LABEL")
    await retain(database, None, after("contacts", DAY))
    assert await left(database, "contacts") == 1


@pytest.mark.parametrize(("about", "it"), [(HeldKind.CASE, "case-1"), (HeldKind.PERSON, "zora")])
async def test_what_a_refused_act_was_stays_while_its_case_or_person_is_held(
    database: Database, about: HeldKind, it: str
) -> None:
    await an_attempt(database)
    await held(database, about, it)
    await retain(database, None, after("attempts", DAY))
    assert await left(database, "attempts") == 1


async def test_a_draft_about_a_held_case_stays(database: Database) -> None:
    person = await ada(database)
    async with database.writing() as session:
        await drafts.save(session, person, "review/case-1", {})
    await held(database, HeldKind.CASE, "case-1")
    await retain(database, None, after("drafts", DAY))
    assert await left(database, "drafts") == 1


async def test_a_complaint_that_is_not_decided_keeps_its_contact(database: Database) -> None:
    row = ComplaintRecord(code="CODE", about="label", life_at_risk=False, filed_at=NOW, due_at=NOW)
    await put(database, row, ComplainantContact(complaint="CODE", contact="ask@me.example"))
    await retain(database, None, NOW + 4000 * DAY)
    assert await left(database, "contacts") == 1


async def test_an_account_in_use_keeps_its_name_for_good(database: Database) -> None:
    person = await ada(database)
    await put(database, PasskeyUse(credential_id="key", name="Ada's key", person=person, public_key=""))
    await retain(database, None, NOW + 40000 * DAY)
    async with database.reading() as session:
        assert (await session.get_one(Account, person)).name == "Ada"


async def test_an_invitation_that_lapsed_cannot_be_confirmed_and_says_why(database: Database) -> None:
    await an_invitation(database)
    await retain(database, None, after("invitations", DAY))
    async with database.reading() as session:
        assert (await session.exec(select(InvitationRecord.ended))).one() == "refused"


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


async def test_erased_bodies_of_attempts_are_no_finding_and_the_chain_goes_on(body: Body) -> None:
    await an_attempt(body.database)
    await retain(body.database, None, after("attempts", DAY))
    await an_attempt(body.database)

    assert await left(body.database, "attempts") == 1
    assert await body.check() == []


async def test_a_body_of_an_attempt_that_somebody_else_deleted_is_a_finding(body: Body) -> None:
    await an_attempt(body.database)
    await retain(body.database, None, after("attempts", DAY))
    await an_attempt(body.database)
    async with body.database.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM journal_body WHERE stream = 'attempts'")

    assert await body.codes() == ["chain_broken"]


async def test_no_other_body_can_be_deleted(body: Body) -> None:
    await an_attempt(body.database)
    with pytest.raises(DBAPIError, match="append-only"):
        async with owned(body.database) as opened, opened.engine.begin() as connection:
            await connection.exec_driver_sql("DELETE FROM journal_body WHERE stream <> 'attempts'")
    with pytest.raises(DBAPIError, match="append-only"):
        async with owned(body.database) as opened, opened.engine.begin() as connection:
            await connection.exec_driver_sql("DELETE FROM journal_entry WHERE stream = 'attempts'")


async def test_a_record_of_an_earlier_version_lets_go_of_them_too_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "certify.db"
    path.write_bytes((DATA / "first" / "data" / "certify.db").read_bytes())
    old = Database(f"sqlite+aiosqlite:///{path}", cells=CELLS)
    await upgrade(old)
    await an_attempt(old)
    await retain(old, None, after("attempts", DAY))
    assert await left(old, "attempts") == 0
    with pytest.raises(DBAPIError, match="append-only"):
        async with old.engine.begin() as connection:
            await connection.exec_driver_sql("DELETE FROM journal_body")
    await old.close()
