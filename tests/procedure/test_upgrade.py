"""A deployment under cases that live for months, rehearsed: an earlier release's worker, then today's beside it."""

import asyncio
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter

from certify.procedure.reconciling import nudge
from certify.programs import temporal as programs
from certify.register import cells, streams
from certify.register.chain import verified_events
from schemas.act import Act, ActInCase
from schemas.events import CASE_EVENTS
from schemas.records import Ack
from tests.builders import APPLICANT, SECRETARY, Walk, scheme, text
from tests.cells import CELLS, IN_CLEAR
from tests.procedure.body import Body
from tests.programs import environment, wait_until
from tests.sealing import sealed
from workflows import options
from workflows.rules.case.fold import fold

KEPT = Path(__file__).parents[1] / "data"
pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Release:
    """An earlier release, and a case that is in mid-flight when it is replaced.

    Attributes:
        name: folder of its worker.
        added_since: facts that its acts did not carry; its web program would not have sent them.
        rules_since: rules that its scheme did not state.
        begun: the case as the old worker leaves it.
        rest: the same case, gone on.
    """

    name: str
    added_since: frozenset[str]
    rules_since: dict[str, Any] = field(default_factory=dict)
    begun: Callable[[], Walk]
    rest: Callable[[], Walk]

    def __str__(self) -> str:
        return self.name


ASKED_SINCE = {"tiers": {"__all__": {"surveillance": {"asks", "test_results"}}}}
"""What no scheme of either release stated of its tiers (decision 68)."""
FIRST = Release(
    name="first",
    added_since=frozenset({"institution", "edition", "tied_to", "note", "earlier"}),
    rules_since={"clocks": {"calendar"}, "common": {"change_reevaluates"}, **ASKED_SINCE},
    begun=lambda: Walk().to_planning(),
    rest=lambda: Walk().to_decision(),
)
SECOND = Release(
    name="second",
    added_since=frozenset({"organisation_address", "origin", "proof"}),
    rules_since=ASKED_SINCE,
    begun=lambda: Walk(edition=2).to_correction(),
    rest=lambda: Walk(edition=2).to_correction().corrected("I-1.1-01").reviewed().advised(),
)


@contextmanager
def worker_of(release: Release, body: Body, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of an earlier release, as a process of its own."""
    with tarfile.open(KEPT / release.name / "worker.tar.xz") as kept:
        kept.extractall(folder, filter="data")
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        (sys.executable, "-m", "certify", "worker"),
        cwd=folder,
        env=environment(
            PYTHONPATH=str(folder),
            TEMPORAL_ADDRESS=body.temporal.client.service_client.config.target_host,
            CERTIFY_DATA=str(folder / "data"),
            CERTIFY_DATABASE_URL=body.database_url,
        ),
        stdout=log,
        stderr=log,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def as_then(release: Release, act: Act, application: str) -> dict[str, Any]:
    """An act as an earlier release sent it."""
    assert isinstance(act, ActInCase)
    mine = act.model_copy(update={"application": application, "act_id": str(uuid4())})
    content: dict[str, Any] = without(mine.model_dump(mode="json"), release.added_since)
    return content


def without(content: Any, names: frozenset[str]) -> Any:
    """JSON values less these names, at any depth."""
    if isinstance(content, dict):
        return {name: without(value, names) for name, value in content.items() if name not in names}
    return [without(one, names) for one in content] if isinstance(content, list) else content


async def client_of_then(body: Body) -> Client:
    """A client that seals nothing, as all of an earlier release."""
    address = body.temporal.client.service_client.config.target_host
    return await Client.connect(address, data_converter=pydantic_data_converter)


async def send_as_then(release: Release, body: Body, act: Act, application: str) -> None:
    handle = (await client_of_then(body)).get_workflow_handle(options.certification_id(application))
    content = as_then(release, act, application)
    await handle.execute_update(act.kind, content, id=content["act_id"], result_type=Ack)
    await body.sending.recorded(act.model_copy(update={"act_id": content["act_id"]}))


async def begin_as_then(release: Release, body: Body, walk: Walk) -> str:
    application = str(uuid4())
    await (await client_of_then(body)).start_workflow(
        "Certification",
        {"application": application, "rules": scheme().rules.model_dump(mode="json", exclude=release.rules_since)},
        id=options.certification_id(application),
        task_queue=options.QUEUE,
    )
    for act in walk.sent:
        await send_as_then(release, body, act, application)
    return application


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: process.poll() is not None, what="the earlier release's worker")


@pytest.mark.parametrize("release", [FIRST, SECOND], ids=str)
async def test_a_case_in_mid_flight_passes_from_an_earlier_releases_worker_to_todays(
    idle: Body, tmp_path: Path, release: Release
) -> None:
    cells.attach(idle.database.engine.dialect, IN_CLEAR)
    with worker_of(release, idle, tmp_path / release.name) as old_worker:
        begun, rest = release.begun(), release.rest()
        application = await asyncio.wait_for(begin_as_then(release, idle, begun), 60)

        address = idle.temporal.client.service_client.config.target_host
        opening = await Client.connect(address, data_converter=sealed(seals=False))
        async with programs.worker(opening, idle.database, idle.vault):
            # Both run, and today's does not seal yet: whichever takes a task, the case is one.
            for act in rest.sent[len(begun.sent) : len(begun.sent) + 3]:
                await asyncio.wait_for(send_as_then(release, idle, act, application), 60)
            await asyncio.to_thread(stop, old_worker)
    cells.attach(idle.database.engine.dialect, CELLS)
    async with programs.worker(idle.temporal.client, idle.database, idle.vault):
        for act in rest.sent[len(begun.sent) + 3 :]:
            await asyncio.wait_for(idle.send(act, application), 60)
        assert await nudge(idle.temporal.client, idle.database) == 1
        leave = rest.build("withdraw_application", APPLICANT, reasons=text())
        await asyncio.wait_for(idle.send(leave, application), 60)

    case = await idle.case(application)
    async with idle.database.reading() as session:
        stream = options.case_stream(application)
        events = [CASE_EVENTS.validate_json(read) async for read in verified_events(session, stream)]
        assert len(await streams.entries(session, stream)) == len(events)
    assert fold(events) == case
    assert (case.edition, case.stage) == (rest.edition, "withdrawn_by_applicant")
    assert {event.kind for event in rest.events} <= {event.kind for event in events}


async def test_the_first_releases_worker_really_is_that(idle: Body, tmp_path: Path) -> None:
    with worker_of(FIRST, idle, tmp_path / "first") as old_worker:
        application = await asyncio.wait_for(begin_as_then(FIRST, idle, Walk().to_intake()), 60)
        handle = idle.temporal.client.get_workflow_handle(options.certification_id(application))
        with pytest.raises(Exception, match="entry"):
            # Its workflow knows no such query: today's does.
            await handle.query("entry", result_type=int)
        assert old_worker.poll() is None


async def test_the_second_releases_worker_really_is_that(idle: Body, tmp_path: Path) -> None:
    with worker_of(SECOND, idle, tmp_path / "second") as old_worker:
        application = await asyncio.wait_for(begin_as_then(SECOND, idle, Walk(edition=2).to_intake()), 60)
        handle = (await client_of_then(idle)).get_workflow_handle(options.certification_id(application))
        assert await handle.query("entry", result_type=int) == 1
        # Today's acts have a kind that its workflow does not know.
        act = Walk(edition=3).to_round().build("countersign", SECRETARY, person="member-a", round=1)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(act.kind, act.model_dump(mode="json"), id=act.act_id)
        assert "countersign" in str(refused.value.cause)
        assert old_worker.poll() is None
