"""Cases that began under an earlier version go on under this one: every kept history replays."""

import gzip
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from certify.procedure.matter_kinds import KINDS
from certify.programs.temporal import WORKFLOWS, sandbox
from tests.procedure.kept_scenarios import EDITIONS, LABELS
from tests.sealing import sealed
from workflows.options import CONTINUE_AFTER_EVENTS

KEPT = Path(__file__).parents[1] / "histories"
SCENARIOS = (
    *(f"certification/{name}" for scenarios in EDITIONS for name in scenarios),
    *(f"label/{name}" for name in LABELS),
    *(f"{kind}/walked" for kind in sorted(set(KINDS) - {"label"})),
)


def kept() -> list[Path]:
    return sorted(KEPT.glob("*/*.json.gz"))


def name_of(path: Path) -> str:
    return str(path.relative_to(KEPT)).removesuffix(".json.gz")


def text_of(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def history(text: str) -> WorkflowHistory:
    return WorkflowHistory.from_json("kept", text)


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    return Replayer(workflows=list(WORKFLOWS), workflow_runner=sandbox(), data_converter=sealed())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_way_a_case_a_label_or_a_matter_can_go_is_kept(scenario: str) -> None:
    assert [path for path in kept() if name_of(path).startswith(f"{scenario}-")]


@pytest.mark.parametrize("path", kept(), ids=name_of)
async def test_a_kept_history_replays(replayer: Replayer, path: Path) -> None:
    await replayer.replay_workflow(history(text_of(path)))


async def test_a_history_in_which_something_else_was_asked_for_does_not_replay(replayer: Replayer) -> None:
    other = text_of(KEPT / "certification" / "granted-low-1.json.gz").replace('"record"', '"forget"')

    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(history(other))


def test_a_long_case_was_kept_with_the_run_that_took_it_over() -> None:
    first, second = (
        history(text_of(KEPT / "certification" / f"continued-as-new-{run}.json.gz")).events for run in (1, 2)
    )

    assert len(first) > CONTINUE_AFTER_EVENTS
    assert first[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
    assert second[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED


def test_a_kept_history_names_no_machine() -> None:
    for path in kept():
        assert {part.split('"')[0] for part in text_of(path).split('"identity":"')[1:]} <= {"kept"}
