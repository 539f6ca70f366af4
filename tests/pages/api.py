"""A program at the API, for tests: acts with valid bodies, tokens of anybody, and what a refusal looks like."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from certify.accounts import tokens
from certify.register import attempts, streams
from schemas.application import Application
from schemas.people import PersonFacts
from tests.builders import sha256
from tests.pages.conftest import HOST, House
from tests.programs import example
from tests.statements import STATEMENT

DIGEST = sha256("nothing")
Client = httpx2.AsyncClient
Tokens = Callable[..., Awaitable[Client]]

OFFER = {
    "file": "policy.pdf", "type": "policy", "criteria": ["I-1.1-01"], "made_by": {"kind": "applicant"},
    "effective": "2026-01-10", "covers_version": "1.2.0", "confidentiality": "internal", "digest_of_file": DIGEST,
}  # fmt: skip
FINDING = {"criterion": "I-1.1-01", "verdict": "met", "rationale": "Shown."}
BODIES: dict[str, dict[str, Any]] = {
    "offer_evidence": OFFER,
    "withdraw_evidence": {"item": "E1"},
    "state_not_applicable": {"criterion": "I-1.1-01", "reason": "No people are judged."},
    "accept_application": {"note": "Complete."},
    "decline_application": {"reasons": "Out of scope."},
    "submit_evidence": {},
    "withdraw_application": {},
    "assign_reviewer": {"reviewer": "edda", "areas": ["ai_technical"]},
    "declare_interests": {"has_interest": False},
    "answer_assignment": {"accepts": True},
    "relieve_reviewer": {"person": "edda", "reasons": "No answer."},
    "approve_plan": {},
    "record_lookup": FINDING,
    "submit_review": {"findings": [FINDING]},
    "record_third_party_report": {"report": "Apart.", "summary": "Assessed."},
    "appoint_rapporteur": {"rapporteur": "member-a"},
    "submit_recommendation": {"recommends": "granted", "reasons": "All met."},
    "record_hearing": {"protocol": "Heard."},
    "open_round": {},
    "recuse": {"reason": "A friend."},
    "cast_ballot": {"round": 1, "choice": "grant", "manifest_digest": DIGEST, "scheme_digest": DIGEST},
    "release_label": {},
    "countersign": {"person": "member-a", "round": 1},
    "report_undeclared_interest": {"person": "member-a", "statement": "A sister works there."},
    "confirm_undeclared_interest": {"person": "member-a"},
    "reject_undeclared_interest": {"person": "member-a", "reasons": "Another person."},
    "confirm_answers": {"answers": {"Q1": 0}},
    "assign_reviewers": {"reviewers": [{"reviewer": "edda", "areas": ["ai_technical"]}]},
    "draw_third_party": {},
    "ask_question": {"text": "What is it for?"},
    "answer_question": {"number": 1, "answer": "For reading digits."},
    "submit_correction": {},
    "extend_correction": {"criterion": "I-1.1-01", "reasons": "The laboratory is late."},
    "end_correction": {},
    "make_public_statement": STATEMENT,
    "ask_for_hearing": {"statement": "We want to show how it is supervised."},
    "waive_hearing": {},
    "revise_verdict": {"criterion": "I-1.1-01", "verdict": "met", "reason": "I overlooked a page."},
    "record_protocol": {
        "form": "interview", "held_on": "2026-03-02", "participants": "Lead developer", "criteria": ["I-1.1-01"],
        "shown": "How digits are read.", "observed": "It is as described.",
    },
}  # fmt: skip


@asynccontextmanager
async def tokens_at(house: House) -> AsyncIterator[Tokens]:
    """Open programs at the API, each with a token of somebody, and close them at the end."""
    opened: list[Client] = []

    async def with_token_of(who: PersonFacts | None, *, scopes: tuple[str, ...] = ("act", "read")) -> Client:
        headers = {} if who is None else {"Authorization": f"Bearer {await token_of(house, who, scopes)}"}
        transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
        opened.append(httpx2.AsyncClient(transport=transport, base_url=HOST, headers=headers))
        return opened[-1]

    yield with_token_of
    for client in opened:
        await client.aclose()


async def token_of(house: House, who: PersonFacts, scopes: tuple[str, ...]) -> str:
    now = datetime.now(UTC)
    async with house.services.database.writing() as session:
        return await tokens.create(
            session, person=who.person, name="test", scopes=scopes, expires_at=now + timedelta(days=1), now=now
        )


def application(**changes: Any) -> dict[str, Any]:
    """The example, lodged by the organisation that stands in the Register here."""
    lodged: Application = example().application
    acme = lodged.organisation.model_copy(update={"name": "Acme Vision"})
    changed = lodged.model_copy(update={"organisation": acme, **changes})
    return changed.model_dump(mode="json", exclude_none=True)


async def act(
    client: Client, kind: str, body: dict[str, Any] | None = None, *, key: str = "", case: str = "case-1"
) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/api/applications/{case}/{kind.replace('_', '-')}"
    return await client.post(path, json=BODIES[kind] if body is None else body, headers=headers)


def is_problem(response: httpx2.Response, status: int, code: str) -> None:
    """Assert that a response is the RFC 9457 body of one refusal."""
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert body["title"]


async def refused(house: House) -> list[dict[str, Any]]:
    async with house.services.database.reading() as session:
        return [body for _, body in await streams.entries_with_bodies(session, attempts.STREAM)]


async def described(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/api/openapi.json")).json()
    return found


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def filled(path: str) -> str:
    places = {
        "application": "case-1", "digest": DIGEST, "item": "E1", "act_id": "an-act", "token_id": "abc",
        "matter": "matter-1", "label": "0123456789ABCDEF", "quarter": "2026-Q3",
        "invitation": "an-invitation", "person": "nobody-here",
    }  # fmt: skip
    return path.format(**places)
