"""Keep the workflow histories of a release: every later version must replay them (`tests/procedure/test_replay.py`).

Runs one case a scenario on a real Temporal server with a clock of its own, and writes each run's history to
`tests/histories/certification/`. Run it once a release; a history that is kept is never written again.
"""

import asyncio
import gzip
import os
import re
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from sysconfig import get_path
from uuid import uuid4

from temporalio.client import WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from certify.programs.temporal import WORKFLOWS, sandbox
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, LABEL_OFFICER, MEMBERS, SECRETARY, Walk
from tests.procedure.conftest import SERVER_CONFIG, Procedure
from workflows import options

KEPT = Path(__file__).parents[1] / "tests" / "histories" / "certification"
BACK_AND_FORTH = 70
"""So often evidence is offered and taken back until a run has more than `CONTINUE_AFTER_EVENTS` events."""


async def granted_low(case: Procedure) -> None:
    """Every stage of the low tier, to a label."""
    await case.grant()


async def granted_critical(case: Procedure) -> None:
    """Three reviewers, a third party's report, a released label."""
    await case.grant(Tier.CRITICAL)
    await case.record.holds(case.stream, "decision_taken")
    await case.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await case.act("release_label", LABEL_OFFICER)


async def refused(case: Procedure) -> None:
    """One criterion is not met; the Commission refuses with its grounds."""
    await case.follow(Walk().to_decision(I_1_1_01=Verdict.NOT_MET))
    await case.act("open_round", SECRETARY)
    vote = await case.round()
    for member in MEMBERS:
        if member.person in vote.electorate:
            await case.act("declare_interests", member, has_interest=False)
            await case.act(
                "cast_ballot", member, round=vote.number, choice=Choice.REFUSE, grounds=("I-1.1-01",),
                manifest_digest=vote.manifest_digest, scheme_digest=vote.scheme_digest,
            )  # fmt: skip


async def declined_by_gate(case: Procedure) -> None:
    """Gate G1: the rule declines at once."""
    gates = {"G1": "no", "G2": "no", "G3": "yes", "G4": "no", "G5": "none"}
    await case.follow(Walk(gates=gates).to_intake())


async def lapsed(case: Procedure) -> None:
    """Accepted, and nothing handed in by the clock."""
    await case.follow(Walk().to_intake().act("accept_application", SECRETARY))
    await case.pass_time(days=59)
    await case.pass_time(days=2)


async def withdrawn(case: Procedure) -> None:
    """The applicant leaves while the round is open."""
    await case.follow(Walk().to_round().act("withdraw_application", APPLICANT))


async def continued_as_new(case: Procedure) -> None:
    """So many acts that the case goes on in a second run, where the applicant leaves."""
    walk = Walk().to_intake()
    for _ in range(BACK_AND_FORTH):
        walk.offer("I-1.1-01")
        walk.act("withdraw_evidence", APPLICANT, item=max(walk.case.evidence, key=lambda item: int(item[1:])))
    walk.act("withdraw_application", APPLICANT)
    await case.follow(walk)


SCENARIOS: dict[str, tuple[Callable[[Procedure], Awaitable[None]], Tier, Stage]] = {
    "granted-low": (granted_low, Tier.LOW, Stage.GRANTED),
    "granted-critical": (granted_critical, Tier.CRITICAL, Stage.GRANTED),
    "refused": (refused, Tier.LOW, Stage.REFUSED),
    "declined-by-gate": (declined_by_gate, Tier.LOW, Stage.DECLINED),
    "lapsed": (lapsed, Tier.LOW, Stage.LAPSED),
    "withdrawn": (withdrawn, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
    "continued-as-new": (continued_as_new, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
}


async def main() -> None:
    """Play each scenario that is not kept yet."""
    KEPT.mkdir(parents=True, exist_ok=True)
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(get_path("scripts")) / "temporal"),
        data_converter=pydantic_data_converter,
        ts_config=TimeSkippingConfig(enabled=False, disable_propagation=True),
        dev_server_extra_args=[part for one in SERVER_CONFIG for part in ("--dynamic-config-value", one)],
    )
    async with environment:
        for name, (play, tier, end) in SCENARIOS.items():
            if not list(KEPT.glob(f"{name}*.json.gz")):
                await keep(environment, name, play, tier, end)


async def keep(
    environment: WorkflowEnvironment, name: str, play: Callable[[Procedure], Awaitable[None]], tier: Tier, end: Stage
) -> None:
    """Play one case and write the history of each of its runs."""
    case = Procedure(environment, f"queue-{uuid4()}", tier)
    worker = Worker(
        environment.client, task_queue=case.queue, workflows=list(WORKFLOWS), activities=[case.record.record],
        workflow_runner=sandbox(),
    )  # fmt: skip
    signing = Worker(environment.client, task_queue=options.SIGNING_QUEUE, activities=[case.signer.issue_label])
    async with worker, signing:
        await play(case)
        stage = await case.handle.result()
    if stage != end:
        sys.exit(f"{name} ended {stage}, not {end}")
    for place, run in enumerate(await runs(environment, case.id), start=1):
        history = await environment.client.get_workflow_handle(case.id, run_id=run).fetch_history()
        text = anonymous(history.to_json())
        path = KEPT / f"{name}-{place}.json.gz"
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        print(f"{path.name}: {len(history.events)} events, {path.stat().st_size} bytes")


async def runs(environment: WorkflowEnvironment, workflow: str) -> list[str]:
    """Return the runs of a workflow, oldest first, once the server lists the one that ended it."""
    while True:
        found = [one async for one in environment.client.list_workflows(f"WorkflowId = '{workflow}'")]
        if any(one.status == WorkflowExecutionStatus.COMPLETED for one in found):
            return [one.run_id for one in sorted(found, key=lambda one: one.start_time)]
        await asyncio.sleep(0.2)


def anonymous(text: str) -> str:
    """Return a history without the names of the machine and the process it was made on."""
    text = text.replace(f"{os.getpid()}@{socket.gethostname()}", "kept")
    return re.sub(r'"identity": ?"[^"]*"', '"identity":"kept"', text)


if __name__ == "__main__":
    asyncio.run(main())
