"""Characters that are no text: a database that keeps none of them refuses a request, and nothing fails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certify.register.database import Database
from tests.builders import APPLICANT
from tests.pages.conftest import House, furnish, housed
from tests.postgres import PostgresServer, postgres

__all__ = ["postgres"]


@pytest.fixture
async def on_postgresql(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[House]:
    async with postgres.fresh() as url:
        await furnish(database := Database(url))
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
