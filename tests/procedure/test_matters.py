"""Every kind of matter in real Temporal: the same entries as the pure rules give, over runs, clocks and replays."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from certify.procedure.matter_kinds import KINDS
from certify.programs.temporal import WORKFLOWS, sandbox
from tests.matters import MatterWalk
from tests.procedure.matters import WALKS, MatterInTemporal, appealed, complained, fresh_appeal
from tests.sealing import sealed
from tests.unit.workflows.rules.matter.test_complaints import filed
from workflows import options

BROUGHT_ABOUT = {"errand_done", "extract_signed"}
Open = Callable[[MatterWalk], Awaitable[MatterInTemporal]]


@pytest.fixture
async def opened(temporal: WorkflowEnvironment) -> AsyncIterator[Open]:
    workers: list[Worker] = []

    async def start(walk: MatterWalk) -> MatterInTemporal:
        one = MatterInTemporal(temporal, f"queue-{uuid4()}", walk)
        for queue, activities in (
            (one.queue, [one.record.record, one.errands.run_errand]),
            (options.SIGNING_QUEUE, [one.extracts.sign_extract]),
        ):
            worker = Worker(
                temporal.client, task_queue=queue, workflows=list(WORKFLOWS) if queue == one.queue else [],
                activities=activities, workflow_runner=sandbox(),
            )  # fmt: skip
            await worker.__aenter__()
            workers.append(worker)
        return one

    yield start
    for worker in reversed(workers):
        await worker.__aexit__(None, None, None)


def test_every_kind_has_its_walk() -> None:
    assert set(WALKS) | {"label"} == set(KINDS)


@pytest.mark.parametrize("kind", WALKS)
async def test_the_record_holds_what_the_pure_rules_give_in_whichever_run(opened: Open, kind: str) -> None:
    matter = await opened(WALKS[kind]())
    first, *others = matter.walk.sent
    await matter.send(first)
    await matter.handle.signal("nudge")
    for act in others:
        await matter.send(act)
    by_people = matter.walk.kinds()
    await matter.record.holds(matter.stream, by_people[-1])

    assert [kind for kind in matter.kinds if kind not in BROUGHT_ABOUT] == by_people


@pytest.mark.parametrize("kind", WALKS)
async def test_its_history_replays(opened: Open, kind: str) -> None:
    matter = await opened(WALKS[kind]())
    await matter.follow()
    await matter.record.holds(matter.stream, matter.walk.kinds()[-1])

    history = await matter.handle.fetch_history()
    replayer = Replayer(workflows=list(WORKFLOWS), workflow_runner=sandbox(), data_converter=sealed())
    await replayer.replay_workflow(WorkflowHistory(matter.id, history.events))


async def test_a_label_is_told_of_an_appeal_and_of_its_outcome(opened: Open) -> None:
    matter = await opened(appealed())
    await matter.follow()
    assert (await matter.handle.result()) is None
    told = [(one.to, one.act, one.content["state"]) for one in matter.errands.told]
    assert told == [("label", "note_appeal", "lodged"), ("label", "note_appeal", "upheld")]


async def test_whoever_an_appeal_waits_for_is_reminded_by_its_clock(opened: Open) -> None:
    matter = await opened(fresh_appeal().lodged())
    await matter.follow()
    before = len(matter.kinds)
    await matter.pass_time(days=120)
    await matter.record.reaches(matter.stream, before + 1)
    assert "reminder_given" in matter.kinds[before:]


async def test_an_upheld_complaint_has_the_label_looked_at_again(opened: Open) -> None:
    matter = await opened(complained())
    await matter.follow()
    await matter.handle.result()
    assert [(one.to, one.act) for one in matter.errands.told] == [("label", "open_review")]


async def test_whoever_a_complaint_waits_for_is_reminded_of_by_its_clock(opened: Open) -> None:
    matter = await opened(filed())
    await matter.follow()
    before = len(matter.kinds)
    await matter.pass_time(days=40)
    await matter.record.reaches(matter.stream, before + 1)
    assert "reminder_given" in matter.kinds[before:]
