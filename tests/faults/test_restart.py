"""Power cuts and dying programs: nothing acknowledged is lost, nothing happens twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from certify.programs.demo_case import DemoCase
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme
from tests.programs import Players, Tree, certify, example, is_ready, record_in, wait_until

pytestmark = pytest.mark.slow

POWER_CUTS = {
    "files": (3, 0.01),  # a file on its way into the store
    "offer-evidence": (7, 0.02),
    "approve-plan": (1, 0.0),
    "submit-review": (1, 0.05),
    "cast-ballot": (3, 0.08),  # the deciding ballot: the signer may have begun
}
"""Before which act of its kind the power goes, and so many seconds after it was sent."""


class PowerCuts:
    """Kills the whole tree while chosen acts are under way, and starts it again on the same data."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.seen, self.cuts = tree, dict.fromkeys(POWER_CUTS, 0), 0

    def __call__(self, path: str) -> asyncio.Task[None] | None:
        kind = path.rsplit("/", 1)[-1]
        if kind not in POWER_CUTS:
            return None
        self.seen[kind] += 1
        place, after = POWER_CUTS[kind]
        return asyncio.create_task(self._cut(after)) if self.seen[kind] == place else None

    async def _cut(self, after: float) -> None:
        await asyncio.sleep(after)
        self.cuts += 1
        await asyncio.to_thread(self.tree.restart_after_kill)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with Tree(tmp_path_factory.mktemp("standing") / "data") as tree:
        yield tree


@pytest.fixture(scope="module")
async def people(standing: Tree) -> AsyncIterator[Players]:
    players = await Players.admitted(standing.settings, example())
    yield players
    await players.close()


def case_of(players: Players, reference: str) -> DemoCase:
    folder = example()
    application = folder.application.model_copy(update={"reference": reference})
    changed = folder.__class__(**{**vars(folder), "application": application})
    return DemoCase(players, changed, load_scheme(BUILT_IN).rules, refuse=False)  # type: ignore[arg-type]  # people


async def test_a_case_with_five_power_cuts_ends_with_exactly_one_label(tmp_path: Path) -> None:
    with Tree(tmp_path / "data") as tree:
        players = await Players.admitted(tree.settings, example())
        cuts = PowerCuts(tree)
        players.told_before_each_act(cuts)

        reading = await case_of(players, "five-cuts").play()

        players.told_before_each_act(lambda _path: None)
        for player in players.players:
            await player.api.send_all_again()
        await players.close()
        assert cuts.cuts == len(POWER_CUTS)
        assert reading["stage"] == "granted"
        assert tree.stop() == 0

        record = await record_in(tree.settings)
        assert record.kinds[f"case/{reading['id']}"].count("label_issued") == 1
        assert record.signatures == (reading["decision"]["number"],)
        found = certify("check", "--data", tree.data)
        assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", ["worker", "signer", "witness", "web", "temporal"])
async def test_a_program_that_dies_is_started_again_and_the_case_goes_on(
    standing: Tree, people: Players, name: str
) -> None:
    died: list[int] = []

    def kill(path: str) -> asyncio.Task[None] | None:
        if path.endswith("/cast-ballot") and not died:
            program = standing.program(name)
            died.append(program.pid)
            program.kill()
        return None

    people.told_before_each_act(kill)
    reading = await case_of(people, f"without-{name}").play()

    assert reading["stage"] == "granted"
    wait_until(lambda: is_ready(standing.address))
    assert standing.program(name).pid not in died


def test_a_second_engine_on_the_same_data_is_told_who_is_there(standing: Tree) -> None:
    second = certify("up", "--data", standing.data, "--port", "0")

    assert second.returncode == 1
    assert str(standing.pid) in second.stderr
    assert "[data_in_use]" in second.stderr
    assert is_ready(standing.address)


def test_a_tree_that_is_asked_to_stop_leaves_in_order_and_leaves_nobody(tmp_path: Path) -> None:
    with Tree(tmp_path / "data") as tree:
        everyone = tree.everyone()
        assert len(everyone) == 6

        assert tree.stop() == 0

        assert [one for one in everyone if one.is_running()] == []
        assert "Traceback" not in tree.log


def test_the_children_of_a_supervisor_that_is_killed_die_with_it(tmp_path: Path) -> None:
    with Tree(tmp_path / "data") as tree:
        _, *children = tree.everyone()
        assert len(children) == 5

        os.kill(tree.pid, signal.SIGKILL)

        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
        tree.start()
        assert is_ready(tree.address)


async def test_after_all_those_deaths_nothing_in_the_record_differs(standing: Tree, people: Players) -> None:
    reading = await case_of(people, "last").play()
    assert reading["stage"] == "granted"

    found = certify("check", "--data", standing.data)

    assert found.returncode == 0, found.stdout + found.stderr
    record = await record_in(standing.settings)
    cases = [stream for stream in record.kinds if stream.startswith("case/")]
    assert record.labels == len(cases) == len(record.signatures) == len(set(record.signatures))
