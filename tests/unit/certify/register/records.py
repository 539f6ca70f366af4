"""Records to test with: entries of every stream, and whole cases with the texts and files their digests name."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self
from uuid import uuid4

from certify.register import journal
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.act import Act
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.record_events import ParticipantEntered, PersonAdmitted, RecordEvent, SchemeAdopted
from schemas.records import Batch, PendingEntry
from schemas.scheme import Tier
from schemas.stages import Outcome
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, ORGANISATION, SECRETARY, Walk, scheme, sha256
from tests.vaults import put_file
from workflows.options import case_stream
from workflows.rules.case.attestation import RELEASED_TIERS

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TEXTS = ("Because the evidence shows it.", "Report", "Summary", "Advice", "Protocol", "application")
"""Every text that `Walk` refers to; the last stands for the application itself."""
MAX_BATCH = 100


def entry_of(number: int, event: Event | RecordEvent, act: Act | None = None) -> PendingEntry:
    """An event on its way into the journal."""
    return PendingEntry(
        number=number,
        kind=event.kind,
        version=event.version,
        at=event.at,
        actor=event.actor,
        authn=act.authn if act else "engine",
        request_id="none",
        act_id=act.act_id if act else None,
        act_digest=act.digest if act else None,
        body=event.model_dump(mode="json"),
    )


def admitted(person: str, *roles: Role, **more: Any) -> PersonAdmitted:
    """Someone was admitted."""
    return PersonAdmitted(at=AT, actor="engine", person=person, roles=roles or (Role.EXPERT,), **more)


def entered(organisation: str = ORGANISATION, **changes: Any) -> ParticipantEntered:
    """An organisation entered the Register."""
    usual: dict[str, Any] = {
        "name": "Acme Vision",
        "country": "EE",
        "roles": ("developer", "operator"),
        "ethics_officer": "Olga Officer",
        "officer_contact": "olga@acme.example",
    }
    return ParticipantEntered(at=AT, actor="sofia", organisation=organisation, **{**usual, **changes})


def adopted(**changes: Any) -> SchemeAdopted:
    """The built-in scheme was adopted."""
    usual: dict[str, Any] = {
        "scheme": scheme().rules.id,
        "scheme_version": scheme().rules.version,
        "digest": scheme().digest,
        "content": scheme().model_dump(mode="json"),
    }
    return SchemeAdopted(**{"at": AT, "actor": "sofia", **usual, **changes})


def a_batch(stream: str, *numbers: int, **changes: Any) -> Batch:
    """Entries of a stream of people, each with an act of its own."""
    entries = [entry_of(number, admitted(f"person-{number}")) for number in numbers]
    keyed = [entry.model_copy(update={"act_id": f"{stream}-{entry.number}", **changes}) for entry in entries]
    return Batch(stream=stream, entries=tuple(keyed))


async def append(database: Database, stream: str, *events: Event | RecordEvent) -> None:
    """Append events to a stream from its first entry, in one transaction."""
    entries = tuple(entry_of(number, event) for number, event in enumerate(events, start=1))
    async with database.writing() as session:
        for start in range(0, len(entries), MAX_BATCH):
            await journal.append(session, Batch(stream=stream, entries=entries[start : start + MAX_BATCH]))


async def go_on(database: Database, stream: str, *events: Event | RecordEvent) -> None:
    """Append events after those that a stream has."""
    async with database.writing() as session:
        first = await journal.next_number(session, stream)
        entries = tuple(entry_of(number, event) for number, event in enumerate(events, start=first))
        await journal.append(session, Batch(stream=stream, entries=entries))


async def found_institutions(database: Database) -> None:
    """Adopt the scheme, enter the organisation, admit everyone that a `Walk` knows."""
    await append(database, f"scheme/{scheme().rules.id}", adopted())
    await append(database, f"organisation/{ORGANISATION}", entered())
    everyone: Sequence[PersonFacts] = (APPLICANT, SECRETARY, *EXPERTS, *MEMBERS, LABEL_OFFICER)
    await append(
        database,
        "people",
        *(admitted(one.person, *one.roles, organisation=one.organisation, areas=one.areas) for one in everyone),
    )


class RecordedWalk(Walk):
    """A walk whose case can be recorded: it knows the acts behind its events, and its files are real."""

    def __init__(self, tier: Tier = Tier.LOW, *, application: str = "case-1", **changes: Any) -> None:
        super().__init__(tier, **{"reference": application.upper(), **changes})
        self.application = application
        self.pending: list[PendingEntry] = []

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        return (
            super()
            .build(kind, who, **content)
            .model_copy(update={"application": self.application, "act_id": str(uuid4())})
        )

    def act(self, kind: str, who: PersonFacts, **content: Any) -> Self:
        before = len(self.events)
        super().act(kind, who, **content)
        for place, event in enumerate(self.events[before:]):
            self.pending.append(entry_of(len(self.pending) + 1, event, self.sent[-1] if place == 0 else None))
        return self

    def offer(self, criterion: str, **changes: Any) -> Self:
        return super().offer(criterion, size=len(f"{criterion}.pdf"), **changes)

    def to_attestation(self) -> Self:
        """Go on until nothing but the signer stands between the grant and its label."""
        self.to_grant()
        assert self.case.decision is not None
        assert self.case.decision.outcome == Outcome.GRANTED
        if self.case.tier in RELEASED_TIERS:
            self.act("declare_interests", LABEL_OFFICER, has_interest=False)
            self.act("release_label", LABEL_OFFICER)
        return self

    @property
    def decision_number(self) -> str:
        """The number a signing order names."""
        assert self.case.decision is not None
        return self.case.decision.number

    def conclude(self, event: Event) -> PendingEntry:
        """Take an event that the engine itself brings about."""
        self.take((event,))
        self.pending.append(entry_of(len(self.pending) + 1, event))
        return self.pending[-1]

    async def record(self, database: Database) -> None:
        """Append all that happened; what is there already is harmless."""
        for start in range(0, len(self.pending), MAX_BATCH):
            async with database.writing() as session:
                batch = Batch(stream=case_stream(self.application), entries=self.pending[start : start + MAX_BATCH])
                await journal.append(session, batch)

    async def store(self, vault: Vault) -> None:
        """Store every text and file that the case names."""
        named = "".join(event.model_dump_json() for event in self.events)
        for text in TEXTS:
            if sha256(text) in named:
                assert await vault.put_bytes(self.application, text.encode()) == sha256(text)
        for item in self.case.evidence.values():
            await put_file(vault, self.application, item.file.encode())
