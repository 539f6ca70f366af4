"""Which image a certificate prints: the one that stood in the record when the label came into it, for ever."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection
from structlog.testing import capture_logs

from certify.register import holder_images
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.register.schema import config, load_tables, upgrade
from labels.certificate.holder_image import reencoded
from schemas.accession import HolderImageChosen
from schemas.errors import NotFound
from schemas.label import IssuedLabel
from schemas.label_events import LabelProlonged
from tests.builders import ORGANISATION, sha256
from tests.cells import CELLS
from tests.postgres import owned
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.recorded_labels import prolonging, record
from tests.unit.certify.register.records import AT, append, entered, go_on
from tests.unit.labels.certificate.conftest import picture
from workflows.activities import SigningOrder

STREAM = f"organisation/{ORGANISATION}"
FIRST, SECOND = reencoded(picture()), reencoded(picture("JPEG"))


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


async def choose(database: Database, image: bytes | None, organisation: str = ORGANISATION) -> str | None:
    """Keep an image and record that it was chosen."""
    digest = None
    if image is not None:
        async with database.writing() as session:
            digest = await holder_images.keep(session, image, AT)
    event = HolderImageChosen(at=AT + timedelta(days=400), actor="anna", image=digest)
    await go_on(database, f"organisation/{organisation}", event)
    return digest


async def at_issue(database: Database, label: IssuedLabel) -> str | None:
    async with database.reading() as session:
        row = await session.get(LabelRecord, label.id)
        assert row is not None
        return await holder_images.chosen_at_issue(session, row)


async def test_an_image_is_kept_once_and_found_by_its_digest(database: Database) -> None:
    for _ in range(2):
        async with database.writing() as session:
            digest = await holder_images.keep(session, FIRST, AT)
    async with database.reading() as session:
        assert await holder_images.find(session, digest) == FIRST
        assert await holder_images.find(session, sha256("none")) is None
        with pytest.raises(NotFound) as refused:
            await holder_images.require(session, sha256("none"))
    assert refused.value.code == "unknown_image"


async def test_the_last_choice_of_an_organisation_stands(database: Database) -> None:
    await append(database, STREAM, entered())
    for image in (FIRST, SECOND, None):
        digest = await choose(database, image)
        async with database.reading() as session:
            assert await holder_images.chosen(session, ORGANISATION) == digest
            assert await holder_images.chosen(session, "org-none") is None


async def test_a_label_has_the_image_that_stood_when_the_record_took_it_in(body: Body) -> None:
    without = (await body.certified()).case.label
    first = await choose(body.database, FIRST)
    with_first = (await body.certified(application="case-2")).case.label
    await choose(body.database, SECOND)
    await choose(body.database, None)
    without_again = (await body.certified(application="case-3")).case.label

    assert await at_issue(body.database, without) is None
    assert await at_issue(body.database, with_first) == first
    assert await at_issue(body.database, without_again) is None


async def test_the_order_of_the_journal_counts_and_no_clock(body: Body) -> None:
    label = (await body.certified()).case.label
    event = HolderImageChosen(at=AT - timedelta(days=400), actor="anna", image=sha256("earlier by the clock"))
    await go_on(body.database, STREAM, event)

    assert await at_issue(body.database, label) is None


async def test_a_label_that_carries_another_on_has_the_image_of_its_own_issue(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    first = await choose(body.database, FIRST)
    label = await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=label),))
    await record(body.database, walk)
    await choose(body.database, SECOND)

    assert await at_issue(body.database, label) == first


@pytest.mark.parametrize("what", ["altered", "gone"])
async def test_an_image_that_is_lost_or_altered_is_none_and_the_log_and_the_check_say_so(body: Body, what: str) -> None:
    digest = await choose(body.database, FIRST)
    assert await body.codes() == []
    async with body.database.writing() as session:
        row = await session.get(holder_images.HolderImage, digest)
        assert row is not None
        if what == "gone":
            await session.delete(row)
        else:
            session.add(row.sqlmodel_update({"content": SECOND}))

    with capture_logs() as logged:
        async with body.database.reading() as session:
            assert await holder_images.printed(session, digest, label="ID") is None
            assert await holder_images.printed(session, None, label="ID") is None
    (line,) = logged
    assert (line["event"], line["log_level"], line["image"], line["label"]) == (
        "holder_image_lost", "warning", digest, "ID",
    )  # fmt: skip
    assert await body.codes() == ["holder_image_differs" if what == "altered" else "holder_image_missing"]

    await choose(body.database, FIRST)
    assert await body.codes() == [], "whoever gives it again mends it"


@pytest.mark.parametrize("value", ["'text'", "7777", "NULL"])
async def test_a_value_of_another_kind_is_found_and_stops_nothing(sqlite_url: str, tmp_path: Path, value: str) -> None:
    body = await founded(Database(sqlite_url, cells=CELLS), tmp_path)
    digest = await choose(body.database, FIRST)
    loose = "CREATE TABLE holder_image (digest VARCHAR PRIMARY KEY, content BLOB)"
    row = f"INSERT INTO holder_image VALUES ('{digest}', {value})"  # noqa: S608  # our own value
    await body.as_owner("DROP TABLE holder_image", loose, row)

    async with body.database.reading() as session:
        assert await holder_images.find(session, str(digest)) is None
    assert await body.codes() == ["holder_image_missing" if value == "NULL" else "holder_image_differs"]


async def test_a_record_of_before_gets_the_table_and_keeps_what_it_holds(database: Database) -> None:
    await append(database, STREAM, entered())

    def down(connection: Connection) -> None:
        settings = config()
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0110")

    load_tables()
    async with owned(database) as owner:
        async with owner.engine.begin() as connection:
            await connection.run_sync(down)
        await upgrade(owner)

        digest = await choose(owner, FIRST)
        async with owner.reading() as session:
            assert await holder_images.chosen(session, ORGANISATION) == digest
