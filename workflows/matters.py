"""The workflows of the matters beside a certification; each is the course of its kernel."""

from typing import Any

from temporalio import workflow

from schemas.complaint import ComplaintActs
from schemas.errand import Errand
from schemas.ethics_question import EthicsQuestionAct
from schemas.records import Ack
from workflows import options
from workflows.casework import now
from workflows.course import Course
from workflows.kernel import Kernel
from workflows.matter_file import ComplaintFile, EthicsQuestionFile, MatterFile
from workflows.rules.complaint_kernel import COMPLAINT, errand_of
from workflows.rules.ethics_questions import ETHICS_QUESTION


class MatterCourse(Course):
    """What they share beyond the course."""

    def begin_matter(self, file: MatterFile, kernel: Kernel[Any], take: Any, check: Any) -> None:
        """Restore the state and listen to every act of the kind."""
        self.begin(file, kernel, options.matter_stream(kernel.name, file.id))
        for kind in kernel.acts:
            workflow.set_update_handler(kind, take, validator=check)


@workflow.defn
class EthicsQuestionCourse(MatterCourse):
    """An ethics question, from asking to its publication."""

    @workflow.init
    def __init__(self, file: EthicsQuestionFile) -> None:
        self.begin_matter(file, ETHICS_QUESTION, self._take, self._check)

    @workflow.run
    async def run(self, file: EthicsQuestionFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the question to its end."""
        await self.carry()

    def _take(self, act: EthicsQuestionAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: EthicsQuestionAct) -> None:
        self.work.check(act, now())


@workflow.defn
class ComplaintCourse(MatterCourse):
    """A complaint, from its filing to its outcome and what that means for a label."""

    @workflow.init
    def __init__(self, file: ComplaintFile) -> None:
        self.begin_matter(file, COMPLAINT, self._take, self._check)

    @workflow.run
    async def run(self, file: ComplaintFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the complaint to its end."""
        await self.carry()

    def errand(self) -> Errand | None:
        """Tell the label's record that an upheld complaint asks for a review."""
        return errand_of(self.work.state) if self.work.state is not None else None

    def _take(self, act: ComplaintActs) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: ComplaintActs) -> None:
        self.work.check(act, now())
