"""What a legal hold covers is found however it is named, and the rest goes (security.md, 8; docs/decisions/0062)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from certify.procedure import retention, retention_rows
from certify.procedure.attempts import keep_attempt
from certify.procedure.retention import keep_retaining, retain
from certify.procedure.retention_rows import ranges_of
from certify.register import attempts, drafts, guards
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.entries import JournalBody
from certify.register.invitations import InvitationRecord
from schemas.errors import NotPermitted, Unavailable
from schemas.identifiers import ENGINE
from schemas.legal_hold import HeldKind
from schemas.record_events import RetentionApplied
from tests.builders import APPLICANT, EXPERTS
from tests.postgres import owned
from tests.unit.certify.procedure.test_retention import (
    DAY,
    NOW,
    a_contact,
    after,
    an_invitation,
    due,
    held,
    left,
    lifted,
    told,
)
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk, go_on


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


async def drafts_left(database: Database) -> set[tuple[str, str]]:
    async with database.reading() as session:
        return {(one.person, one.subject) for one in (await session.exec(select(Draft))).all()}


async def test_drafts_about_a_held_case_stay_under_its_id_and_under_its_reference(body: Body) -> None:
    for application in ("case-1", "case-12"):
        await RecordedWalk(application=application).to_intake().record(body.database)
    ann, edda = APPLICANT.person, EXPERTS[0].person
    about_it = {(ann, "application/CASE-1"), (edda, "review/case-1")}
    others = {(ann, "application/CASE-12"), (edda, "review/case-12"), ("zora", "application/CASE-1")}
    async with body.database.writing() as session:
        for person, subject in about_it | others:
            await drafts.save(session, person, subject, {"purpose": "canary"})
    await held(body.database, HeldKind.CASE, "case-1")

    await retain(body.database, None, after("drafts", DAY))

    assert await drafts_left(body.database) == about_it


async def test_an_invitation_into_a_held_organisation_stays_until_the_hold_is_lifted(database: Database) -> None:
    await an_invitation(database)
    async with database.writing() as session:
        (await session.exec(select(InvitationRecord))).one().organisation = "acme"
    await held(database, HeldKind.ORGANISATION, "acme")
    await retain(database, None, after("invitations", DAY))
    assert await left(database, "invitations") == 1

    await lifted(database)
    await retain(database, None, after("invitations", DAY))
    assert await left(database, "invitations") == 0


async def attempts_of(database: Database, *actors: str) -> None:
    for actor in actors:
        await keep_attempt(
            database, actor, "cast_ballot", "case-1", NotPermitted("role_missing", "…"), "r1", authn="session"
        )


async def test_a_held_body_that_is_deleted_after_a_run_is_a_finding_and_stays_one(body: Body) -> None:
    await attempts_of(body.database, "yann", "zora", "yann")
    await held(body.database, HeldKind.PERSON, "zora")
    await retain(body.database, None, after("attempts", DAY))
    assert (await left(body.database, "attempts"), await body.codes()) == (1, [])

    async with body.database.writing() as session:
        await attempts.erase_bodies(session, [2])
    assert await body.codes() == ["chain_broken"]
    await attempts_of(body.database, "yann")
    await retain(body.database, None, after("attempts", 2 * DAY))
    assert [finding.where for finding in await body.check()] == ["attempts 2"]


async def test_an_earlier_version_told_only_the_last_number_that_it_erased(body: Body) -> None:
    await attempts_of(body.database, "yann", "yann", "yann")
    later = after("attempts", DAY)
    told = RetentionApplied(at=later, actor=ENGINE, retained="attempts", count=2, before=later, oldest=NOW, through=2)
    await go_on(body.database, "people", told)
    async with body.database.writing() as session:
        await attempts.erase_bodies(session, [1, 2])
    assert await body.codes() == []

    async with body.database.writing() as session:
        await attempts.erase_bodies(session, [3])
    assert [finding.where for finding in await body.check()] == ["attempts 3"]


async def test_what_one_event_cannot_name_goes_with_the_next_run(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention_rows, "RANGES_MAX", 1)
    await attempts_of(body.database, "yann", "yann", "zora", "yann")
    await held(body.database, HeldKind.PERSON, "zora")

    numbers_left = []
    for _ in range(2):
        await retain(body.database, None, after("attempts", DAY))
        numbers_left.append(await left(body.database, "attempts"))

    assert (numbers_left, await body.codes()) == ([2, 1], [])


def test_numbers_are_told_as_ranges_without_a_gap() -> None:
    assert ranges_of([]) == ()
    assert ranges_of([1, 2, 3, 5, 7, 8]) == ((1, 3), (5, 5), (7, 8))


async def bodies_left(database: Database) -> int:
    async with database.reading() as session:
        return len((await session.exec(select(JournalBody.number).where(JournalBody.stream == "attempts"))).all())


async def spoil_attempts(database: Database, body: bytes) -> None:
    """Write over the bodies of attempts, as the owner of the database who took the guards away."""
    async with owned(database) as all_rights, all_rights.engine.begin() as connection:
        for statement in guards.dropping(connection.dialect.name):
            await connection.execute(text(statement))
        await connection.execute(text("UPDATE journal_body SET body = :body WHERE stream = 'attempts'"), {"body": body})


@pytest.mark.parametrize("spoilt", [b"CCELL1:\x01xjunk", b'{"kind": "attempt_refused"}'])
async def test_an_attempt_that_cannot_be_read_is_kept_while_a_hold_stands_and_hinders_nothing(
    database: Database, spoilt: bytes
) -> None:
    await attempts_of(database, "yann")
    await a_contact(database)
    await spoil_attempts(database, spoilt)
    await held(database, HeldKind.PERSON, "zora")
    await retain(database, None, after("attempts", DAY))
    assert (await bodies_left(database), await left(database, "contacts")) == (1, 0)

    await lifted(database)
    await retain(database, None, after("attempts", DAY))
    assert await bodies_left(database) == 0


async def test_a_class_that_cannot_be_done_hinders_no_other_and_is_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> Any:
        raise ValueError("a row that nobody foresaw")

    await a_contact(database)
    with monkeypatch.context() as patched:
        patched.setitem(retention_rows.FINDERS, "counters", fail)
        with pytest.raises(Unavailable, match=r"not_all_retained.*: counters\."):
            await retain(database, None, after("contacts", DAY))
    assert await left(database, "contacts") == 0
    assert ("contacts", 1) in await told(database)
    assert await due(database, "contacts", after("contacts", DAY)) == 0


async def test_the_daily_task_outlives_whatever_a_run_raises(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    async def require_whole() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise ValueError("what nobody foresaw")
        raise asyncio.CancelledError

    monkeypatch.setattr(retention, "AGAIN_AFTER", 0 * DAY)
    with pytest.raises(asyncio.CancelledError):
        await keep_retaining(database, None, require_whole)
    assert len(begun) == 2
