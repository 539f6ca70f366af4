"""`python -m certify.programs.polling worker|signer`: does Temporal see this machine's program ask for work?

The health check of programs that answer nobody: it asks the other end, so it fails alike when the program has
ended, hangs or was cut off.
"""

import asyncio
import socket
import sys
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from certify.programs import temporal
from certify.programs.processes import leave_quietly
from workflows import options

QUEUES = {"worker": options.QUEUE, "signer": options.SIGNING_QUEUE}
SEEN_WITHIN = timedelta(minutes=2)
"""A poll waits for work for up to a minute before the next one begins."""


async def is_polled(client: Client, queue: str, *, host: str, now: datetime) -> bool:
    """Whether a program on a host asked a queue for activities within the last two minutes."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )
    found = await client.workflow_service.describe_task_queue(request)
    return any(
        poller.identity.endswith(f"@{host}") and now - poller.last_access_time.ToDatetime(tzinfo=UTC) < SEEN_WITHIN
        for poller in found.pollers
    )


async def _is_polled_here(queue: str) -> bool:
    return await is_polled(await temporal.connect(), queue, host=socket.gethostname(), now=datetime.now(UTC))


if __name__ == "__main__":
    try:
        sys.exit(0 if asyncio.run(_is_polled_here(QUEUES[sys.argv[1]])) else 1)
    finally:
        leave_quietly()
