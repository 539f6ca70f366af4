"""PostgreSQL keeps nobody waiting for long: what takes too long is answered 503 and can be sent again (T17, F26)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.programs.record import open_record
from certify.register import database as module
from certify.register.database import Database, Waits
from tests.builders import APPLICANT
from tests.cells import CELLS, put_keys
from tests.pages.conftest import House, furnish, housed
from tests.postgres import PostgresServer, owned, postgres

__all__ = ["postgres"]

DRAFTS = "/applicant"
GUIDE = Path(__file__).parents[2] / "docs" / "operate" / "limits.md"
SHORT = {
    "statement": Waits(statement=0.3, lock=30, idle=30),
    "lock": Waits(statement=30, lock=0.3, idle=30),
    "idle": Waits(statement=30, lock=30, idle=0.3),
    "connection": Waits(statement=30, lock=30, idle=30, connection=0.3),
}


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres.fresh() as address:
        await furnish(database := Database(address, cells=CELLS))
        await database.close()
        yield address


@pytest.fixture
async def patient(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> AsyncIterator[House]:
    """A house that waits as long as the test says."""
    async with housed(tmp_path, Database(url, cells=CELLS, waits=SHORT[request.param])) as opened:
        yield opened


@asynccontextmanager
async def held(house: House, table: str) -> AsyncIterator[None]:
    """Somebody else keeps a table for themselves."""
    async with owned(house.services.database) as other, other.engine.begin() as connection:
        await connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield


async def refused(client: httpx2.AsyncClient) -> None:
    began = time.monotonic()
    page, answer = await client.get(DRAFTS), await client.get("/api/applications")
    assert (page.status_code, "record_busy" in page.text, page.headers["Retry-After"]) == (503, True, "2")
    assert (answer.status_code, answer.json()["code"]) == (503, "record_busy")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("patient", ["statement", "lock"], indirect=True)
async def test_a_statement_that_takes_too_long_is_refused_and_the_connection_serves_the_next(patient: House) -> None:
    browser = await patient.browser(APPLICANT)
    async with held(patient, "draft, person"):
        await refused(browser)

    assert (await browser.get(DRAFTS)).status_code == 200
    assert patient.services.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of a queue pool


@pytest.mark.parametrize("patient", ["connection"], indirect=True)
async def test_where_no_connection_is_free_one_waits_a_moment_and_is_refused(patient: House) -> None:
    browser = await patient.browser(APPLICANT)
    async with AsyncExitStack() as taken:
        for _ in range(module._AT_ONCE):
            await taken.enter_async_context(patient.services.database.engine.connect())
        await refused(browser)

    assert (await browser.get(DRAFTS)).status_code == 200


@pytest.mark.parametrize("patient", ["idle"], indirect=True)
async def test_a_transaction_in_which_nothing_is_asked_is_ended_and_the_pool_goes_on(patient: House) -> None:
    database = patient.services.database
    async with database.reading() as session:
        await asyncio.sleep(1)
        with pytest.raises(DBAPIError):
            await (await session.connection()).execute(text("SELECT 1"))

    assert (await (await patient.browser(APPLICANT)).get(DRAFTS)).status_code == 200


@pytest.mark.parametrize("patient", ["statement"], indirect=True)
async def test_what_nobody_waits_for_is_not_cut_off(patient: House) -> None:
    database = patient.services.database
    async with database.writing(unhurried=True) as session:
        await (await session.connection()).execute(text("SELECT pg_sleep(0.6)"))

    async with database.reading() as session:
        with pytest.raises(DBAPIError, match="statement timeout"):
            await (await session.connection()).execute(text("SELECT pg_sleep(0.6)"))


async def test_programs_that_take_their_time_have_no_limit(url: str, tmp_path: Path) -> None:
    """Migrations, checks, exports of the mirror and `certify vault seal` open the record so; `web` says its waits."""
    put_keys(tmp_path)
    settings = Settings(data=tmp_path, database_url=url)
    for waits, expected in ((None, "0"), (Waits(), "15s")):
        database = await open_record(settings, waits=waits)
        async with database.reading() as session:
            shown = await (await session.connection()).execute(text("SHOW statement_timeout"))
            assert shown.scalar_one() == expected
        await database.close()


def test_the_documented_waits_are_these() -> None:
    said, waits = " ".join(GUIDE.read_text().split()), Waits()
    assert f"a statement {waits.statement:g} s, a lock {waits.lock:g} s" in said
    assert f"nothing is asked {waits.idle:g} s, a free connection {waits.connection:g} s" in said
    assert f"at most {module._AT_ONCE} connections" in said
