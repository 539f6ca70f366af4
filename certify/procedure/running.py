"""Under which id a workflow runs."""

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from certify.procedure.sealing import ids_of, seals


def hidden_id(client: Client, name: str) -> str:
    """Return the id under which a workflow is started now."""
    ids = ids_of(client)
    return ids.hidden(name) if ids is not None and seals(client) else name


async def id_of(client: Client, name: str) -> str:
    """Return the id under which a workflow runs, or would be started.

    One that began before ids were hidden, or while they were, keeps its own as long as it runs: a second one beside it
    would act twice.
    """
    ids, now = ids_of(client), hidden_id(client, name)
    if ids is None:
        return now
    other = name if now != name else ids.hidden(name)
    return other if await _is_running(client, other) else now


async def _is_running(client: Client, workflow_id: str) -> bool:
    try:
        described = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return described.status == WorkflowExecutionStatus.RUNNING
