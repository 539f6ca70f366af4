"""How long the runs of a case or matter are: the rest of its history is in the runs before."""

from temporalio.client import Client


async def run_lengths(client: Client, workflow: str) -> list[int]:
    """How many events each run has, the last one first."""
    lengths, run = [], None
    while run != "":
        history = await client.get_workflow_handle(workflow, run_id=run).fetch_history()
        lengths.append(len(history.events))
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return lengths
