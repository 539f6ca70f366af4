"""Whatever somebody without an account asks, the security events tell it where strangers have their place, with its
request."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from certify.accounts.security_events import BY_STRANGERS, LOGGER
from tests.pages.conftest import House, without_limits
from tests.pages.test_hygiene_everywhere import address_of, all_routes

FIELDS = {"mail": "nobody@example.org", "password": "wrong and long enough", "token": "nobodys", "text": "A label."}
"""What the forms ask that everybody may send."""
WAYS: tuple[dict[str, str], ...] = ({}, {"Authorization": "Bearer x"}, {"Cookie": "session=nobodys"})
NOT_HERE = {"unproven_row_refused"}
"""Needs a row that somebody else wrote (`tests/unit/certify/accounts/test_row_proofs.py`)."""


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(vars(record))


@pytest.fixture
def records() -> Iterator[list[dict[str, Any]]]:
    hearing, level = _Records(), LOGGER.level
    LOGGER.addHandler(hearing)
    LOGGER.setLevel(logging.INFO)
    yield hearing.found
    LOGGER.removeHandler(hearing)
    LOGGER.setLevel(level)


async def test_no_stranger_writes_a_line_among_those_of_people(house: House, records: list[dict[str, Any]]) -> None:
    without_limits(house)
    nobody = await house.browser(None)
    for route in all_routes(house):
        for headers in WAYS:
            await nobody.request(route.method, address_of(route), headers=headers, data=FIELDS)
    for _ in range(6):
        await nobody.post("/sign-in", data=FIELDS)
    filed = await nobody.post(
        "/api/reports", json={"about": "body", "text": "It is slow.", "contact": "me@example.org"}
    )
    of_it = f"/api/reports/{filed.json()['code']}"
    unasked = await nobody.post(f"{of_it}/answers", json={"number": 1, "answer": "Nobody asked."})
    erased = await nobody.delete(f"{of_it}/contact")

    assert (unasked.status_code, erased.status_code) == (409, 204)
    assert {one["security"]["kind"] for one in records} == BY_STRANGERS - NOT_HERE | {"act_refused", "contact_erased"}
    assert [one["security"] for one in records if not one["by_stranger"]] == []
    assert {UUID(str(one["security"]["request_id"])).version for one in records} == {7}
