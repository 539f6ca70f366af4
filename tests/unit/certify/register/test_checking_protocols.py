"""The check of cases in which a reviewer's protocol is evidence."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certify.register.database import Database
from schemas.events import ProtocolRecorded
from tests.builders import EXPERTS, text
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, forge, founded
from tests.unit.certify.register.records import RecordedWalk
from workflows.activities import SigningOrder
from workflows.rules.case.attestation import attest


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


@pytest.fixture
async def on_sqlite(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


TEXTS = {"participants": text("Advice"), "shown": text("Report"), "observed": text()}


async def demonstrated(body: Body) -> RecordedWalk:
    """A granted case in which a reviewer recorded a demonstration."""
    walk = RecordedWalk(application="case-1", edition=2).to_evaluation().demonstrated(EXPERTS[0], **TEXTS)
    walk.reviewed().advised().granted()
    await walk.store(body.vault)
    return walk


async def test_nothing_is_found_where_a_protocol_is_evidence(body: Body) -> None:
    walk = await demonstrated(body)
    await walk.record(body.database)
    label = await body.signing().issue_label(SigningOrder(decision=walk.decision_number))
    walk.conclude(attest(walk.case, label, walk.now))
    await walk.record(body.database)

    assert await body.check() == []


@pytest.mark.parametrize("changes", [{"held_on": date(2026, 3, 1)}, {"observed": text("Report")}])
async def test_a_protocol_that_was_altered_is_found(on_sqlite: Body, changes: dict[str, Any]) -> None:
    walk = await demonstrated(on_sqlite)
    altered = [
        event.model_copy(update={"protocol": event.protocol.model_copy(update=changes)})
        if isinstance(event, ProtocolRecorded)
        else event
        for event in walk.events
    ]

    await forge(on_sqlite, walk, *altered)

    assert await on_sqlite.codes() == ["manifest_differs"]


async def test_a_protocol_whose_text_is_not_in_the_store_is_found(on_sqlite: Body) -> None:
    walk = RecordedWalk(application="case-1", edition=2).to_evaluation().demonstrated(EXPERTS[0])
    await walk.store(on_sqlite.vault)
    await walk.record(on_sqlite.database)

    assert await on_sqlite.codes() == ["object_missing"]
