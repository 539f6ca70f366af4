"""What a label's page counts are the reviews behind its results; who left the case is not among them."""

from importlib import import_module
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from certify.register import labels
from certify.register.cases import CaseRecord
from certify.register.database import Database
from schemas.public_facts import PublicFacts
from schemas.scheme import Tier
from tests.builders import EXPERTS, SECRETARY, text
from tests.cells import IN_CLEAR
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk
from workflows.activities import SigningOrder
from workflows.rules.case.attestation import attest

MIGRATION = import_module("certify.migrations.versions.0155_reviews_that_stand")
EDDA, EMIL = EXPERTS[:2]
MEASURED = "I-1.2-02"
"""A criterion of the low tier that a test report or something else can show."""


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=IN_CLEAR), tmp_path)


async def labelled(body: Body) -> RecordedWalk:
    """Record a label whose first reviewer cited the holder's own tests, found an interest and made room for another."""
    walk = RecordedWalk(Tier.LOW, edition=2).to_intake().offer(MEASURED, type="test_report")
    walk.with_evidence().act("accept_application", SECRETARY).staffed(EDDA).reviewed((EDDA,))
    left = {one.criterion for one in walk.case.reviews[EDDA.person].findings}
    walk.act("declare_interests", EDDA, has_interest=True, statement=text()).staffed(EMIL)
    other = next(item.id for item in walk.case.items.values() if MEASURED not in item.criteria)
    findings = tuple(
        one.model_copy(update={"cited": (other,)}) if one.criterion == MEASURED else one
        for one in walk.findings(EMIL.person)
    )
    assert {one.criterion for one in findings} == left
    walk.confirmed(by=EMIL).act("submit_review", EMIL, findings=findings).advised().granted()
    await walk.store(body.vault)
    await walk.record(body.database)
    label = await body.signing().issue_label(SigningOrder(decision=walk.decision_number))
    walk.conclude(attest(walk.case, label, walk.now))
    await walk.record(body.database)
    return walk


async def facts_on_page(body: Body, label: str) -> PublicFacts:
    async with body.database.reading() as session:
        row = await labels.find(session, label)
    assert row is not None
    return row.public_facts


async def test_a_reviewer_who_left_is_not_counted_nor_what_they_cited(body: Body) -> None:
    walk = await labelled(body)
    facts = await facts_on_page(body, walk.case.label.id)
    assert set(walk.case.reviews) == {EDDA.person, EMIL.person}
    assert (facts.experts, facts.own_tests) == (1, 0)
    assert await body.check() == []


async def test_labels_on_record_are_counted_again_by_the_migration(body: Body) -> None:
    walk = await labelled(body)
    label = walk.case.label.id
    async with body.database.writing() as session:
        row = await session.get(labels.LabelRecord, label)
        row.facts = row.public_facts.model_copy(update={"experts": 2, "own_tests": 1}).model_dump_json()
        session.add(row)
    assert [one.code for one in await body.check()] == ["view_differs"]

    await migrated(body.database)
    assert (await facts_on_page(body, label)).experts == 1
    assert await body.check() == []


async def test_the_migration_leaves_a_case_alone_that_cannot_be_read(body: Body) -> None:
    walk = await labelled(body)
    before = await facts_on_page(body, walk.case.label.id)
    async with body.database.writing() as session:
        row = await session.get(labels.LabelRecord, walk.case.label.id)
        row.facts = before.model_copy(update={"experts": 2}).model_dump_json()
        session.add(row)
        case = await session.get(CaseRecord, walk.application)
        case.state = "{}"
        session.add(case)

    await migrated(body.database)
    assert (await facts_on_page(body, walk.case.label.id)).experts == 2


async def migrated(database: Database) -> None:
    def run(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            MIGRATION.upgrade()

    async with database.engine.begin() as connection:
        await connection.run_sync(run)
