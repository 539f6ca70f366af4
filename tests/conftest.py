"""What holds for all tests."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from temporalio.worker._workflow import _WorkflowWorker

# A slow machine is no wrong rule: figures of time live in `make bench`.
settings.register_profile("certify", deadline=None)
settings.load_profile("certify")

# Thousands of tests, and what they import, stay for the whole run: to look them through for garbage took a fifth of it.
gc.set_threshold(200_000, 50, 1000)


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
