"""Files and texts through the API: in as they were announced, out as they came in, to those who may."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator

import pytest

from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, sha256
from tests.pages.api import (
    OFFER,
    Client,
    Tokens,
    act,
    is_problem,
    tokens_at,
)
from tests.pages.conftest import House, walk


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    """A program at the API with a token of somebody."""
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


def announced(content: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}


async def test_a_file_that_arrives_changed_is_refused(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client = await as_(APPLICANT)
    path = "/api/applications/case-1/files"

    is_problem(await client.post(path, content=b"changed", headers=announced(b"sent")), 422, "digest_differs")
    is_problem(await client.post(path, content=b"x", headers={"Content-Digest": "md5=:eA==:"}), 422,
               "digest_unreadable")  # fmt: skip
    offer = {**OFFER, "digest_of_file": hashlib.sha256(b"changed").hexdigest()}
    is_problem(await act(client, "offer_evidence", offer), 404, "not_in_store")


async def test_an_empty_file_is_refused(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())

    is_problem(await (await as_(APPLICANT)).post("/api/applications/case-1/files", content=b""), 422, "file_empty")


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTIFY_EVIDENCE_FILE_MAX_BYTES", "10")
    monkeypatch.setenv("CERTIFY_EVIDENCE_CASE_MAX_BYTES", "16")


@pytest.mark.usefixtures("small_limits")
async def test_files_over_the_limits_are_refused_and_leave_nothing(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_intake())
    client, path = await as_(APPLICANT), "/api/applications/case-1/files"

    is_problem(await client.post(path, content=b"x" * 11), 413, "file_too_large")
    assert (await client.post(path, content=b"x" * 10)).status_code == 200
    is_problem(await client.post(path, content=b"y" * 7), 413, "file_too_large")
    assert (await client.post(path, content=b"z" * 6)).status_code == 200
    is_problem(await client.post(path, content=b"w"), 413, "case_too_large")


async def handed_in(house: House, client: Client, name: str = 'Bericht über "x".md') -> bytes:
    await house.holds(walk().to_intake())
    content = b"Read this: <script>alert(1)</script>"
    uploaded = await client.post("/api/applications/case-1/files", content=content, headers=announced(content))
    assert uploaded.json() == {
        "digest": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "state": "accepted",
        "kinds": ["text", "csv", "yaml"],
        "remarks": [],
        "scan": "unscanned",
    }
    offered = await act(client, "offer_evidence", {**OFFER, "file": name, "digest_of_file": uploaded.json()["digest"]})
    assert offered.status_code == 200, offered.text
    return content


async def test_a_file_comes_back_as_it_was_and_never_as_a_page_of_ours(house: House, as_: Tokens) -> None:
    client = await as_(APPLICANT)
    content = await handed_in(house, client)

    response = await client.get("/api/applications/case-1/evidence/E1")

    assert (response.status_code, response.content) == (200, content)
    headers = response.headers
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"Bericht uber _x_.md\"; filename*=UTF-8''Bericht%20%C3%BCber%20_x_.md"
    )
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "no-store"


async def test_an_item_that_does_not_exist_is_not_found(house: House, as_: Tokens) -> None:
    client = await as_(APPLICANT)
    await handed_in(house, client)

    is_problem(await client.get("/api/applications/case-1/evidence/E2"), 404, "unknown_item")


async def test_a_file_the_store_has_lost_is_told_before_a_byte_is_sent(house: House, as_: Tokens) -> None:
    client = await as_(APPLICANT)
    await handed_in(house, client)
    digest = (await house.case()).evidence["E1"].stored_digest
    (house.services.settings.data / "evidence" / "case" / "case-1" / digest).unlink()

    is_problem(await client.get("/api/applications/case-1/evidence/E1"), 404, "not_in_store")


async def test_a_reviewer_opens_no_file_before_the_plan_is_approved(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_planning().act("assign_reviewer", SECRETARY, reviewer="edda", areas=("ethics_or_law",)))
    reviewer = await as_(EXPERTS[0])

    assert (await reviewer.get("/api/applications/case-1")).status_code == 200
    is_problem(await reviewer.get("/api/applications/case-1/evidence/E1"), 404, "unknown_item")


async def test_a_text_is_read_only_where_the_reading_names_it(house: House, as_: Tokens) -> None:
    await house.holds(walk().to_decision())
    rationale = sha256("Because the evidence shows it.")
    secretary, applicant = await as_(SECRETARY), await as_(APPLICANT)

    advice = await secretary.get(f"/api/applications/case-1/texts/{sha256('Advice')}")
    assert (advice.status_code, advice.text) == (200, "Advice")
    is_problem(await applicant.get(f"/api/applications/case-1/texts/{sha256('Advice')}"), 404, "unknown_text")
    assert (await applicant.get(f"/api/applications/case-1/texts/{rationale}")).status_code == 200
    assert advice.headers["Content-Type"].startswith("text/plain")


async def test_the_record_shows_no_choice_of_an_open_round(house: House, as_: Tokens) -> None:
    begun = walk().to_round()
    vote = begun.case.open_round
    assert vote is not None
    member = next(one for one in MEMBERS if one.person in vote.base)
    await house.holds(begun.ballot(member, "grant"))

    response = await (await as_(SECRETARY)).get("/api/applications/case-1/record")

    last = response.json()[-1]
    assert last["entry"]["kind"] == "ballot_cast"
    assert "choice" not in json.dumps(last["body"])
