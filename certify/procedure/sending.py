"""Sends acts to workflows: a few at a time to each, again when a run was just changing, until they are answered."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from certify.procedure.acts import error_of
from certify.procedure.running import id_of
from certify.procedure.sealing import ids_of
from certify.procedure.updating import send_update
from certify.register import streams
from certify.register.database import Database
from schemas.act import Act
from schemas.errors import AlreadyDecided, ProcedureError, Unavailable
from schemas.records import Ack, Receipt
from workflows import options
from workflows.casework import REFUSED

RECORDED_WITHIN = 2.0
IN_FLIGHT = 8
"""Temporal takes ten updates of a case at a time; further ones would hang instead of being refused."""
ANSWERED_WITHIN = 10.0
"""A case without a worker never answers; an act that was not answered may be sent again under the same key."""
UNREACHED = (RuntimeError, TimeoutError)
"""A client that has not connected yet says RuntimeError where a connected one says RPCError."""
_REFUSAL_DETAILS = (3, 4)
_WAIT_FOR_A_PLACE = 5.0
_QUERY_WITHIN = timedelta(seconds=5)


async def _takes_all() -> None:
    """Refuse nothing."""


class Sending:
    """The way of every act to its case or matter, and of the receipt back.

    `require_whole` raises while the record lacks what was logged: then no act is sent (security I22).
    """

    def __init__(
        self, client: Client, database: Database, require_whole: Callable[[], Awaitable[None]] = _takes_all
    ) -> None:
        self._client = client
        self._database = database
        self._require_whole = require_whole
        self._hidden: set[str] = set()
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(IN_FLIGHT))

    async def to_running(self, act: Act, name: str, *, when_gone: Callable[[], object]) -> None:
        """Send an act to a workflow that runs; `when_gone` raises why there is none, if it can tell.

        Raises:
            ProcedureError: the act is refused, or `procedure_unreachable`.
        """

        async def send() -> Ack:
            handle = self._client.get_workflow_handle(await self._id_of(name))
            ack: Ack = await handle.execute_update(act.kind, _sent_now(act), id=act.act_id, result_type=Ack)
            return ack

        try:
            await self._answer(act, send)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                when_gone()
            raise unavailable() from error

    async def to_new(self, act: Act, run: Any, file: Any, name: str) -> None:
        """Start a workflow with its first act; one that runs already gets the act.

        Raises:
            ProcedureError: the act is refused, or `procedure_unreachable`.
        """

        async def send() -> Ack:
            # One operation serves one call; a second call, when a run was just ending, needs its own.
            start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                run,
                file,
                id=await self._id_of(name),
                task_queue=options.QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )
            ack: Ack = await self._client.execute_update_with_start_workflow(
                act.kind, _sent_now(act), start_workflow_operation=start, id=act.act_id, result_type=Ack
            )
            return ack

        try:
            await self._answer(act, send)
        except RPCError as error:
            raise unavailable() from error

    async def has_taken(self, name: str, act_id: str) -> bool:
        """Whether a workflow has accepted an act that the record may not hold yet.

        Raises:
            Unavailable: `procedure_unreachable`.
        """
        try:
            handle = self._client.get_workflow_handle(await self._id_of(name))
            return bool(await handle.query("has_taken", act_id, result_type=bool, rpc_timeout=_QUERY_WITHIN))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise unavailable() from error
        except UNREACHED as error:
            raise unavailable() from error

    def name_of(self, workflow_id: str) -> str:
        """Return the name of a workflow by its id."""
        ids = ids_of(self._client)
        return ids.name(workflow_id) if ids is not None else workflow_id

    async def _id_of(self, name: str) -> str:
        """Return where a workflow is: one that began before ids were hidden goes on under its name."""
        ids = ids_of(self._client)
        if ids is not None and name in self._hidden:
            return ids.hidden(name)
        found = await id_of(self._client, name)
        if found != name:
            self._hidden.add(name)
        return found

    async def is_reachable(self) -> bool:
        """Whether Temporal answers now."""
        try:
            return await self._client.service_client.check_health(timeout=timedelta(seconds=1))
        except (RPCError, *UNREACHED):
            return False

    async def receipt(self, act_id: str) -> Receipt | None:
        """Return the receipt of a recorded act."""
        async with self._database.reading() as session:
            return await streams.receipt_of(session, act_id)

    async def earlier(self, act: Act) -> Receipt | None:
        """Return the receipt of this very act when it is recorded already.

        Raises:
            AlreadyDecided: `other_act_same_key`.
        """
        async with self._database.reading() as session:
            same = await streams.is_recorded_act(session, act.act_id, act.digest)
            receipt = await streams.receipt_of(session, act.act_id)
        if receipt is not None and not same:
            raise _other_act()
        return receipt

    async def recorded(self, act: Act) -> Receipt | None:
        """Wait until the record holds the act, for a while; what is accepted is on its way there."""
        until, pause = monotonic() + RECORDED_WITHIN, 0.01
        while (receipt := await self.receipt(act.act_id)) is None and monotonic() < until:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        return receipt

    async def _answer(self, act: Act, send: Callable[[], Awaitable[Ack]]) -> None:
        """Send an act and wait for the answer, for a while."""
        await self._require_whole()
        try:
            async with _Place(self._places[act.subject]), asyncio.timeout(ANSWERED_WITHIN):
                ack = await send_update(send)
        except UNREACHED as error:
            raise unavailable() from error
        except (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise _refusal(error) from error
        if ack.digest != act.digest:
            # Temporal answers a known update id with its first answer, whatever was sent under it.
            raise _other_act()


class _Place:
    """One of the places a case has for acts in flight."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places

    async def __aenter__(self) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), _WAIT_FOR_A_PLACE)
        except TimeoutError:
            raise Unavailable("too_many_acts", "This case is taking other acts; please try again.") from None

    async def __aexit__(self, *_: object) -> None:
        self._places.release()


def _sent_now(act: Act) -> Act:
    return act.model_copy(update={"sent_at": datetime.now(UTC)})


def _other_act() -> AlreadyDecided:
    return AlreadyDecided("other_act_same_key", "This key was used for another act.")


def _refusal(error: WorkflowUpdateFailedError | WorkflowUpdateRPCTimeoutOrCancelledError) -> ProcedureError:
    cause = error.__cause__ if isinstance(error, WorkflowUpdateFailedError) else None
    if not isinstance(cause, ApplicationError) or not (cause.type or "").startswith(f"{REFUSED}."):
        return unavailable()
    # What is not among the details was not sealed, and is believed of nobody.
    return error_of(*cause.details) if len(cause.details) in _REFUSAL_DETAILS else unavailable()


def unavailable() -> Unavailable:
    """Return what is said while Temporal cannot be reached."""
    return Unavailable("procedure_unreachable", "The procedure cannot take acts now; please send this again.")
