"""Scheme versions enter the record of their scheme: the first one by the operator, later ones by the Commission."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from uuid6 import uuid7

from certify.procedure.running import hidden_id
from certify.register import schemes, streams
from certify.register.database import Database
from schemas.errand import Errand
from schemas.errors import AlreadyDecided, OutOfOrder
from schemas.identifiers import ENGINE
from schemas.record_events import SchemeAdopted
from schemas.records import Batch, PendingEntry
from schemas.scheme import Scheme
from workflows import options
from workflows.recording import SchemeAdoption
from workflows.rules.matter.scheme_adoption import ADOPTED_BEFORE


async def adopt_first_version(client: Client, database: Database, scheme: Scheme, *, by: str) -> bool:
    """Adopt the first version of a scheme, without which nothing can begin; every later one is the Commission's.

    Returns False when a version of this scheme is in force.
    """
    async with database.reading() as session:
        if await schemes.is_known(session, scheme.rules.id):
            return False
        number = await _next_number(session, scheme)
    await _enter(client, scheme, number, by=by, act_id=str(uuid7()))
    return True


async def adopt_voted(client: Client, database: Database, scheme: Scheme, errand: Errand, *, act_id: str) -> None:
    """Adopt a version that the Commission voted for, in place of the one it was compared with.

    What the errand entered before stays as it is, and so does a version that two votes adopted and that is in force.

    Raises:
        AlreadyDecided: `adopted_before`: it was in force and was replaced meanwhile.
        OutOfOrder: `other_in_force`: another version came into force since it was compared. Votes opened by an act of
            before do not say with which.
    """
    async with database.reading() as session:
        if await streams.receipt_of(session, act_id) is not None:
            return
        number = await _next_number(session, scheme)
        in_force = await schemes.digest_in_force(session, scheme.rules.id)
        if in_force == scheme.digest:
            return
        if await schemes.find(session, scheme.digest) is not None:
            raise AlreadyDecided("adopted_before", ADOPTED_BEFORE)
    if errand.content.get("replaces", in_force) != in_force:
        raise OutOfOrder("other_in_force", "Another version came into force meanwhile; propose this one anew.")
    await _enter(client, scheme, number, by=ENGINE, act_id=act_id)


async def _next_number(session: AsyncSession, scheme: Scheme) -> int:
    head = await streams.head_of(session, options.scheme_stream(scheme.rules.id))
    return head.number + 1 if head else 1


async def _enter(client: Client, scheme: Scheme, number: int, *, by: str, act_id: str) -> None:
    event = SchemeAdopted(
        at=datetime.now(UTC),
        actor=by,
        scheme=scheme.rules.id,
        scheme_version=scheme.rules.version,
        digest=scheme.digest,
        content=scheme.model_dump(mode="json"),
    )
    entry = PendingEntry.of(event, number, authn="session", act_id=act_id)
    await client.execute_workflow(
        SchemeAdoption.run,
        Batch(stream=options.scheme_stream(scheme.rules.id), entries=(entry,)),
        id=hidden_id(client, options.adoption_id(scheme.digest)),
        task_queue=options.QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
