"""I11: whatever changes something has exactly one entry that tells who, how signed in, when and by which request."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from certify.accounts import access_ledger, security_events
from certify.register import journal, streams
from certify.register.entries import JournalEntry
from schemas.people import PersonFacts
from schemas.records import Entry
from tests.builders import APPLICANT, SECRETARY
from tests.pages.api import Tokens, act, application, tokens_at
from tests.pages.complaints import filed
from tests.pages.conftest import STRANGER, House, walk

Send = Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


async def entries_of(house: House) -> list[Entry]:
    async with house.services.database.reading() as session:
        rows = await session.exec(select(JournalEntry.content).order_by(col(JournalEntry.position)))
        return [Entry.model_validate_json(content) for content in rows]


DONE_ON_PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "declare_own_ties": ("/my/ties", {"organisation": "org-else", "kind": "client"}),
    "enter_organisation": (
        "/secretariat/organisations",
        {"name": "New Vision", "country": "DE", "roles": "developer", "ethics_officer": "Olga",
         "officer_contact": "olga@example.org"},
    ),
    "erase_complainant_contact": ("/secretariat/complaints/{complaint}/contact", {}),
    "invite_person": ("/secretariat/people", {"name": "Nora", "email": "nora@example.org", "roles": "expert"}),
}  # fmt: skip


@pytest.mark.parametrize("action", DONE_ON_PAGES)
async def test_what_is_done_on_a_page_alone_has_one_entry_with_who_how_when_and_which_request(
    house: House, action: str
) -> None:
    complaint = await filed(house, contact="ask@me.example")
    address, typed = DONE_ON_PAGES[action]
    browser, before = await house.browser(SECRETARY), len(await entries_of(house))

    answered = await browser.post(address.format(complaint=complaint), data=typed)

    assert answered.status_code in {200, 303}, answered.text
    (entry,) = (await entries_of(house))[before:]
    assert (entry.actor, entry.authn) == (SECRETARY.person, "session")
    assert entry.request_id != "none"
    async with house.services.database.reading() as session:
        bodies = [str(body) for body in await streams.bodies(session, entry.stream)]
    assert not [body for body in bodies if "ask@me.example" in body]


async def test_whoever_sees_how_a_complainant_can_be_reached_is_on_record(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(access_ledger, "tell", lambda _, kind, who, **__: told.append((kind, who)))
    complaint = await filed(house, contact="ask@me.example")
    address, browser = f"/secretariat/complaints/{complaint}/contact", await house.browser(SECRETARY)
    before = len(await entries_of(house))

    for send in (browser.get, browser.post, browser.post, browser.get):
        assert (await send(address)).status_code in {200, 303}

    kinds = ["contact_opened", "contact_erased"]
    new = (await entries_of(house))[before:]
    assert [(one.stream, one.kind, one.actor) for one in new] == [
        (f"access/{complaint}", kind, SECRETARY.person) for kind in kinds
    ]
    assert told == [(kind, SECRETARY.person) for kind in kinds]


def json_at(path: str, body: Any, method: str = "POST") -> Send:
    async def send(client: httpx2.AsyncClient) -> httpx2.Response:
        return await client.request(method, path, json=body)

    return send


def in_case(kind: str) -> Send:
    async def send(client: httpx2.AsyncClient) -> httpx2.Response:
        found: httpx2.Response = await act(client, kind)
        return found

    return send


DONE: dict[str, tuple[PersonFacts, Send]] = {
    "an act of the applicant": (APPLICANT, in_case("state_not_applicable")),
    "an act of the secretariat": (SECRETARY, in_case("accept_application")),
    "an application": (APPLICANT, json_at("/api/applications", application(reference="second-1"))),
    "a question": (APPLICANT, json_at("/api/questions", {"text": "May it?", "may_be_published": True})),
    "an invitation": (
        SECRETARY,
        json_at("/api/people", {"name": "Nora", "email": "nora@example.org", "roles": ["expert"], "areas": []}),
    ),
    "ties": (APPLICANT, json_at("/api/me/ties", {"ties": []}, "PUT")),
    "an organisation": (
        SECRETARY,
        json_at(
            "/api/organisations",
            {"name": "New Vision", "country": "DE", "roles": ["developer"], "ethics_officer": "Olga",
             "officer_contact": "olga@example.org"},
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DONE)
async def test_every_act_that_was_done_has_one_entry_with_who_how_when_and_which_request(
    house: House, as_: Tokens, what: str
) -> None:
    await house.holds(walk().to_intake())
    who, send = DONE[what]
    before = len(await entries_of(house))

    answered = await send(await as_(who))

    assert answered.is_success, answered.text
    new = (await entries_of(house))[before:]
    by_person = [entry for entry in new if entry.request_id != "none"]
    assert [(entry.actor, entry.authn) for entry in by_person] == [(who.person, "token")]
    assert by_person[0].at.utcoffset() is not None
    assert {entry.actor for entry in new} <= {who.person, "engine"}


@pytest.mark.parametrize("what", DONE)
async def test_where_the_entry_cannot_be_written_nothing_is_done_and_the_request_fails(
    house: House, as_: Tokens, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    await house.holds(walk().to_intake())
    who, send = DONE[what]
    client = await as_(who)
    await client.get("/api/me")  # the day on which the token was last used is noted now
    before = await everything(house)

    async def full(*_: object) -> int:
        raise OperationalError("INSERT", {}, OSError("the disk is full"))

    monkeypatch.setattr(journal, "append", full)
    answered = await send(client)

    assert answered.status_code == 503, answered.text
    assert await everything(house) == before


async def everything(house: House) -> dict[str, list[Any]]:
    """Every row of every table, but those that count refusals and keep drafts of uploads."""
    async with house.services.database.engine.connect() as connection:
        names = (await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
        return {
            name: [tuple(row) for row in (await connection.execute(text(f'SELECT * FROM "{name}"'))).all()]  # noqa: S608  # our own names
            for name in names
        }


async def test_a_refused_act_is_told_to_the_record_and_to_whoever_watches(
    house: House, as_: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(security_events, "note", lambda kind, who, **more: told.append((kind, who, more["code"])))
    await house.holds(walk().to_intake())
    before = len(await entries_of(house))

    answered = await act(await as_(STRANGER), "accept_application")

    assert answered.status_code == 404
    (entry,) = (await entries_of(house))[before:]
    assert (entry.stream, entry.kind, entry.actor) == ("attempts", "attempt_refused", STRANGER.person)
    assert entry.request_id != "none"
    assert told == [("act_refused", STRANGER.person, answered.json()["code"])]
