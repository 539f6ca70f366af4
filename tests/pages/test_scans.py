"""How often a label was looked at is counted; who looked is not (security I20)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import SQLModel, select

from certify.register import scan_counts
from certify.register.scan_counts import ScanCount
from certify.web import scans, services
from certify.web.app import application
from certify.web.services import closing
from schemas.label_number import format_number, id_of
from schemas.people import PersonFacts
from tests.builders import APPLICANT, SECRETARY
from tests.label_walk import LABEL_ID
from tests.pages.conftest import HOST, House, words_of
from tests.pages.labels import label

UNKNOWN = id_of(b"0123456789")
PHONE = {"User-Agent": "Phone/1", "Accept-Language": "en", "X-Forwarded-For": "192.0.2.7"}
LAPTOP = {"User-Agent": "Laptop/2", "Accept-Language": "ru", "X-Forwarded-For": "2001:db8::1", "Cookie": "session=x"}


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


async def counted(house: House) -> dict[str, int]:
    await house.services.scans.write(house.services.database)
    async with house.services.database.reading() as session:
        rows = (await session.exec(select(ScanCount))).all()
    assert {row.label for row in rows} <= {LABEL_ID}
    assert {row.day for row in rows} <= {datetime.now(UTC).date()}
    return {row.way: row.count for row in rows}


async def test_pages_and_badges_are_counted_by_the_way_that_led_there(
    house: House, anybody: httpx2.AsyncClient
) -> None:
    await label(house)
    for path in (f"/{LABEL_ID}", f"/{format_number(LABEL_ID)}", f"/{LABEL_ID}.badge.svg"):
        assert (await anybody.get(path)).status_code == 200

    assert await counted(house) == {"number": 2, "badge": 1}


async def test_what_shows_no_label_to_a_person_is_not_counted(house: House, anybody: httpx2.AsyncClient) -> None:
    await label(house)
    await anybody.head(f"/{LABEL_ID}")
    for path in (f"/{LABEL_ID}.json", f"/{LABEL_ID}.png", f"/{UNKNOWN}", f"/{UNKNOWN}.badge.svg", "/C/ABC"):
        await anybody.get(path)

    assert await counted(house) == {}


async def state_after(house: House, headers: dict[str, str], tmp_path: Path) -> list[tuple[object, ...]]:
    """Return every row of every table after one scan from somewhere, the count taken away again afterwards."""
    transport = httpx2.ASGITransport(app=house.app, client=(headers["X-Forwarded-For"], 1234))
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        answer = await client.get(f"/{LABEL_ID}", headers=headers)
    assert "Set-Cookie" not in answer.headers
    await house.services.scans.write(house.services.database)
    async with house.services.database.reading() as session:
        connection = await session.connection()
        rows = [
            (name, *row)
            for name, table in sorted(SQLModel.metadata.tables.items())
            for row in (await connection.execute(table.select())).all()
        ]
    async with house.services.database.writing() as session:
        await (await session.connection()).execute(SQLModel.metadata.tables["scan_count"].delete())
    return [*rows, *files_in(tmp_path)]


def files_in(folder: Path) -> list[tuple[object, ...]]:
    """Return every file but the database's own, which is compared row by row."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("certify.db"))
    return [(str(path), path.read_bytes()) for path in found]


async def test_a_scan_from_one_person_leaves_what_a_scan_from_another_leaves(house: House, tmp_path: Path) -> None:
    await label(house)

    assert await state_after(house, PHONE, tmp_path) == await state_after(house, LAPTOP, tmp_path)


async def test_the_last_counts_are_written_when_the_program_ends(house: House, anybody: httpx2.AsyncClient) -> None:
    await label(house)
    app = application(house.services)
    app.state.services = house.services

    async with closing(app):
        await anybody.get(f"/{LABEL_ID}")

    async with house.services.database.reading() as session:
        (row,) = (await session.exec(select(ScanCount))).all()
    assert (row.label, row.way, row.count) == (LABEL_ID, "number", 1)


async def test_the_last_counts_are_written_before_anything_is_cut_off_that_may_hold_the_file(
    house: House, anybody: httpx2.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await label(house)
    holding = sqlite3.connect(tmp_path / "certify.db", isolation_level=None)

    async def cut_off(*_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            holding.execute("BEGIN IMMEDIATE")

    monkeypatch.setattr(services, "keep_retaining", cut_off)
    app = application(house.services)
    app.state.services = house.services
    async with closing(app):
        await anybody.get(f"/{LABEL_ID}")

    assert holding.in_transaction
    async with house.services.database.reading() as session:
        (row,) = (await session.exec(select(ScanCount))).all()
    holding.close()
    assert (row.way, row.count) == ("number", 1)


async def test_a_writing_that_is_cancelled_loses_nothing_of_what_it_took(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await label(house)
    begun, go_on = asyncio.Event(), asyncio.Event()
    add = scan_counts.add

    async def slowly(*args: Any) -> None:
        begun.set()
        await go_on.wait()
        await add(*args)

    monkeypatch.setattr(scan_counts, "add", slowly)
    monkeypatch.setattr(scans, "EVERY", 0)
    house.services.scans.count(LABEL_ID, scans.Way.NUMBER, datetime.now(UTC))
    writing = asyncio.create_task(house.services.scans.keep_writing(house.services.database))
    await begun.wait()
    writing.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(writing, return_exceptions=True)

    assert await counted(house) == {"number": 1}


@pytest.mark.parametrize(("room", "who"), [("applicant", APPLICANT), ("secretariat", SECRETARY)])
async def test_the_holder_and_the_secretariat_read_how_often_a_label_was_looked_at(
    house: House, room: str, who: PersonFacts
) -> None:
    await label(house)
    browser, path = await house.browser(who), f"/{room}/labels/{LABEL_ID}"
    assert "Square code scanned fewer than 20 in 30 days, fewer than 20 in all" in words_of(await browser.get(path))
    async with house.services.database.writing() as session:
        session.add(ScanCount(label=LABEL_ID, day=datetime.now(UTC).date(), way="code", count=47))

    words = words_of(await browser.get(path))

    assert "Square code scanned 40 in 30 days, 40 in all" in words
    assert f"{datetime.now(UTC):%Y}: 40" in words


async def test_everybody_reads_how_often_labels_were_looked_at_in_all(
    house: House, anybody: httpx2.AsyncClient
) -> None:
    assert "Looked at so far fewer than 20" in words_of(await anybody.get("/statistics"))
    async with house.services.database.writing() as session:
        session.add(ScanCount(label=LABEL_ID, day=datetime.now(UTC).date(), way="badge", count=1234))

    assert "Looked at so far 1230" in words_of(await anybody.get("/statistics"))
    assert (await anybody.get("/api/statistics")).json()["scans"] == 1230
