"""Under which id a workflow runs."""

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from certify.procedure.sealing import ids_of, seals, takes_unsealed


def hidden_id(client: Client, name: str) -> str:
    """Return the id under which a workflow is started now."""
    ids = ids_of(client)
    return ids.hidden(name) if ids is not None and seals(client) else name


async def id_of(client: Client, name: str) -> str:
    """Return the id under which a workflow runs, or would be started.

    One that began before ids were hidden, or while they were, keeps its own as long as it runs: a second one beside it
    would act twice. Once none does any more, whoever starts one under a name of ours draws no act to it.
    """
    ids, now = ids_of(client), hidden_id(client, name)
    if ids is None or not takes_unsealed(client):
        return now
    other = name if now != name else ids.hidden(name)
    return other if await is_running(client, other) else now


async def is_running(client: Client, workflow_id: str) -> bool:
    """Whether a workflow runs under an id."""
    try:
        described = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return described.status == WorkflowExecutionStatus.RUNNING
