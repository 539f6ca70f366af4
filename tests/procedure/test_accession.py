"""An organisation before the Code in real Temporal: votes, the two months, extracts, labels told, years of sleep."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from certify.procedure.updating import send_update
from certify.programs.temporal import WORKFLOWS, sandbox
from schemas.act import Act
from schemas.matter import Motion
from schemas.organisation import Organisation
from schemas.people import PersonFacts
from schemas.records import Ack
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY
from tests.fakes import FakeErrands, FakeExtracts, FakeRecord
from tests.matters import MatterWalk
from tests.procedure.runs import DOUBLED, pauses
from tests.unit.workflows.rules.matter.joining import JOINING, OFFICER, seeded
from workflows import options
from workflows.accession import OrganisationCourse
from workflows.matter_file import OrganisationFile
from workflows.rules.matter.organisations import ORGANISATION as KERNEL

STREAM = f"organisation/{ORGANISATION}"
LABELS = ("0123456789ABCDEF", "ZZZZZZZZZZZZZZZZ")


class Joining:
    """An organisation in real Temporal; `walk` builds the acts."""

    def __init__(self, temporal: WorkflowEnvironment, queue: str) -> None:
        self.temporal, self.queue = temporal, queue
        self.walk = MatterWalk(KERNEL, ORGANISATION)
        self.record, self.extracts, self.errands = FakeRecord(), FakeExtracts(), FakeErrands()
        self.id = str(uuid4())

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.temporal.client.get_workflow_handle(self.id)

    async def act(self, kind: str, who: PersonFacts, *, state: Organisation | None = None, **content: Any) -> Ack:
        return await self.send(self.walk.build(kind, who, **content), state)

    async def send(self, act: Act, state: Organisation | None = None) -> Ack:
        def start() -> WithStartWorkflowOperation[Any, Any]:
            return WithStartWorkflowOperation(
                OrganisationCourse.run,
                OrganisationFile(id=ORGANISATION, rules=self.walk.rules, state=state),
                id=self.id,
                task_queue=self.queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

        return await send_update(
            lambda: self.temporal.client.execute_update_with_start_workflow(
                act.kind, act, start_workflow_operation=start(), id=act.act_id, result_type=Ack
            )
        )

    async def motion(self) -> Motion:
        await self.record.holds(STREAM, "motion_opened")
        opened = [entry for entry in self.record.streams[STREAM] if entry.kind == "motion_opened"]
        return Motion.model_validate(opened[-1].body["motion"])

    async def enter(self, **content: Any) -> None:
        """Apply, and let the Commission vote in favour."""
        await self.act("apply_to_join", APPLICANT, **{**JOINING, **content})
        await self.act("open_accession_vote", SECRETARY)
        vote = await self.motion()
        for member in (one for one in MEMBERS if one.person in vote.electorate):
            await self.act("declare_matter_interests", member, has_interest=False)
            content = {"motion": vote.number, "choice": "in_favour", "object_digest": vote.object_digest}
            await self.act("cast_vote", member, **content)
        await self.record.holds(STREAM, "participant_entered")

    async def pass_time(self, **by: float) -> None:
        await self.temporal.fast_forward(self.handle, timedelta(**by))


@pytest.fixture
async def joining(temporal: WorkflowEnvironment) -> AsyncIterator[Joining]:
    one = Joining(temporal, f"queue-{uuid4()}")
    worker = Worker(
        temporal.client, task_queue=one.queue, workflows=list(WORKFLOWS),
        activities=[one.record.record, one.errands.run_errand], workflow_runner=sandbox(),
    )  # fmt: skip
    async with worker:
        yield one


@pytest.fixture
async def signer(joining: Joining) -> AsyncIterator[FakeExtracts]:
    activities = [joining.extracts.sign_extract]
    async with Worker(joining.temporal.client, task_queue=options.SIGNING_QUEUE, activities=activities):
        yield joining.extracts


async def test_an_organisation_is_voted_in_and_its_extract_is_signed(joining: Joining, signer: FakeExtracts) -> None:
    await joining.enter(**OFFICER)
    await joining.record.holds(STREAM, "extract_signed")

    kinds = joining.record.kinds(STREAM)
    assert kinds[-3:] == ["motion_closed", "participant_entered", "extract_signed"]
    assert [(order.organisation, order.entry) for order in signer.orders] == [(ORGANISATION, len(kinds) - 1)]


async def test_a_signer_that_answers_another_order_is_asked_less_and_less_often(
    joining: Joining, signer: FakeExtracts
) -> None:
    signer.answers_another = len(DOUBLED)
    await joining.enter()
    await joining.pass_time(minutes=20)
    await joining.record.holds(STREAM, "extract_signed")

    assert await pauses(joining.handle) == DOUBLED
    assert len(signer.orders) == len(DOUBLED) + 1


async def test_the_two_months_pass_with_their_reminders(joining: Joining, signer: FakeExtracts) -> None:
    await joining.enter()
    for days in (30, 16, 11, 3, 1):
        await joining.pass_time(days=days)
    await joining.record.holds(STREAM, "officer_term_ended")
    await joining.record.holds(STREAM, "reminder_given", times=4)

    reminders = [entry.body["days"] for entry in joining.record.streams[STREAM] if entry.kind == "reminder_given"]
    assert reminders == [30, 14, 3, -1]
    await joining.act("name_officer", APPLICANT, **OFFICER)


async def test_a_signer_that_is_away_stops_no_clock(joining: Joining) -> None:
    old = seeded()
    for number, event in enumerate(old.events, start=1):
        joining.record.keep(STREAM, number, event)
    due_soon = old.state.model_copy(update={"officer_due_at": datetime.now(UTC) + timedelta(seconds=2)})
    await joining.act("declare_group", APPLICANT, state=due_soon, relations=())
    await joining.record.holds(STREAM, "officer_term_ended")

    await joining.act("name_officer", APPLICANT, **OFFICER)
    await joining.record.holds(STREAM, "officer_named")
    assert "extract_signed" not in joining.record.kinds(STREAM)


async def test_whoever_leaves_has_every_label_told(joining: Joining, signer: FakeExtracts) -> None:
    joining.errands.refusing = {LABELS[0]: "matter_ended"}
    await joining.enter(**OFFICER)
    await joining.act("leave_code", APPLICANT, labels=LABELS)
    await joining.record.holds(STREAM, "errand_done", times=2)

    assert [(one.to, one.subject, one.act) for one in joining.errands.told] == [
        ("label", label, "end_by_leaving") for label in LABELS
    ]
    done = [entry.body["refused"] for entry in joining.record.streams[STREAM] if entry.kind == "errand_done"]
    assert done == ["matter_ended", None]


async def test_an_organisation_of_the_record_goes_on_after_years_and_what_fell_due_comes_first(
    joining: Joining,
) -> None:
    old = seeded()
    for number, event in enumerate(old.events, start=1):
        joining.record.keep(STREAM, number, event)
    await joining.act("name_officer", APPLICANT, state=old.state, **OFFICER)
    await joining.record.holds(STREAM, "officer_named")

    kinds = joining.record.kinds(STREAM)
    assert kinds[:2] == ["participant_entered", "officer_term_ended"]
    assert kinds[-1] == "officer_named"


async def test_a_refused_act_leaves_no_trace(joining: Joining) -> None:
    await joining.act("apply_to_join", APPLICANT, **JOINING)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await joining.act("apply_to_join", APPLICANT, **JOINING)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "Refused.application_pending"
    await joining.act("take_back_application", APPLICANT)
    await joining.record.holds(STREAM, "join_application_taken_back")
    assert joining.record.kinds(STREAM) == ["join_applied", "join_application_taken_back"]


async def test_an_organisation_sleeps_through_months_of_runs_and_still_takes_acts(
    joining: Joining, signer: FakeExtracts
) -> None:
    await joining.enter(**OFFICER)
    await joining.record.holds(STREAM, "extract_signed")
    for _ in range(3):
        await joining.pass_time(days=31)
    await joining.act("leave_code", APPLICANT)
    await joining.record.holds(STREAM, "participant_left")
    assert len(signer.orders) >= 1
