"""Whatever random people do: every decision the kernel takes can be recomputed from its record."""

from hypothesis import Phase, settings
from hypothesis.stateful import invariant

from schemas.case import Case
from schemas.decision_record import DecisionRecord, record_of
from tests.builders import scheme
from tests.unit.workflows.rules.test_kernel import Kernel
from workflows.rules.interests import plan_stands
from workflows.rules.recomputation import recompute


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
        if is_tied(case):
            assert {one.code for one in answer.differences} <= {"reviewer_has_interest", "has_interest"}
            assert not answer.agrees
        else:
            assert answer.differences == ()
        assert answer.outcome in {record.decision.outcome, None}


def is_tied(case: Case) -> bool:
    """Whether somebody found an interest after judging or recommending: such a decision does not stand."""
    return not plan_stands(case) or (case.rapporteur is not None and case.has_interest(case.rapporteur))


RecordedKernel.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
TestRecordedKernel = RecordedKernel.TestCase
