"""One Temporal server a session, with the clock of each case in the test's hand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from sysconfig import get_path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from certify.procedure.updating import send_update
from certify.programs import temporal as programs
from certify.programs.temporal import WORKFLOWS, sandbox
from certify.register.database import Database
from certify.register.schema import upgrade
from schemas.act import Act
from schemas.acts import SubmitReview
from schemas.decision import Round
from schemas.events import CASE_EVENTS
from schemas.people import PersonFacts
from schemas.records import Ack
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import APPLICANT, MEMBERS, SECRETARY, Walk
from tests.cells import CELLS
from tests.fakes import FakeErrands, FakeRecord, FakeSigner
from tests.procedure.body import Body, adopted
from tests.procedure.labels import LabelInTemporal
from tests.receipts import signed
from tests.sealing import sealed
from tests.vaults import vault_in
from workflows import options
from workflows.casework import CaseFile
from workflows.certification import Certification
from workflows.rules.case.fold import fold

SERVER_CONFIG = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    # Without these each skipped timer and each short run costs a second.
    'history.timerProcessorMaxTimeShift="10ms"',
    'history.workflowIdReuseMinimalInterval="0s"',
)


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(get_path("scripts")) / "temporal"),
        data_converter=sealed(),
        ts_config=TimeSkippingConfig(enabled=False, disable_propagation=True),
        dev_server_extra_args=[part for one in SERVER_CONFIG for part in ("--dynamic-config-value", one)],
    )
    async with environment:
        yield environment


@pytest.fixture
async def temporal(server: WorkflowEnvironment) -> AsyncIterator[WorkflowEnvironment]:
    """The server, rid of every workflow of the test when it ends: the signer's queue is one for all tests."""
    yield server
    async for one in server.client.list_workflows("ExecutionStatus = 'Running'"):
        with suppress(RPCError):
            await server.client.get_workflow_handle(one.id, run_id=one.run_id).terminate()


class Procedure:
    """A case in real Temporal beside the same case in the pure rules (`walk`), which builds the acts."""

    def __init__(self, temporal: WorkflowEnvironment, queue: str, tier: Tier, edition: int) -> None:
        self.temporal, self.queue = temporal, queue
        self.walk = Walk(tier, edition=edition)
        self.record, self.signer, self.errands = FakeRecord(), FakeSigner(), FakeErrands()
        self.id = str(uuid4())
        self.stream = options.case_stream("case-1")

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.temporal.client.get_workflow_handle(self.id)

    async def lodge(self, act: Act | None = None) -> Ack:
        act = act or self.walk.build("lodge_application", APPLICANT, lodged=self.walk.lodged, edition=self.walk.edition)

        def start() -> WithStartWorkflowOperation[Any, Any]:
            return WithStartWorkflowOperation(
                Certification.run,
                CaseFile(application="case-1", rules=self.walk.rules),
                id=self.id,
                task_queue=self.queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

        return await self.answer(
            lambda: self.temporal.client.execute_update_with_start_workflow(
                "lodge_application", act, start_workflow_operation=start(), id=act.act_id, result_type=Ack
            )
        )

    async def send(self, act: Act) -> Ack:
        return await self.answer(lambda: self.handle.execute_update(act.kind, act, id=act.act_id, result_type=Ack))

    async def act(self, kind: str, who: PersonFacts, **content: Any) -> Ack:
        act = self.walk.build(kind, who, **content)
        return await self.send(
            act if "proof" in content or self.stream not in self.record.streams else self.signed(act)
        )

    def signed(self, act: Act) -> Act:
        """The act with its person's signature, where the case as it is recorded asks for one."""
        return signed(act, fold(CASE_EVENTS.validate_python(entry.body) for entry in self.record.streams[self.stream]))

    async def answer(self, send: Callable[[], Awaitable[Ack]]) -> Ack:
        try:
            return await send_update(send)
        except WorkflowUpdateFailedError as error:
            refused = error.cause.type if isinstance(error.cause, ApplicationError) else repr(error.cause)
            raise Refused(str(refused)) from error

    async def follow(self, walk: Walk) -> None:
        """Send every act by which a walk came where it is, in order."""
        for act in walk.sent:
            if act.kind == "lodge_application":
                await self.lodge(act)
            else:
                await self.send(await self.on_recorded_manifest(walk, act))

    async def on_recorded_manifest(self, walk: Walk, act: Act) -> Act:
        """The act with the manifest as it was recorded: moments, and so digests, are others than in a walk."""
        if not isinstance(act, SubmitReview) or act.manifest_digest is None or walk.case.manifest is None:
            return act
        frozen = {one.digest: one.version for one in (*walk.case.manifests, walk.case.manifest)}
        version = frozen[act.manifest_digest]
        await self.record.holds(self.stream, "manifest_frozen", version)
        entries = [entry for entry in self.record.streams[self.stream] if entry.kind == "manifest_frozen"]
        return act.model_copy(update={"manifest_digest": entries[version - 1].body["manifest"]["digest"]})

    async def round(self) -> Round:
        """The open round as the record has it: other members may be drawn here than in a walk."""
        await self.record.holds(self.stream, "round_opened")
        opened = [entry for entry in self.record.streams[self.stream] if entry.kind == "round_opened"]
        return Round.model_validate(opened[-1].body["round"])

    async def vote(self, *choices: Choice) -> None:
        """Open a round; its members declare that they have no interest, and vote in order."""
        rounds = self.record.kinds(self.stream).count("round_opened")
        await self.act("open_round", SECRETARY)
        await self.record.holds(self.stream, "round_opened", rounds + 1)
        vote = await self.round()
        voters = [member for member in MEMBERS if member.person in vote.electorate]
        for member, choice in zip(voters, choices, strict=False):
            await self.act("declare_interests", member, has_interest=False)
            await self.act(
                "cast_ballot",
                member,
                round=vote.number,
                choice=choice,
                manifest_digest=vote.manifest_digest,
                scheme_digest=vote.scheme_digest,
            )

    async def grant(self, tier: Tier = Tier.LOW) -> None:
        """Walk to the decision, and let everyone vote for it."""
        await self.follow(Walk(tier, edition=self.walk.edition).to_decision())
        await self.vote(*[Choice.GRANT] * 9)

    async def pass_time(self, **by: float) -> None:
        await self.temporal.fast_forward(self.handle, timedelta(**by))


class Refused(Exception):  # noqa: N818  # a refusal is no fault
    """An act the case refused; the message is `Refused.code`."""


@pytest.fixture
async def procedure(temporal: WorkflowEnvironment) -> AsyncIterator[Any]:
    workers: list[Worker] = []

    async def start(tier: Tier = Tier.LOW, edition: int = 1) -> Procedure:
        one = Procedure(temporal, f"queue-{uuid4()}", tier, edition)
        worker = Worker(
            temporal.client,
            task_queue=one.queue,
            workflows=list(WORKFLOWS),
            activities=[one.record.record, one.errands.run_errand],
            workflow_runner=sandbox(),
        )
        signing = Worker(temporal.client, task_queue=options.SIGNING_QUEUE, activities=[one.signer.issue_label])
        for each in (worker, signing):
            await each.__aenter__()
            workers.append(each)
        return one

    yield start
    for each in reversed(workers):
        await each.__aexit__(None, None, None)


@pytest.fixture
async def label(temporal: WorkflowEnvironment) -> AsyncIterator[Any]:
    workers: list[Worker] = []

    async def start(tier: Tier = Tier.HIGH) -> LabelInTemporal:
        one = LabelInTemporal(temporal, f"queue-{uuid4()}", tier)
        for queue, work in (
            (one.queue, {"workflows": list(WORKFLOWS), "activities": [one.record.record, one.errands.run_errand]}),
            (options.SIGNING_QUEUE, {"activities": [one.signer.issue_label]}),
        ):
            worker = Worker(temporal.client, task_queue=queue, workflow_runner=sandbox(), **work)
            await worker.__aenter__()
            workers.append(worker)
        await one.begin()
        return one

    yield start
    for worker in reversed(workers):
        await worker.__aexit__(None, None, None)


@pytest.fixture
async def idle(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Body]:
    """A body whose worker does not run."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'record.db'}"
    database = Database(url, cells=CELLS)
    await upgrade(database)
    await adopted(database)
    yield Body(temporal, database, url, vault_in(tmp_path))
    await database.close()


@pytest.fixture
async def body(idle: Body) -> AsyncIterator[Body]:
    async with programs.worker(idle.temporal.client, idle.database, idle.vault):
        yield idle
