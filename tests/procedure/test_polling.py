"""The health check of worker and signer, against a real Temporal."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from certify.programs.polling import SEEN_WITHIN, is_polled
from tests.fakes import FakeSigner

HERE = socket.gethostname()


async def test_a_queue_is_polled_here_only_while_a_program_of_this_host_asks_it(temporal: WorkflowEnvironment) -> None:
    client, queue, now = temporal.client, f"polling-{uuid4()}", datetime.now(UTC)
    assert not await is_polled(client, queue, host=HERE, now=now)

    async with Worker(client, task_queue=queue, activities=[FakeSigner().issue_label]):
        async with asyncio.timeout(10):
            while not await is_polled(client, queue, host=HERE, now=now):  # noqa: ASYNC110  # Temporal tells nobody when it saw a poll
                await asyncio.sleep(0.02)
        assert not await is_polled(client, queue, host="elsewhere", now=now)

    long_after = datetime.now(UTC) + SEEN_WITHIN + timedelta(seconds=1)
    assert not await is_polled(client, queue, host=HERE, now=long_after)
