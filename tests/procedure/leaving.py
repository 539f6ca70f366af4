"""The signer's queue is one for all tests of a process: an order left there would be the next test's."""

from contextlib import suppress
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError


async def leave(*handles: WorkflowHandle[Any, Any]) -> None:
    """End workflows at the end of their test, whether or not they ever began or are over."""
    for handle in handles:
        with suppress(RPCError):
            await handle.terminate()
