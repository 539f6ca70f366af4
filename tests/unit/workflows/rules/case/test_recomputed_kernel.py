"""Whatever random people do: every decision the kernel takes can be recomputed from its record."""

from hypothesis import Phase, settings
from hypothesis.stateful import invariant

from schemas.decision_record import DecisionRecord, record_of
from tests.builders import scheme
from tests.unit.workflows.rules.case.test_kernel import Kernel
from workflows.rules.case.recomputation import recompute
from workflows.rules.case.reopening import rests_on_interest

OF_INTERESTS = {"reviewer_has_interest", "has_interest", "interests_not_declared"}


class RecordedKernel(Kernel):
    """The kernel, with its decisions on record."""

    @invariant()
    def a_decision_is_recomputed_as_it_was_taken(self) -> None:
        last = self.walk.events[-1]
        if last.kind != "decision_taken":
            return
        case = self.walk.case
        record = DecisionRecord.model_validate_json(record_of(case, scheme()).model_dump_json(), strict=True)
        answer = recompute(record)
        if rests_on_interest(case):  # such a decision does not stand
            assert {one.code for one in answer.differences} <= OF_INTERESTS
            assert not answer.agrees
        else:
            assert answer.differences == ()
        assert answer.outcome in {record.decision.outcome, None}


RecordedKernel.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
TestRecordedKernel = RecordedKernel.TestCase
