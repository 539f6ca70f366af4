"""I11: whatever changes something has exactly one entry that tells who, how signed in, when and by which request."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from certify.accounts import access_ledger, security_events
from certify.accounts.policy.deciding import FAMILIES
from certify.procedure.matter_kinds import KINDS
from certify.register import journal, streams
from certify.register.entries import JournalEntry
from certify.web.permissions import Permitted, declared_routes
from schemas.acts import ACTS
from schemas.people import PersonFacts
from schemas.records import Entry
from tests.builders import APPLICANT, SECRETARY
from tests.pages.api import Tokens, act, application, described, operations, tokens_at
from tests.pages.complaints import filed
from tests.pages.conftest import STRANGER, House, shared_routes, walk

Send = Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]
UNSAFE = {"post", "put", "patch", "delete"}
ACT_NAMES = {kind.replace("_", "-") for kinds in (ACTS, *(one.kernel.acts for one in KINDS.values())) for kind in kinds}
BEGINNING = {
    "post /api/appeals",
    "post /api/applications",
    "post /api/corrections",
    "post /api/erasures",
    "post /api/invitations/{invitation}/consent",
    "post /api/invitations/{invitation}/decline",
    "put /api/me/ties",
    "post /api/organisations",
    "put /api/organisations/{matter}/holder-image",
    "post /api/people",
    "post /api/people/{person}/end-access",
    "post /api/practices",
    "post /api/questions",
    "post /api/reports",
    "post /api/reports/{code}/answers",
    "post /api/scheme-proposals",
}
"""Acts whose address is not their name: they open a matter, or concern oneself."""
WITHOUT_ENTRY = {
    "post /api/applications/{application}/files": "a file is on record once an act names it; until then it is swept",
    "post /api/labels/{label}/files": "as a file of a case",
    "post /api/applications/{application}/cast-ballot/challenge": "asks what is signed; the act is on record",
    "post /api/applications/{application}/release-label/challenge": "as the challenge of a ballot",
    "post /api/applications/{application}/record-third-party-report/challenge": "as the challenge of a ballot",
    "post /api/schemes": "a version is on record once it is proposed",
    "post /api/self-check": "changes nothing",
    "post /api/tokens": "an account's own; told as a security event",
    "delete /api/tokens/{token_id}": "as the making of a token",
}
"""Unsafe operations without an entry of their own, and why."""


PAGES_WITHOUT_ENTRY = {
    "sign_out": "ends what the account holds; told as a security event",
    "step_up": "as signing in",
    "add_generator": "an account's own; told as a security event",
    "remove_generator": "as adding one",
    "create_token": "an account's own; told as a security event",
    "revoke_token": "as making one",
    "change_password": "an account's own; told as a security event",
    "change_email": "as the password",
    "end_session": "as signing out",
    "write_draft": "on record once it is lodged or handed in",
}
"""Actions of pages without an entry of their own, and why."""
TESTED_WITH_ACCOUNTS = {
    *("add_passkey", "remove_passkey"),
    *("request_recovery", "approve_recovery", "complete_recovery", "cancel_recovery", "end_access"),
    *("confirm_invitation", "refuse_invitation"),
    *("consent_to_invitation", "decline_invitation", "end_colleague_access"),
}
"""Actions whose entries in the stream `people` are tested where accounts are."""


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


async def entries_of(house: House) -> list[Entry]:
    async with house.services.database.reading() as session:
        rows = await session.exec(select(JournalEntry.content).order_by(col(JournalEntry.position)))
        return [Entry.model_validate_json(content) for content in rows]


async def test_every_operation_that_could_change_something_is_an_act_or_is_explained(as_: Tokens) -> None:
    openapi = await described(await as_(SECRETARY))
    unsafe = {f"{method} {path}" for path, method, _ in operations(openapi) if method in UNSAFE}
    acts = {one for one in unsafe if one.rpartition("/")[2] in ACT_NAMES}

    assert unsafe - acts - BEGINNING - set(WITHOUT_ENTRY) == set()
    assert BEGINNING | set(WITHOUT_ENTRY) <= unsafe


async def test_every_action_of_a_page_that_could_change_something_is_an_act_or_is_explained(house: House) -> None:
    routes = [*declared_routes(shared_routes(house.services).routes)]
    unsafe = [one for one in routes if one.method.lower() in UNSAFE and not one.path.startswith("/api")]
    actions = {one.declared.action for one in unsafe if isinstance(one.declared, Permitted)}
    acts = {name.replace("-", "_") for name in ACT_NAMES} | FAMILIES

    assert actions - acts - set(PAGES_WITHOUT_ENTRY) - TESTED_WITH_ACCOUNTS == set(DONE_ON_PAGES)
    assert set(PAGES_WITHOUT_ENTRY) | TESTED_WITH_ACCOUNTS <= actions


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
    monkeypatch.setattr(access_ledger, "note", lambda kind, who, **_: told.append((kind, who)))
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
