"""Sends one update, again under the same id when a case was just beginning its next run."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from schemas.records import Ack

_OVERTAKEN = "AcceptedUpdateCompletedWorkflow"
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


async def send_update(send: Callable[[], Awaitable[Ack]]) -> Ack:
    """Send an update until the case answers it.

    An update that meets a run in the moment it continues as new is lost or overtaken; the same id sent again
    reaches the next run, which carries the receipts of the one before.
    """
    for pause in _PAUSES:
        try:
            return await send()
        except RPCError as error:
            if error.status != RPCStatusCode.FAILED_PRECONDITION:
                raise
        except WorkflowUpdateFailedError as error:
            if not (isinstance(error.cause, ApplicationError) and error.cause.type == _OVERTAKEN):
                raise
        await asyncio.sleep(pause)
    return await send()
