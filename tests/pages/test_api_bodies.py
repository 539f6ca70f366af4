"""What cannot be read, is too much, or is no part of a request: each is answered as the description says."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import delete

from certify.accounts.tokens import ApiToken
from certify.web.api.gated import GatedRoute
from certify.web.api.reports import REPORT_MAX
from certify.web.api.self_check import ANSWERS_MAX
from certify.web.app import BODY_MAX
from certify.web.permissions import declared_routes
from schemas.people import PersonFacts
from tests.builders import APPLICANT, SECRETARY
from tests.pages.api import Client, Tokens, is_problem, tokens_at
from tests.pages.conftest import House, shared_routes, words_of

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
    "body",
    [
        b"{",
        b"\xff\xfe{}",
        b'{"text": "\xc3("}',
        b"[" * 100_000,
        b'{"number": 1' + b"0" * 5000 + b"}",
        b'{"text": "May we?", "may_be_published": false, "may_be_published": true}',
        b'{"text": "May we?", "may_be_published": false, "deep": {"one": 1, "one": 1}}',
    ],
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


def test_every_body_of_json_is_read_with_each_name_once(house: House) -> None:
    ours = [one for one in declared_routes(shared_routes(house.services).routes) if one.path.startswith("/api/")]
    of_json = [one for one in ours if getattr(one.context, "body_field", None)]

    assert [one.path for one in of_json if not isinstance(one.context.original_route, GatedRoute)] == []
    assert len(of_json) > 50


async def test_a_body_that_is_not_called_json_is_refused(as_: Tokens) -> None:
    client = await as_(APPLICANT)

    for kind in ("text/plain", "application/octet-stream", ""):
        body = b'{"text": "May we?", "may_be_published": false}'
        answer = await client.post("/api/questions", content=body, headers={"Content-Type": kind})
        is_problem(answer, 422, "malformed_request")


@pytest.mark.parametrize(
    ("who", "path", "status", "code"),
    [
        (None, "/api/questions", 401, "not_signed_in"),
        (None, "/api/applications", 401, "not_signed_in"),
        (None, "/api/applications/case-1/open-round", 401, "not_signed_in"),
        (None, "/api/applications/case-1/cast-ballot/challenge", 401, "not_signed_in"),
        (None, "/api/tokens", 401, "not_signed_in"),
        (APPLICANT, "/api/people", 403, "role_missing"),
        (SECRETARY, "/api/applications", 403, "role_missing"),
    ],
)
async def test_whoever_is_refused_by_the_permission_is_refused_with_the_body_unread(
    as_: Tokens, who: PersonFacts | None, path: str, status: int, code: str
) -> None:
    client, read = await as_(who), []

    async def body() -> AsyncIterator[bytes]:
        read.append(path)
        yield b"{"

    is_problem(await client.post(path, content=body(), headers=JSON), status, code)
    assert read == []


async def test_a_request_with_a_body_counts_once(house: House, as_: Tokens) -> None:
    counted: list[str] = []
    house.services.limits.take = lambda name, _whose: counted.append(name)  # type: ignore[method-assign]  # it notes

    await (await as_(APPLICANT)).post("/api/questions", json={"text": "May we?", "may_be_published": False})

    assert counted == ["act"]


async def test_whoever_loses_a_right_while_the_body_arrives_is_refused(house: House, as_: Tokens) -> None:
    client = await as_(APPLICANT)

    async def body() -> AsyncIterator[bytes]:
        async with house.services.database.writing() as session:
            await session.exec(delete(ApiToken))
        yield b'{"text": "May we?", "may_be_published": false}'

    is_problem(await client.post("/api/questions", content=body(), headers=JSON), 401, "token_invalid")


@pytest.mark.parametrize(
    ("path", "body", "at_most", "status"),
    [
        ("/api/self-check", b'{"roles": ["developer"]}', ANSWERS_MAX, 200),
        ("/api/reports", b'{"about": "body", "text": "It is late."}', REPORT_MAX, 201),
    ],
)
async def test_whoever_has_no_account_is_not_read_for_long(
    as_: Tokens, path: str, body: bytes, at_most: int, status: int
) -> None:
    nobody = await as_(None)

    async def asked(size: int) -> Any:
        return await nobody.post(path, content=body.ljust(size), headers=JSON)

    assert (await asked(at_most)).status_code == status
    is_problem(await asked(at_most + 1), 413, "body_too_large")


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
