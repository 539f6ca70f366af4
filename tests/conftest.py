"""What holds for all tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from temporalio.worker._workflow import _WorkflowWorker

# A slow machine is no wrong rule: figures of time live in `make bench`.
settings.register_profile("certify", deadline=None)
settings.load_profile("certify")


@pytest.fixture(scope="session", autouse=True)
def patience_with_slow_workflows() -> Iterator[None]:
    """Let a workflow of a test take its time: the SDK has no setting for it.

    It throws an exception into the thread of a workflow that ran for two seconds. With two cores under a whole suite
    that is a slow machine, and the exception lands wherever the thread is just then, in a destructor too, where pytest
    takes it for a failure. The programs in tests/faults and tests/journeys run as they are.
    """
    begin = _WorkflowWorker.__init__

    def patient(worker: Any, *args: Any, **options: Any) -> None:
        begin(worker, *args, **options)
        worker._deadlock_timeout_seconds = 60

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(_WorkflowWorker, "__init__", patient)
        yield
