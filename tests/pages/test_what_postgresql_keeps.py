"""What PostgreSQL keeps in no column: characters that are no text, numbers that are too great. Nothing fails of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certify.register.database import Database
from tests.builders import APPLICANT, SECRETARY
from tests.cells import CELLS
from tests.pages.conftest import House, furnish, housed, walk
from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]


@pytest.fixture
async def on_postgresql(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[House]:
    async with postgres.fresh() as url:
        await furnish(database := Database(url, cells=CELLS))
        async with housed(tmp_path, database) as opened:
            yield opened


async def test_a_character_that_postgresql_keeps_in_no_text_is_refused(on_postgresql: House) -> None:
    nobody, browser = await on_postgresql.browser(None), await on_postgresql.browser(APPLICANT)

    for client, address, typed in (
        (nobody, "/sign-in", {"mail": "anna\0@example.org", "password": "a long one"}),
        (browser, "/account/tokens/revoke", {"token": "a\0b"}),
    ):
        answer = await client.post(address, data=typed)
        assert (answer.status_code, "malformed_request" in answer.text) == (422, True), address


@pytest.mark.parametrize(
    ("path", "body"), [("/api/corrections", {"text": "Not so."}), ("/api/appeals", {"grounds": "Not so."})]
)
async def test_a_number_that_no_entry_can_have_is_refused(
    on_postgresql: House, path: str, body: dict[str, str]
) -> None:
    await on_postgresql.holds(walk().to_intake())
    browser = await on_postgresql.browser(SECRETARY if path == "/api/corrections" else APPLICANT)

    for number, status in ((2**31, 422), (2**31 - 1, 404)):
        answer = await browser.post(path, json={**body, "stream": "case/case-1", "number": number})
        assert (answer.status_code, answer.json()["code"] == "malformed_request") == (status, status == 422)
