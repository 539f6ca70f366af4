"""Keep the workflow histories of a release: every later version must replay them (`tests/procedure/test_replay.py`).

Runs one case, label or matter a scenario on a real Temporal server with a clock of its own, and writes each run's
history to `tests/histories/`. Run it once a release; a history that is kept is never written again.
"""

import asyncio
import gzip
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from sysconfig import get_path
from typing import Any
from uuid import uuid4

from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from certify.programs.temporal import WORKFLOWS, sandbox
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.procedure.conftest import SERVER_CONFIG, Procedure
from tests.procedure.kept_scenarios import EDITIONS, LABELS, LiveLabel, PlayCase
from tests.procedure.labels import LabelInTemporal
from tests.procedure.matters import WALKS, MatterInTemporal
from tests.sealing import sealed
from workflows import options

KEPT = Path(__file__).parents[1] / "tests" / "histories"
ASLEEP = 11
"""How many events a run has in which nothing happened but its month."""


async def main() -> None:
    """Play each scenario that is not kept yet."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(get_path("scripts")) / "temporal"),
        data_converter=sealed(seals=False),  # a kept history outlives every key
        ts_config=TimeSkippingConfig(enabled=False, disable_propagation=True),
        dev_server_extra_args=[part for one in SERVER_CONFIG for part in ("--dynamic-config-value", one)],
    )
    async with environment:
        for edition, scenarios in enumerate(EDITIONS, start=1):
            for name, (play, tier, end) in scenarios.items():
                if lacks("certification", name):
                    await keep_case(environment, name, play, tier, edition, end)
        for name, (live, tier) in LABELS.items():
            if lacks("label", name):
                await keep_label(environment, name, live, tier)
        for kind, walk in WALKS.items():
            if lacks(kind, "walked"):
                await keep_matter(environment, kind, MatterInTemporal(environment, f"queue-{uuid4()}", walk()))


def lacks(kind: str, name: str) -> bool:
    """Whether no history of a scenario is kept."""
    return not list((KEPT / kind).glob(f"{name}-*.json.gz"))


@asynccontextmanager
async def worker(environment: WorkflowEnvironment, queue: str, *activities: Any) -> AsyncIterator[None]:
    """Serve a queue of cases, labels or matters, and the queue of the signer."""
    signing = [one for one in activities if one.__name__ in {"issue_label", "sign_extract"}]
    others = [one for one in activities if one not in signing]
    async with (
        Worker(
            environment.client,
            task_queue=queue,
            workflows=list(WORKFLOWS),
            activities=others,
            workflow_runner=sandbox(),
        ),
        Worker(environment.client, task_queue=options.SIGNING_QUEUE, activities=signing),
    ):
        yield


async def keep_case(
    environment: WorkflowEnvironment,
    name: str,
    play: PlayCase,
    tier: Tier,
    edition: int,
    end: Stage,
) -> None:
    """Play one case and write the history of each of its runs."""
    case = Procedure(environment, f"queue-{uuid4()}", tier, edition)
    activities = (case.record.record, case.errands.run_errand, case.signer.issue_label)
    async with worker(environment, case.queue, *activities):
        await play(case)
        stage = await case.handle.result()
        if stage != end:
            sys.exit(f"{name} ended {stage}, not {end}")
    await write(environment, "certification", name, case.id)


async def keep_label(environment: WorkflowEnvironment, name: str, live: LiveLabel, tier: Tier) -> None:
    """Live one label's life and write the history of each of its runs."""
    label = LabelInTemporal(environment, f"queue-{uuid4()}", tier)
    activities = (label.record.record, label.errands.run_errand, label.signer.issue_label)
    async with worker(environment, label.queue, *activities):
        await label.begin()
        await live(label)
        await label.handle.result()
    await write(environment, "label", name, label.id)


async def keep_matter(environment: WorkflowEnvironment, kind: str, matter: MatterInTemporal) -> None:
    """Walk one matter and write the history of each of its runs, whether or not it has ended."""
    activities = (matter.record.record, matter.errands.run_errand, matter.extracts.sign_extract)
    async with worker(environment, matter.queue, *activities):
        await matter.follow()
        await matter.record.holds(matter.stream, matter.walk.kinds()[-1])
        await asyncio.sleep(1)  # what follows from the last act, an errand or a signature, is told to nobody here
    await write(environment, kind, "walked", matter.id)


async def write(environment: WorkflowEnvironment, kind: str, name: str, workflow: str) -> None:
    """Write the history of each run of a workflow; of the months it only slept, the first."""
    (KEPT / kind).mkdir(parents=True, exist_ok=True)
    slept = False
    for place, run in enumerate(await runs(environment, workflow), start=1):
        history = await environment.client.get_workflow_handle(workflow, run_id=run).fetch_history()
        if slept and len(history.events) <= ASLEEP:
            continue
        slept = slept or len(history.events) <= ASLEEP
        path = KEPT / kind / f"{name}-{place}.json.gz"
        path.write_bytes(gzip.compress(anonymous(history.to_json()).encode(), mtime=0))
        print(f"{kind}/{path.name}: {len(history.events)} events, {path.stat().st_size} bytes")


async def runs(environment: WorkflowEnvironment, workflow: str) -> list[str]:
    """Return the runs of a workflow, oldest first."""
    found, run = [], (await environment.client.get_workflow_handle(workflow).describe()).run_id
    while run:
        found.append(run)
        history = await environment.client.get_workflow_handle(workflow, run_id=run).fetch_history()
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found[::-1]


def anonymous(text: str) -> str:
    """Return a history without the names of the machine and the process it was made on."""
    text = text.replace(f"{os.getpid()}@{socket.gethostname()}", "kept")
    return re.sub(r'"identity": ?"[^"]*"', '"identity":"kept"', text)


if __name__ == "__main__":
    asyncio.run(main())
