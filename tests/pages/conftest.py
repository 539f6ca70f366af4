"""The whole web application in one process: real database, real vault, real pages; only Temporal is not there."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from playwright.async_api import async_playwright
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel
from starlette.types import Receive, Scope, Send
from temporalio.exceptions import ApplicationError

from certify.accounts import sessions
from certify.accounts.passwords import Passwords
from certify.accounts.people import Account
from certify.accounts.principal import ALL_SCOPES, Authn, Principal
from certify.config import Settings
from certify.procedure.acts import error_of
from certify.procedure.client import Procedure
from certify.procedure.matter_kinds import KINDS
from certify.procedure.matters import Matters
from certify.procedure.sending import Sending
from certify.register import cases, journal, matters
from certify.register.database import Database
from certify.register.schema import load_tables
from certify.vault.store import Vault
from certify.web.app import application, protected
from certify.web.limits import Limits
from certify.web.services import Services
from schemas.act import Act
from schemas.application_folder import read_folder
from schemas.canonical import canonical_json
from schemas.case import Case
from schemas.events import ApplicationLodged
from schemas.people import PersonFacts, Role
from schemas.record_events import ParticipantEntered, PersonAdmitted, RecordEvent, SchemeAdopted
from schemas.records import Batch, PendingEntry
from schemas.scheme import SchemeRules
from tests.appeals import POOL
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    ORGANISATION,
    SECRETARY,
    START,
    THIRD_PARTY,
    Walk,
    person,
    scheme,
)
from tests.cells import CELLS, put_keys
from tests.fakes import SeenByWitnesses
from tests.pages.eyes import HOST, Eyes
from tests.vaults import vault_in
from workflows.casework import CaseFile, Casework
from workflows.matter_file import MatterFile
from workflows.options import case_stream
from workflows.rules.case.procedure import CERTIFICATION

AUDITOR = person("gus", Role.AUDITOR)
STRANGER = person("zora", Role.APPLICANT, organisation="org-other")
IMPARTIAL = person("ines", Role.IMPARTIALITY_MEMBER)
EVERYONE = (
    *(APPLICANT, SECRETARY, *EXPERTS, *MEMBERS[:7], THIRD_PARTY, LABEL_OFFICER, AUDITOR, STRANGER),
    *(*POOL[:7], IMPARTIAL),
)
TEXTS = ("Because the evidence shows it.", "Advice", "Report", "Summary", "Protocol")
EXAMPLE = Path(__file__).parents[2] / "examples" / "digit-reader"


class FakeSending(Sending):
    """The way of acts to matters without Temporal: the same rules, and the journal instead of a workflow."""

    def __init__(self, database: Database) -> None:
        super().__init__(None, database)  # type: ignore[arg-type]  # nothing here asks the client
        self.now: datetime | None = None

    async def to_new(self, act: Act, run: object, file: MatterFile, workflow_id: str) -> None:
        await self._take(act, file, workflow_id)

    async def to_running(self, act: Act, workflow_id: str, *, when_gone: Callable[[], object]) -> None:
        kind, _, subject = workflow_id.partition("/")
        async with self._database.reading() as session:
            state = await matters.find(session, KINDS[kind].state, kind, subject)
        file = KINDS[kind].file(id=subject, rules=scheme().rules)
        if state is not None:
            file.put_state(state)
        await self._take(act, file, workflow_id)

    def _judge(self, act: Act, file: MatterFile, stream: str) -> None:
        casework = Casework(file, KINDS[stream.partition("/")[0]].kernel)
        try:
            casework.take(act, self.now or datetime.now(UTC))
        except ApplicationError as error:
            raise error_of(*error.details) from error

    async def _take(self, act: Act, file: MatterFile, stream: str) -> None:
        self._judge(act, file, stream)
        async with self._database.writing() as session:
            await journal.append(session, Batch(stream=stream, entries=tuple(file.outbox)))


class FakeProcedure(Procedure):
    """The procedure without Temporal: the same preparation and rules, and the journal instead of a workflow."""

    def __init__(self, database: Database, vault: Vault) -> None:
        super().__init__(None, database, vault)  # type: ignore[arg-type]  # nothing here asks the client
        self.matters = Matters(FakeSending(database), database, vault, after=self.after)
        self._one_at_a_time = asyncio.Lock()

    async def _update(self, act: Act, case: Case, rules: SchemeRules) -> None:
        """Take one act after the other, each on the case as the one before left it, as a workflow does."""
        async with self._one_at_a_time:
            async with self._database.reading() as session:
                case = await cases.find(session, case.id) or case
            await self._take(act, case, rules)

    async def _start(self, act: Act, rules: SchemeRules) -> None:
        await self._take(act, None, rules)

    def _judge(self, act: Act, case: Case | None, rules: SchemeRules) -> Casework:
        casework = Casework(CaseFile(application=act.application, rules=rules, case=case), CERTIFICATION)
        try:
            casework.take(act, datetime.now(UTC))
        except ApplicationError as error:
            raise error_of(*error.details) from error
        return casework

    async def _take(self, act: Act, case: Case | None, rules: SchemeRules) -> None:
        casework = self._judge(act, case, rules)
        async with self._database.writing() as session:
            entries = tuple(casework.file.outbox)
            await journal.append(session, Batch(stream=case_stream(act.application), entries=entries))

    async def is_reachable(self) -> bool:
        return True

    async def has_taken(self, application: str, act_id: str) -> bool:
        return False


async def keep(session: object, stream: str, *events: RecordEvent) -> None:
    """Append events of a stream that is no case."""
    first = await journal.next_number(session, stream)  # type: ignore[arg-type]  # a session of the register
    entries = tuple(
        PendingEntry(
            number=first + place,
            kind=event.kind,
            version=event.version,
            at=event.at,
            actor=event.actor,
            authn="session",
            request_id="none",
            body=event.model_dump(mode="json"),
        )
        for place, event in enumerate(events)
    )
    await journal.append(session, Batch(stream=stream, entries=entries))  # type: ignore[arg-type]  # as above


_routes: list[FastAPI] = []


def shared_routes(services: Services) -> FastAPI:
    """Return the routes for these services: made once, since templates and routes take seconds to compile."""
    if not _routes:
        _routes.append(application(services))
    _routes[0].state.services = services
    return _routes[0]


class House:
    """The body as its people find it: the application, and browsers that are signed in."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._protected = protected(shared_routes(services), services.settings)
        self._browsers: list[httpx2.AsyncClient] = []

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the web program; two houses in one test share the routes, each with its own services."""
        shared_routes(self.services)
        await self._protected(scope, receive, send)

    async def holds(self, walk: Walk, application: str = "case-1") -> Case:
        """Put a case on record, as far as it was walked, with the texts its people wrote."""
        events = list(walk.events)
        first = events[0]
        assert isinstance(first, ApplicationLodged)
        events[0] = first.model_copy(update={"application": application})
        entries = tuple(
            PendingEntry(
                number=number,
                kind=event.kind,
                version=event.version,
                at=event.at,
                actor=event.actor,
                authn="session",
                request_id="none",
                body=event.model_dump(mode="json"),
            )
            for number, event in enumerate(events, start=1)
        )
        async with self.services.database.writing() as session:
            for start in range(0, len(entries), 100):
                batch = Batch(stream=case_stream(application), entries=entries[start : start + 100])
                await journal.append(session, batch)
        for words in TEXTS:
            await self.services.vault.put_text(application, words)
        return walk.case

    async def application(self, application: str = "case-1", **changes: object) -> dict[str, Any]:
        """Store the text of a complete application and return what a walk lodges of it."""
        example = read_folder(EXAMPLE).application
        written = example.model_copy(update=changes)
        content = canonical_json(written.model_dump(mode="json", exclude_none=True))
        answers = {question: answer.points for question, answer in written.answers.items()}
        return {"digest": await self.services.vault.put_bytes(application, content), "answers": answers}

    async def case(self, application: str = "case-1") -> Case:
        """Return a case as the record has it."""

        async with self.services.database.reading() as session:
            return await cases.get(session, application)

    def principal(self, who: PersonFacts) -> Principal:
        """Return somebody as the gate lets them in with a session."""
        return Principal(facts=who, name=name_of(who), authn="session", scopes=ALL_SCOPES, strong_at=datetime.now(UTC))

    async def browser(self, who: PersonFacts | None, authn: Authn = "session") -> httpx2.AsyncClient:
        """Return a browser in which somebody is signed in, or nobody."""
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app),
            base_url=HOST,
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
        )
        if who is not None:
            async with self.services.database.writing() as session:
                cookie = await sessions.begin(session, person=who.person, authn=authn, now=datetime.now(UTC))
            client.cookies.set("session", cookie)
        self._browsers.append(client)
        return client

    async def close(self) -> None:
        """Close every browser."""
        for client in self._browsers:
            await client.aclose()


def hidden_in(page: httpx2.Response) -> dict[str, str | list[str]]:
    """Return what a page's forms send without anybody typing."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text):
        found.setdefault(name, []).append(unescape(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def words_of(page: httpx2.Response) -> str:
    """Return what a person reads on a page, between the person's bar and the foot."""
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def walk(**changes: object) -> Walk:
    """Return a walk that begins now, so that the clocks of its case still run."""
    begun = Walk(**changes)  # type: ignore[arg-type]  # the arguments of a walk
    begun.now = datetime.now(UTC)
    return begun


@pytest.fixture(scope="session")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with the scheme adopted, one organisation in the Register, and everyone admitted."""
    load_tables()
    path = tmp_path_factory.mktemp("furnished") / "certify.db"
    database = Database(f"sqlite+aiosqlite:///{path}", cells=CELLS)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await furnish(database)
    await database.close()
    return path.read_bytes()


async def furnish(database: Database) -> None:
    """Adopt the scheme, enter one organisation in the Register, and admit everyone."""
    adopted = SchemeAdopted(
        at=START,
        actor="engine",
        scheme=scheme().rules.id,
        scheme_version=scheme().rules.version,
        digest=scheme().digest,
        content=scheme().model_dump(mode="json"),
    )
    entered = ParticipantEntered(
        at=START,
        actor="engine",
        organisation=ORGANISATION,
        name="Acme Vision",
        country="EE",
        roles=("developer", "operator"),
        ethics_officer="Olga Officer",
        officer_contact="ethics@acme.example",
    )
    admitted = [
        PersonAdmitted(
            at=START,
            actor="engine",
            person=one.person,
            roles=tuple(sorted(one.roles)),
            organisation=one.organisation,
            areas=one.areas,
        )
        for one in EVERYONE
    ]
    async with database.writing() as session:
        await keep(session, f"scheme/{scheme().rules.id}", adopted)
        await keep(session, f"organisation/{ORGANISATION}", entered)
        await keep(session, "people", *admitted)
        for one in EVERYONE:
            session.add(Account(person=one.person, name=name_of(one), email=f"{one.person}@example.org"))


def name_of(one: PersonFacts) -> str:
    """The name of somebody: `member-a` is Member A."""
    return one.person.replace("-", " ").title()


def without_limits(house: House) -> None:
    """Let one account ask as often as a test does that asks for everything."""
    vars(house.services.limits).update(vars(Limits({})))


@asynccontextmanager
async def housed(folder: Path, furnished: bytes | Database) -> AsyncIterator[House]:
    """Open the application over a database of its own, and close it at the end."""
    if isinstance(furnished, bytes):
        path = folder / "certify.db"
        path.write_bytes(furnished)
        furnished = Database(f"sqlite+aiosqlite:///{path}", cells=CELLS)
    database, vault = furnished, vault_in(folder)
    put_keys(folder)
    settings = Settings(data=folder, public_url=HOST, strong_sign_in="offered")
    hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    opened = House(
        replace(
            Services.of(settings, database, vault, FakeProcedure(database, vault), Passwords(hasher)),
            proofs=SeenByWitnesses(),
        )
    )
    yield opened
    await opened.close()
    await database.close()


@pytest.fixture
async def house(tmp_path: Path, furnished: bytes) -> AsyncIterator[House]:
    """The application over a database of its own."""
    async with housed(tmp_path, furnished) as opened:
        yield opened


@pytest.fixture
async def strict(house: House) -> AsyncIterator[House]:
    """The body as it is run in earnest: staff sign in with a second factor."""
    settings = house.services.settings.model_copy(update={"strong_sign_in": "required"})
    opened = House(replace(house.services, settings=settings))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def eyes() -> AsyncIterator[Eyes]:
    """Chromium, once for all tests."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        opened = Eyes(await chromium.new_page())
        await opened.open()
        yield opened
        await chromium.close()
