"""What a legal hold covers is found however it is named, and the rest goes (security.md, 8; docs/decisions/0062)."""

from pathlib import Path

import pytest
from sqlmodel import select

from certify.procedure.retention import retain
from certify.register import drafts
from certify.register.database import Database
from certify.register.drafts import Draft
from schemas.legal_hold import HeldKind
from tests.builders import APPLICANT, EXPERTS
from tests.unit.certify.procedure.test_retention import DAY, after, held
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk


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
