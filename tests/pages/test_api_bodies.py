"""What cannot be read, is too much, or is no part of a request: each is answered as the description says."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from certify.web.api.self_check import ANSWERS_MAX
from certify.web.app import BODY_MAX
from tests.builders import APPLICANT, SECRETARY
from tests.pages.api import Client, Tokens, is_problem, tokens_at
from tests.pages.conftest import House, words_of

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    async with tokens_at(house) as opened:
        yield opened


async def in_parts(sent: bytes) -> AsyncIterator[bytes]:
    """Send something without announcing its length."""
    for start in range(0, len(sent), 100_000):
        yield sent[start : start + 100_000]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe{}", b'{"text": "\xc3("}', b"[" * 100_000, b'{"number": 1' + b"0" * 5000 + b"}"]
)
async def test_a_body_that_cannot_be_read_is_answered_as_one_that_is_wrong(as_: Tokens, body: bytes) -> None:
    client = await as_(APPLICANT)

    is_problem(await client.post("/api/questions", content=body, headers=JSON), 422, "malformed_request")


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_body_that_is_too_large_is_a_problem_to_programs_and_a_page_to_people(
    house: House, as_: Tokens, is_announced: bool
) -> None:
    client, browser = await as_(APPLICANT), await house.browser(APPLICANT)

    def nothing(between: bytes) -> bytes | AsyncIterator[bytes]:
        sent = between * (BODY_MAX + 1)
        return sent if is_announced else in_parts(sent)

    is_problem(await client.post("/api/questions", content=nothing(b" "), headers=JSON), 413, "body_too_large")
    page = await browser.post("/account/tokens", content=nothing(b"&"), headers=FORM)
    assert (page.status_code, "What you sent is too large." in words_of(page)) == (413, True)


async def test_whoever_has_no_account_is_not_read_for_long(as_: Tokens) -> None:
    body = b'{"roles": ["developer"]}'
    nobody = await as_(None)

    async def asked(size: int) -> Any:
        return await nobody.post("/api/self-check", content=body.ljust(size), headers=JSON)

    assert (await asked(ANSWERS_MAX)).status_code == 200
    is_problem(await asked(ANSWERS_MAX + 1), 413, "body_too_large")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/tokens", {"name": "mine"}),
        ("POST", "/api/people", {"name": "Nina", "email": "nina@example.org", "roles": ["expert"]}),
        ("PUT", "/api/me/ties", {"ties": []}),
    ],
)
async def test_what_a_request_has_no_place_for_is_refused(
    as_: Tokens, method: str, path: str, body: dict[str, Any]
) -> None:
    client = await as_(SECRETARY)

    is_problem(await client.request(method, path, json={**body, "person": "edda"}), 422, "malformed_request")
    assert (await client.request(method, path, json=body)).status_code == 200


@pytest.mark.parametrize("change", [{"name": "a\0b"}, {"name": " "}, {"name": "n" * 101}, {"scopes": ["everything"]}])
async def test_a_token_has_a_name_in_one_line_and_scopes_that_there_are(as_: Tokens, change: dict[str, Any]) -> None:
    client = await as_(APPLICANT)

    is_problem(await client.post("/api/tokens", json={"name": "mine", **change}), 422, "malformed_request")


async def test_an_id_that_no_token_has_is_not_looked_up(as_: Tokens) -> None:
    client: Client = await as_(APPLICANT)

    is_problem(await client.delete("/api/tokens/a%00b"), 422, "malformed_request")
