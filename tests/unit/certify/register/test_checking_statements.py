"""The check of cases in which the applicant states what everybody is to read."""

from pathlib import Path

import pytest

from certify.procedure.lodging import EDITION
from certify.register.database import Database
from schemas.events import PublicStatementMade
from schemas.scheme import Tier
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, forge, founded
from tests.unit.certify.register.records import RecordedWalk


@pytest.fixture
async def on_sqlite(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def stated(body: Body) -> RecordedWalk:
    """A case whose manifest names a statement for the public page."""
    walk = RecordedWalk(application="case-1", tier=Tier.HIGH, edition=EDITION).to_planning()
    await walk.store(body.vault)
    return walk


async def test_nothing_is_found_where_the_manifest_names_what_was_stated(on_sqlite: Body) -> None:
    walk = await stated(on_sqlite)
    await walk.record(on_sqlite.database)

    assert await on_sqlite.check() == []


async def test_a_statement_that_was_altered_is_found(on_sqlite: Body) -> None:
    walk = await stated(on_sqlite)
    altered = [
        event.model_copy(update={"statement": event.statement.model_copy(update={"main_limitations": "None."})})
        if isinstance(event, PublicStatementMade)
        else event
        for event in walk.events
    ]

    await forge(on_sqlite, walk, *altered)

    assert await on_sqlite.codes() == ["manifest_differs"]
