"""Compares what the record holds open with what Temporal carries, and starts again what is missing, behind or ahead.

The record is the truth: whoever loses Temporal, terminates a workflow or resets one loses no case (design, 3).
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from certify.procedure.matter_kinds import KINDS
from certify.procedure.running import id_of, is_running
from certify.register import cases, matters, schemes, streams
from certify.register.database import Database
from schemas.scheme import SchemeRules
from workflows import options
from workflows.casework import CaseFile
from workflows.certification import Certification

AT_ONCE = 16
_ANSWERED_WITHIN = timedelta(seconds=5)


class Difference(StrEnum):
    """What Temporal has of something that is open in the record; what is ahead holds entries that the record lost."""

    MISSING = "missing"
    ENDED = "ended"
    BEHIND = "behind"
    AHEAD = "ahead"
    SILENT = "silent"


class Reconciled(BaseModel):
    """One open case or matter that Temporal does not carry as the record has it.

    Attributes:
        entry: number of its last entry in the record; `carried` what its workflow has, where it answers.
        restarted: whether a workflow was started from the fold of the record.
    """

    model_config = ConfigDict(frozen=True)

    workflow: str
    difference: Difference
    entry: int
    carried: int | None = None
    restarted: bool = False


@dataclass(frozen=True)
class _Open:
    """Something that is open in the record, and how its workflow is started from there."""

    workflow: str
    stream: str
    entry: int
    run: Any
    file: Any


async def reconcile(client: Client, database: Database, *, restart: bool) -> AsyncIterator[Reconciled]:
    """Yield every difference between record and Temporal; with `restart`, start again what can be.

    A workflow that answers nobody (`silent`: no worker, or code that does not replay) is told and left alone:
    starting a second one beside it would be guessing.
    """
    open_ones = await _open_in_record(database)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(found: _Open) -> Reconciled | None:
        async with places:
            return await _compare(client, database, found, restart=restart)

    for answer in asyncio.as_completed([one(found) for found in open_ones]):
        difference = await answer
        if difference is not None:
            yield difference


async def nudge(client: Client, database: Database) -> int:
    """Tell everything that is open to begin a new run; returns how many were told."""
    told = 0
    for found in await _open_in_record(database):
        try:
            await client.get_workflow_handle(await id_of(client, found.workflow)).signal("nudge")
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
        else:
            told += 1
    return told


async def begun_unsealed(client: Client, database: Database) -> int:
    """Return how many of what is open in the record runs under its plain name, as begun before names were hidden.

    It is the record that is asked what is ours: a stranger's workflow in Temporal is none.
    """
    return sum([await is_running(client, found.workflow) for found in await _open_in_record(database)])


async def _open_in_record(database: Database) -> list[_Open]:
    async with database.reading() as session:
        pinned: dict[str, SchemeRules] = {}
        found = []
        for case in (*await cases.unfinished(session), *await cases.whose_label_has_no_life(session)):
            rules = await _rules(session, pinned, case.lodged.scheme.digest)
            file = CaseFile(application=case.id, rules=rules, case=case, restored=True)
            names = options.certification_id(case.id), options.case_stream(case.id)
            found.append(_Open(*names, case.entry, Certification.run, file))
        for name, kind in KINDS.items():
            for matter in await matters.every(session, kind.state, name, open_only=True):
                digest = matter.scheme_digest or (await schemes.in_force(session, schemes.BUILT_IN_ID)).digest
                started = kind.file(id=matter.id, rules=await _rules(session, pinned, digest))
                started.put_state(matter)
                names = options.matter_id(name, matter.id), options.matter_stream(name, matter.id)
                found.append(_Open(*names, matter.entry, kind.run, started))
    return found


async def _rules(session: AsyncSession, pinned: dict[str, SchemeRules], digest: str) -> SchemeRules:
    if digest not in pinned:
        pinned[digest] = (await schemes.pinned(session, digest)).rules
    return pinned[digest]


async def _compare(client: Client, database: Database, found: _Open, *, restart: bool) -> Reconciled | None:
    workflow_id = await id_of(client, found.workflow)
    difference, carried = await _difference(client.get_workflow_handle(workflow_id), found)
    if difference is None or not (difference == Difference.SILENT or await _stands(database, found)):
        return None
    restarted = restart and difference != Difference.SILENT and await _restart(client, found, difference, workflow_id)
    return Reconciled(
        workflow=found.workflow, difference=difference, entry=found.entry, carried=carried, restarted=restarted
    )


async def _difference(handle: WorkflowHandle[Any, Any], found: _Open) -> tuple[Difference | None, int | None]:
    try:
        described = await handle.describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return Difference.MISSING, None
        raise
    if described.status != WorkflowExecutionStatus.RUNNING:
        return Difference.ENDED, None
    try:
        carried = await _answer(handle, "entry")
        if carried < found.entry:
            return Difference.BEHIND, carried
        recorded = await _answer(handle, "recorded") if carried > found.entry else carried
    except (RPCError, WorkflowQueryFailedError):
        return Difference.SILENT, None
    return (Difference.AHEAD if recorded > found.entry else None), carried


async def _answer(handle: WorkflowHandle[Any, Any], query: str) -> int:
    return int(await handle.query(query, result_type=int, rpc_timeout=_ANSWERED_WITHIN))


async def _stands(database: Database, found: _Open) -> bool:
    """Whether the record still ends where it ended when all was listed; what was recorded meanwhile is no difference.

    Asked after the workflow: what that knows to be recorded, or ended with, a whole record holds by now. Started again
    from what was listed, a case that has ended since would take acts that no record ever holds.
    """
    async with database.reading() as session:
        head = await streams.head_of(session, found.stream)
    return head is not None and head.number == found.entry


async def _restart(client: Client, found: _Open, difference: Difference, workflow_id: str) -> bool:
    runs_on = difference in {Difference.BEHIND, Difference.AHEAD}
    try:
        await client.start_workflow(
            found.run,
            found.file,
            id=workflow_id,
            task_queue=options.QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=(
                WorkflowIDConflictPolicy.TERMINATE_EXISTING if runs_on else WorkflowIDConflictPolicy.FAIL
            ),
        )
    except WorkflowAlreadyStartedError:
        return False  # somebody was quicker; the next look tells whether all is well
    return True
