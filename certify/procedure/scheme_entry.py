"""Scheme versions enter the record of their scheme: the first one by the operator, later ones by the Commission."""

from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from uuid6 import uuid7

from certify.procedure.running import hidden_id
from certify.register import schemes, streams
from certify.register.database import Database
from schemas.record_events import SchemeAdopted
from schemas.records import Batch, PendingEntry
from schemas.scheme import Scheme
from workflows import options
from workflows.recording import SchemeAdoption


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
    stream = options.scheme_stream(scheme.rules.id)
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
    number = head.number + 1 if head else 1
    entry = PendingEntry.of(event, number, authn="session", act_id=str(uuid7()))
    await client.execute_workflow(
        SchemeAdoption.run,
        Batch(stream=stream, entries=(entry,)),
        id=hidden_id(client, options.adoption_id(scheme.digest)),
        task_queue=options.QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    return True
