"""The register is the fold of the journal: built anew out of its entries, it is the same byte by byte (I9)."""

import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest
from sqlmodel import col, select

from certify.programs import mirror
from certify.programs.check import check
from certify.programs.record import open_record
from certify.register.checking_views import VIEWS
from certify.register.database import Database
from certify.register.entries import JournalBody, JournalEntry
from certify.register.places import seal
from certify.register.projection import project
from certify.register.schema import upgrade
from tests.unit.certify.programs.public_body import settings_in, with_two_labels_and_papers

LATER = datetime(2031, 5, 1, tzinfo=UTC)


class Stopped(datetime):
    """A clock that stands, so that two exports may be compared."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Return the moment."""
        return cls.fromtimestamp(LATER.timestamp(), tz)


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return await with_two_labels_and_papers(tmp_path_factory.mktemp("kept") / "data")


@asynccontextmanager
async def record_in(data: Path) -> AsyncIterator[Database]:
    """The database of a body."""
    database = await open_record(settings_in(data))
    yield database
    await database.close()


async def entries_of(data: Path) -> list[tuple[JournalEntry, JournalBody]]:
    """The journal, in the order of its positions."""
    query = select(JournalEntry, JournalBody).where(
        JournalBody.stream == JournalEntry.stream, JournalBody.number == JournalEntry.number
    )
    async with record_in(data) as database, database.reading() as session:
        return list((await session.exec(query.order_by(col(JournalEntry.position)))).all())


async def fold(entries: list[tuple[JournalEntry, JournalBody]], data: Path) -> None:
    """Fold a journal into an empty database, and nothing but the journal."""
    async with record_in(data) as database:
        await upgrade(database)
        async with database.writing() as session:
            for entry, body in entries:
                session.add(JournalEntry(**entry.model_dump()))
                session.add(JournalBody(**body.model_dump()))
                await session.flush()
                await project(session, entry.stream, entry.number, json.loads(body.body))
            await seal(session)


async def views_of(data: Path) -> Mapping[str, bytes]:
    """Every row of every view, as bytes."""
    found = {}
    async with record_in(data) as database, database.reading() as session:
        for view in VIEWS:
            rows = [row.model_dump_json() for row in (await session.exec(select(view))).all()]
            found[str(view.__tablename__)] = "\n".join(sorted(rows)).encode()
    return found


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file of a mirror."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def exported(data: Path, folder: Path) -> Mapping[str, bytes]:
    """Export a mirror, and return what is in it."""
    await mirror.export(settings_in(data), folder)
    return contents(folder)


async def test_a_register_that_is_built_anew_from_its_journal_is_the_same_byte_by_byte(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "datetime", Stopped)
    shutil.copytree(kept, tmp_path / "data")
    entries = await entries_of(tmp_path / "data")
    views, files = await views_of(tmp_path / "data"), await exported(tmp_path / "data", tmp_path / "mirror")

    for again in ("once", "twice"):
        data = tmp_path / again
        shutil.copytree(kept, data, ignore=shutil.ignore_patterns("certify.db*"))
        await fold(entries, data)

        assert await views_of(data) == views
        assert await exported(data, tmp_path / f"mirror-{again}") == files
        assert await check(settings_in(data)) == []
    assert len(entries) > 50
    assert {name for name, rows in views.items() if rows} > {"case", "label", "label_life", "person", "scheme"}
    assert len(files) > 30


async def test_a_journal_without_its_last_entry_makes_another_register(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "data", ignore=shutil.ignore_patterns("certify.db*"))

    await fold((await entries_of(kept))[:-1], tmp_path / "data")

    assert await views_of(tmp_path / "data") != await views_of(kept)
