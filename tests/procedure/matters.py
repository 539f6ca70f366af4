"""Any matter in real Temporal beside the same matter in the pure rules, and one walk for each kind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment

from certify.procedure.matter_kinds import KINDS
from certify.procedure.updating import send_update
from schemas.act import Act
from schemas.appeal import Against
from schemas.records import Ack
from schemas.scheme import Tier
from tests.appeals import LABEL, AppealWalk
from tests.builders import APPLICANT, MEMBERS, SECRETARY, sha256, text
from tests.fakes import FakeErrands, FakeExtracts, FakeRecord
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter import (
    electing,
    joining,
    test_complaints,
    test_erasures,
    test_legal_holds,
    test_practices,
    test_record_corrections,
)
from tests.unit.workflows.rules.matter.test_ethics_questions import voting
from tests.unit.workflows.rules.matter.test_scheme_adoption import version
from workflows.options import matter_stream
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION


class MatterInTemporal:
    """One matter, beside the walk whose acts it is sent."""

    def __init__(self, temporal: WorkflowEnvironment, queue: str, walk: MatterWalk) -> None:
        self.temporal, self.queue, self.walk = temporal, queue, walk
        self.record, self.extracts, self.errands = FakeRecord(), FakeExtracts(), FakeErrands()
        self.kind = KINDS[walk.kernel.name]
        self.stream = matter_stream(walk.kernel.name, walk.subject)
        self.id = f"{queue}/{self.stream}"

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.temporal.client.get_workflow_handle(self.id)

    @property
    def kinds(self) -> list[str]:
        """What the record holds, in order."""
        return self.record.kinds(self.stream)

    @property
    def state(self) -> Any:
        """The matter as the record has it."""
        state = None
        for entry in self.record.streams.get(self.stream, []):
            state = self.walk.kernel.evolve(state, self.walk.kernel.events.validate_python(entry.body))
        return state

    async def send(self, act: Act) -> Ack:
        """Send an act, and wait until the record holds it."""

        def start() -> WithStartWorkflowOperation[Any, Any]:
            return WithStartWorkflowOperation(
                self.kind.run,
                self.kind.file(id=self.walk.subject, rules=self.walk.rules),
                id=self.id,
                task_queue=self.queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

        ack = await send_update(
            lambda: self.temporal.client.execute_update_with_start_workflow(
                act.kind, act, start_workflow_operation=start(), id=act.act_id, result_type=Ack
            )
        )
        await self.record.reaches(self.stream, ack.number)
        return ack

    async def follow(self) -> None:
        """Send every act by which the walk came where it is, in order."""
        for act in self.walk.sent:
            await self.send(act)

    async def pass_time(self, **by: float) -> None:
        await self.temporal.fast_forward(self.handle, timedelta(**by))


def answered() -> MatterWalk:
    """A question that is answered, and published."""
    walk = voting().carried()
    return walk.act("publish_answer", SECRETARY, text=text("Yes, somebody may."))


def corrected() -> MatterWalk:
    """A correction that a second person confirmed."""
    return test_record_corrections.proposed().act("confirm_correction", MEMBERS[0])


def erased() -> MatterWalk:
    """An erasure that a second person approved."""
    return test_erasures.approved()


def lifted() -> MatterWalk:
    """A legal hold that was kept once, and lifted."""
    return test_legal_holds.walked()


def adopted() -> MatterWalk:
    """A scheme version that the Commission adopted."""
    walk = MatterWalk(SCHEME_ADOPTION)
    walk.act("propose_scheme", SECRETARY, digest_of_scheme=sha256("two"), reasons=text(), proposed=version())
    return walk.act("put_scheme_to_vote", SECRETARY, proposed=version(would_fail=0, failing={})).carried()


def published() -> MatterWalk:
    """A practice that was published, and taken down."""
    return test_practices.published().act("take_practice_down", SECRETARY, reasons=text("No longer so."))


def elected() -> MatterWalk:
    """An election of the Commission that a second person confirmed."""
    walk = MatterWalk(INSTITUTION, electing.THE_BODY)
    walk.now = datetime.now(UTC)
    electing.record(walk)
    facts = {one.person: one for one in electing.EVERYONE}
    return walk.act("confirm_election", electing.GUS, number=1, people=facts)


def left() -> MatterWalk:
    """An organisation that was entered, and left with a label in force; votes are walked in `test_accession.py`."""
    return joining.seeded().act("leave_code", APPLICANT, labels=(LABEL,))


def complained() -> MatterWalk:
    """A complaint with a question to the complainant, upheld."""
    walk = test_complaints.handled().act("ask_complainant", test_complaints.HANDLER, question=text("Where?"))
    test_complaints.answer(walk).act("record_findings", test_complaints.HANDLER, findings=text("It reads none."))
    walk.act("declare_matter_interests", test_complaints.DECIDER, has_interest=False)
    return walk.act("decide_complaint", test_complaints.DECIDER, **test_complaints.DECISION)


def appealed() -> AppealWalk:
    """An appeal that its panel decided."""
    return fresh_appeal().to_vote().decided()


def fresh_appeal() -> AppealWalk:
    """An appeal within its days, against the withdrawal of a label."""
    now = datetime.now(UTC)
    walk = AppealWalk(done_at=now - timedelta(days=1), label=LABEL, against=Against.WITHDRAWAL, tier=Tier.LOW)
    walk.now = now
    return walk


WALKS: dict[str, Callable[[], MatterWalk]] = {
    "adoption": adopted,
    "appeal": appealed,
    "complaint": complained,
    "correction": corrected,
    "erasure": erased,
    "institution": elected,
    "legal_hold": lifted,
    "organisation": left,
    "practice": published,
    "question": answered,
}
"""By the name of the kind; a label's life is walked in `tests/procedure/labels.py`."""
