"""A deployment under cases that live for months, rehearsed: the first release's worker, then today's beside it."""

import asyncio
import signal
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from certify.procedure.reconciling import nudge
from certify.programs import temporal as programs
from certify.register import streams
from certify.register.chain import verified_events
from schemas.act import Act
from schemas.acts import ActInCase
from schemas.events import CASE_EVENTS
from schemas.records import Ack
from tests.builders import APPLICANT, Walk, scheme, text
from tests.procedure.body import Body
from tests.programs import environment, wait_until
from tests.sealing import sealed
from workflows import options
from workflows.rules.fold import fold

KEPT = Path(__file__).parents[1] / "data" / "first" / "worker.tar.xz"
ADDED_SINCE = {"institution", "edition", "tied_to", "note", "earlier"}
"""Facts that the first release's acts did not carry; its web program would not have sent them."""
RULES_SINCE: dict[str, Any] = {"clocks": {"calendar"}, "common": {"change_reevaluates"}}
"""Rules that the first release's scheme did not state."""
pytestmark = pytest.mark.slow


@contextmanager
def first_release(body: Body, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of the first release, as a process of its own."""
    with tarfile.open(KEPT) as kept:
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


def as_then(act: Act, application: str) -> dict[str, Any]:
    """An act as the first release sent it."""
    assert isinstance(act, ActInCase)
    mine = act.model_copy(update={"application": application, "act_id": str(uuid4())})
    content: dict[str, Any] = without(mine.model_dump(mode="json"), ADDED_SINCE)
    return content


def without(content: Any, names: set[str]) -> Any:
    """JSON values less these names, at any depth."""
    if isinstance(content, dict):
        return {name: without(value, names) for name, value in content.items() if name not in names}
    return [without(one, names) for one in content] if isinstance(content, list) else content


async def client_of_then(body: Body) -> Client:
    """A client that seals nothing, as all of the first release."""
    address = body.temporal.client.service_client.config.target_host
    return await Client.connect(address, data_converter=pydantic_data_converter)


async def send_as_then(body: Body, act: Act, application: str) -> None:
    handle = (await client_of_then(body)).get_workflow_handle(options.certification_id(application))
    content = as_then(act, application)
    await handle.execute_update(act.kind, content, id=content["act_id"], result_type=Ack)
    await body.sending.recorded(act.model_copy(update={"act_id": content["act_id"]}))


async def begin_as_then(body: Body, walk: Walk) -> str:
    application = str(uuid4())
    await (await client_of_then(body)).start_workflow(
        "Certification",
        {"application": application, "rules": scheme().rules.model_dump(mode="json", exclude=RULES_SINCE)},
        id=options.certification_id(application),
        task_queue=options.QUEUE,
    )
    for act in walk.sent:
        await send_as_then(body, act, application)
    return application


@pytest.fixture
async def old_worker(idle: Body, tmp_path: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    with first_release(idle, tmp_path / "first") as process:
        yield process


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: process.poll() is not None, what="the first release's worker")


async def test_a_case_in_mid_flight_passes_from_the_first_releases_worker_to_todays(
    idle: Body,
    old_worker: subprocess.Popen[bytes],
) -> None:
    begun = Walk().to_planning()
    application = await asyncio.wait_for(begin_as_then(idle, begun), 60)
    rest = Walk().to_decision()

    address = idle.temporal.client.service_client.config.target_host
    opening = await Client.connect(address, data_converter=sealed(seals=False))
    async with programs.worker(opening, idle.database, idle.vault):
        # Both run, and today's does not seal yet: whichever takes a task, the case is one.
        for act in rest.sent[len(begun.sent) : len(begun.sent) + 3]:
            await asyncio.wait_for(send_as_then(idle, act, application), 60)
        await asyncio.to_thread(stop, old_worker)
    async with programs.worker(idle.temporal.client, idle.database, idle.vault):
        for act in rest.sent[len(begun.sent) + 3 :]:
            await asyncio.wait_for(idle.send(act, application), 60)
        assert await nudge(idle.temporal.client, idle.database) == 1
        leave = begun.build("withdraw_application", APPLICANT, reasons=text())
        await asyncio.wait_for(idle.send(leave, application), 60)

    case = await idle.case(application)
    async with idle.database.reading() as session:
        stream = options.case_stream(application)
        events = [CASE_EVENTS.validate_json(read) async for read in verified_events(session, stream)]
        assert len(await streams.entries(session, stream)) == len(events)
    assert fold(events) == case
    assert case.stage == "withdrawn_by_applicant"


async def test_the_first_releases_worker_really_is_that(idle: Body, old_worker: subprocess.Popen[bytes]) -> None:
    application = await asyncio.wait_for(begin_as_then(idle, Walk().to_intake()), 60)
    handle = idle.temporal.client.get_workflow_handle(options.certification_id(application))
    with pytest.raises(Exception, match="entry"):
        # Its workflow knows no such query: today's does.
        await handle.query("entry", result_type=int)
    assert old_worker.poll() is None
