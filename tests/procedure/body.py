"""A record on disk and the real way of acts to the cases, for tests that need more than a fake record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from certify.procedure.reconciling import Reconciled, reconcile
from certify.procedure.running import hidden_id
from certify.procedure.sending import Sending
from certify.register import cases, journal
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.act import Act, ActInCase
from schemas.case import Case
from schemas.event import Event
from schemas.record_events import SchemeAdopted
from schemas.records import Batch, PendingEntry
from tests.builders import START, Walk, scheme
from workflows import options
from workflows.casework import CaseFile
from workflows.certification import Certification


@dataclass
class Body:
    """A record on disk, a worker that writes it, and the way of acts to the cases."""

    temporal: WorkflowEnvironment
    database: Database
    database_url: str
    vault: Vault

    @property
    def sending(self) -> Sending:
        return Sending(self.temporal.client, self.database)

    def handle(self, name: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a case or matter by its name, where one starts now."""
        return self.temporal.client.get_workflow_handle(hidden_id(self.temporal.client, name))

    async def lodged(self, walk: Walk) -> str:
        """Send every act of a walk to a case of its own."""
        application = str(uuid4())
        for act in walk.sent:
            await self.send(act, application)
        return application

    async def send(self, act: Act, application: str) -> None:
        assert isinstance(act, ActInCase)
        act = act.model_copy(update={"application": application, "act_id": str(uuid4())})
        workflow = options.certification_id(application)
        if act.kind == "lodge_application":
            file = CaseFile(application=application, rules=scheme().rules)
            await self.sending.to_new(act, Certification.run, file, workflow)
        else:
            await self.sending.to_running(act, workflow, when_gone=lambda: None)
        assert await self.sending.recorded(act) is not None

    async def case(self, application: str) -> Case:
        async with self.database.reading() as session:
            return await cases.get(session, application)

    async def recorded(self, stream: str, events: Iterable[Event]) -> None:
        """Put on record what happened without Temporal."""
        entries = tuple(entry_of(number, event) for number, event in enumerate(events, start=1))
        async with self.database.writing() as session:
            for first in range(0, len(entries), 100):
                await journal.append(session, Batch(stream=stream, entries=entries[first : first + 100]))

    async def reconciled(self, *, restart: bool = True) -> list[Reconciled]:
        return [found async for found in reconcile(self.temporal.client, self.database, restart=restart)]


async def adopted(database: Database) -> None:
    event = SchemeAdopted(
        at=START, actor="engine", scheme=scheme().rules.id, scheme_version=scheme().rules.version,
        digest=scheme().digest, content=scheme().model_dump(mode="json"),
    )  # fmt: skip
    async with database.writing() as session:
        await journal.append(session, Batch(stream=f"scheme/{event.scheme}", entries=(entry_of(1, event),)))


def entry_of(number: int, event: Event) -> PendingEntry:
    """An event as the journal takes it."""
    return PendingEntry(
        number=number, kind=event.kind, version=event.version, at=event.at, actor=event.actor, authn="session",
        request_id="none", body=event.model_dump(mode="json"),
    )  # fmt: skip
