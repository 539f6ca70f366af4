"""A label in real Temporal: acts are built as a walk builds them, and its state is what the record holds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment

from certify.procedure.updating import send_update
from schemas.label_events import EVENTS
from schemas.label_facts import RenewalFacts
from schemas.people import PersonFacts
from schemas.records import Ack
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, text
from tests.fakes import FakeErrands, FakeRecord, FakeSigner
from tests.label_walk import ENGINE_ITSELF, JUDGES, LABEL_ID, LabelWalk, begin_content
from workflows.label_life import LabelCourse
from workflows.matter_file import LabelFile
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.surveillance_asks import lacks_live_check


class LabelInTemporal:
    """One label, from its first day on."""

    def __init__(self, temporal: WorkflowEnvironment, queue: str, tier: Tier) -> None:
        self.temporal, self.queue, self.tier = temporal, queue, tier
        self.record, self.signer, self.errands = FakeRecord(), FakeSigner(), FakeErrands()
        self.stream = f"label/{LABEL_ID}"
        self.id = f"{queue}/{self.stream}"
        self.walk = LabelWalk(tier)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.temporal.client.get_workflow_handle(self.id)

    @property
    def state(self) -> Any:
        """The label as the record has it."""
        state = None
        for entry in self.record.streams.get(self.stream, []):
            state = LABEL.evolve(state, EVENTS.validate_python(entry.body))
        return state

    @property
    def kinds(self) -> Sequence[str]:
        """What happened, in order."""
        return self.record.kinds(self.stream)

    async def begin(self, **changes: Any) -> None:
        """Begin today."""
        now = datetime.now(UTC)
        expires_at = last_second_after_months(now, self.walk.rules.tiers[self.tier].validity_months)
        dates = {"issued_at": now, "expires_at": expires_at, **changes}
        act = self.walk.build("begin_life", ENGINE_ITSELF, **{**begin_content(self.tier), **dates})

        def start() -> WithStartWorkflowOperation[Any, Any]:
            return WithStartWorkflowOperation(
                LabelCourse.run,
                LabelFile(id=LABEL_ID, rules=self.walk.rules),
                id=self.id,
                task_queue=self.queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

        await send_update(
            lambda: self.temporal.client.execute_update_with_start_workflow(
                act.kind, act, start_workflow_operation=start(), id=act.act_id, result_type=Ack
            )
        )
        await self.record.holds(self.stream, "label_life_begun")

    async def act(self, kind: str, who: PersonFacts, **content: Any) -> None:
        """Do an act, and wait until the record holds it."""
        self.walk.state = self.state
        act = self.walk.build(kind, who, **content)
        ack = await send_update(lambda: self.handle.execute_update(act.kind, act, id=act.act_id, result_type=Ack))
        await self.record.reaches(self.stream, ack.number)

    async def handed_in(self) -> None:
        """Hand in the last surveillance, and have it judged and maintained."""
        number = len(self.state.surveillances)
        await self.act("submit_surveillance", APPLICANT, **{**self.walk.submission(), "surveillance": number})
        judge = JUDGES[0]
        await self.act(
            "assign_surveillance_reviewer", SECRETARY,
            surveillance=number, reviewer=judge.person, areas=("ethics_or_law",),
        )  # fmt: skip
        if not self.state.has_declared_none(judge.person):
            await self.act("declare_matter_interests", judge, has_interest=False)
        await self.act("answer_surveillance_assignment", judge, surveillance=number, accepts=True)
        one = self.state.surveillances[-1]
        if lacks_live_check(self.state, one, judge.person):
            day = one.submission.submitted_at.date()
            await self.act("record_live_check", judge, **self.walk.live_check(surveillance=number, held_on=day))
        await self.act("judge_surveillance", judge, surveillance=number, findings=self.walk.findings())
        await self.carried("put_maintain_to_vote", surveillance=number)

    async def to_prolongation(self) -> None:
        """Let a label of the low tier be kept, ask for its renewal, and wait until it may be prolonged."""
        await self.pass_time(days=367)
        await self.handed_in()
        await self.pass_time(days=250)
        self.walk.renewal = RenewalFacts(application="case-2", organisation=ORGANISATION, renews=LABEL_ID)
        await self.act("ask_renewal", APPLICANT, new_application="case-2")
        await self.pass_time(days=80)

    async def carried(self, kind: str, **content: Any) -> None:
        """Put something to the vote, and let everyone vote for it."""
        await self.act(kind, SECRETARY, **content)
        vote = self.state.open_motion
        for member in MEMBERS:
            if member.person in vote.electorate:
                await self.declare(member)
                await self.act(
                    "cast_vote", member,
                    motion=vote.number, choice=Voice.IN_FAVOUR, object_digest=vote.object_digest,
                )  # fmt: skip

    async def declare(self, member: PersonFacts) -> None:
        """Let somebody declare that they have no interest, once."""
        if not self.state.has_declared_none(member.person):
            await self.act("declare_matter_interests", member, has_interest=False)

    async def suspended(self) -> None:
        """Have two members suspend the label at once."""
        for member in MEMBERS[:2]:
            await self.declare(member)
        proposal = {"because": "mark_misused", "reasons": text(), "restoration": text()}
        await self.act("propose_suspension", MEMBERS[0], **proposal)
        await self.act("confirm_suspension", MEMBERS[1])

    async def pass_time(self, **by: float) -> None:
        await self.temporal.fast_forward(self.handle, timedelta(**by))
