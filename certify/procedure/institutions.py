"""Acts outside cases: entering an organisation in the Register, adopting a scheme."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from uuid6 import uuid7

from certify.register import participants, schemes, streams
from certify.register.database import Database
from schemas.application import ActorRole
from schemas.errors import AlreadyDecided
from schemas.identifiers import Line, Name
from schemas.record_events import ParticipantEntered, RecordEvent, SchemeAdopted
from schemas.records import Batch, PendingEntry
from schemas.scheme import Scheme
from workflows import options
from workflows.recording import RegisterEntry, SchemeAdoption

_NAMESPACE = UUID("0a4a35f8-6a0c-5d3c-8a5b-0d1f7c3b9e21")


class Entrant(BaseModel):
    """An organisation as it is entered (Code, II-2.1, II-2.2)."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    roles: tuple[ActorRole, ...] = Field(min_length=1, max_length=8)
    ethics_officer: Line | None = None
    officer_contact: Line | None = None


def organisation_id(name: str, country: str) -> str:
    """Return the id of an organisation: the same name in the same country is the same organisation."""
    return str(uuid5(_NAMESPACE, f"{country}/{name}"))


async def enter_organisation(client: Client, database: Database, entrant: Entrant, *, by: str) -> str:
    """Enter an organisation in the Register and return its id.

    Raises:
        AlreadyDecided: `already_entered`.
    """
    organisation = organisation_id(entrant.name, entrant.country)
    async with database.reading() as session:
        if await participants.find(session, organisation) is not None:
            raise AlreadyDecided("already_entered", f"{entrant.name} stands in the Register already.")
    event = ParticipantEntered(at=datetime.now(UTC), actor=by, organisation=organisation, **entrant.model_dump())
    await client.execute_workflow(
        RegisterEntry.run,
        Batch(stream=f"organisation/{organisation}", entries=(_entry(1, event),)),
        id=f"register/{organisation}",
        task_queue=options.QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    return organisation


async def adopt_first_version(client: Client, database: Database, scheme: Scheme, *, by: str) -> bool:
    """Adopt the first version of a scheme, without which nothing can begin; every later one is the Commission's.

    Returns False when a version of this scheme is in force.
    """
    async with database.reading() as session:
        if await schemes.is_known(session, scheme.rules.id):
            return False
    return await adopt_scheme(client, database, scheme, by=by)


async def adopt_scheme(client: Client, database: Database, scheme: Scheme, *, by: str) -> bool:
    """Adopt a scheme version for new cases; returns False when it was adopted before."""
    stream = f"scheme/{scheme.rules.id}"
    async with database.reading() as session:
        if await schemes.find(session, scheme.digest) is not None:
            return False
        head = await streams.head_of(session, stream)
    event = SchemeAdopted(
        at=datetime.now(UTC),
        actor=by,
        scheme=scheme.rules.id,
        scheme_version=scheme.rules.version,
        digest=scheme.digest,
        content=scheme.model_dump(mode="json"),
    )
    await client.execute_workflow(
        SchemeAdoption.run,
        Batch(stream=stream, entries=(_entry(head.number + 1 if head else 1, event),)),
        id=f"scheme/{scheme.digest}",
        task_queue=options.QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    return True


def _entry(number: int, event: RecordEvent) -> PendingEntry:
    return PendingEntry(
        number=number,
        kind=event.kind,
        version=event.version,
        at=event.at,
        actor=event.actor,
        authn="session",
        request_id="none",
        act_id=str(uuid7()),
        body=event.model_dump(mode="json"),
    )
