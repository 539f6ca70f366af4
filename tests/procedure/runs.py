"""How long the runs of a case or matter are, as the rest of its history is in the runs before; how they paused."""

from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

DOUBLED = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6]
LIMIT = 600.0
"""The pauses before asking again, in seconds: twelve that double, and then the longest."""


async def run_lengths(client: Client, workflow: str) -> list[int]:
    """How many events each run has, the last one first."""
    lengths, run = [], None
    while run != "":
        history = await client.get_workflow_handle(workflow, run_id=run).fetch_history()
        lengths.append(len(history.events))
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return lengths


async def pauses(handle: WorkflowHandle[Any, Any]) -> list[float]:
    """How long each pause is that a run made, in seconds; its clocks are set for days."""
    history = await handle.fetch_history()
    started = [one for one in history.events if one.event_type == EventType.EVENT_TYPE_TIMER_STARTED]
    lasting = (
        one.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta().total_seconds() for one in started
    )
    return [seconds for seconds in lasting if seconds <= LIMIT]
