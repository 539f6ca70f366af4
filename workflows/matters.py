"""The workflows of the matters beside a certification; each is the course of its kernel."""

from typing import Any

from temporalio import workflow

from schemas.appeal import AppealAct
from schemas.complaint import ComplaintActs
from schemas.erasure import ErasureActs
from schemas.ethics_question import EthicsQuestionAct
from schemas.legal_hold import LegalHoldActs
from schemas.practice import PracticeAct
from schemas.record_correction import RecordCorrectionAct
from schemas.records import Ack
from schemas.scheme_adoption import SchemeProposalAct
from workflows import options
from workflows.casework import now
from workflows.course import Course
from workflows.kernel import Kernel
from workflows.matter_file import (
    AppealFile,
    ComplaintFile,
    ErasureFile,
    EthicsQuestionFile,
    LegalHoldFile,
    MatterFile,
    PracticeFile,
    RecordCorrectionFile,
    SchemeProposalFile,
)
from workflows.rules.matter.appeal_kernel import APPEAL
from workflows.rules.matter.complaint_kernel import COMPLAINT
from workflows.rules.matter.erasures import ERASURE
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION
from workflows.rules.matter.legal_holds import LEGAL_HOLD
from workflows.rules.matter.practices import PRACTICE
from workflows.rules.matter.record_corrections import RECORD_CORRECTION
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION


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
class RecordCorrectionCourse(MatterCourse):
    """A correction of the record, from its proposal to a second person's word."""

    @workflow.init
    def __init__(self, file: RecordCorrectionFile) -> None:
        self.begin_matter(file, RECORD_CORRECTION, self._take, self._check)

    @workflow.run
    async def run(self, file: RecordCorrectionFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the correction to its end."""
        await self.carry()

    def _take(self, act: RecordCorrectionAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: RecordCorrectionAct) -> None:
        self.work.check(act, now())


@workflow.defn
class ErasureCourse(MatterCourse):
    """An erasure, from asking for it to the keys' destruction."""

    @workflow.init
    def __init__(self, file: ErasureFile) -> None:
        self.begin_matter(file, ERASURE, self._take, self._check)

    @workflow.run
    async def run(self, file: ErasureFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the erasure to its end."""
        await self.carry()

    def _take(self, act: ErasureActs) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: ErasureActs) -> None:
        self.work.check(act, now())


@workflow.defn
class LegalHoldCourse(MatterCourse):
    """A legal hold, from asking for it to its lifting."""

    @workflow.init
    def __init__(self, file: LegalHoldFile) -> None:
        self.begin_matter(file, LEGAL_HOLD, self._take, self._check)

    @workflow.run
    async def run(self, file: LegalHoldFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the hold to its end."""
        await self.carry()

    def _take(self, act: LegalHoldActs) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: LegalHoldActs) -> None:
        self.work.check(act, now())


@workflow.defn
class SchemeProposalCourse(MatterCourse):
    """A scheme version, from its proposal to its entry in the record."""

    @workflow.init
    def __init__(self, file: SchemeProposalFile) -> None:
        self.begin_matter(file, SCHEME_ADOPTION, self._take, self._check)

    @workflow.run
    async def run(self, file: SchemeProposalFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the proposal to its end."""
        await self.carry()

    def _take(self, act: SchemeProposalAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: SchemeProposalAct) -> None:
        self.work.check(act, now())


@workflow.defn
class PracticeCourse(MatterCourse):
    """A practice, from a finding to the set of practices."""

    @workflow.init
    def __init__(self, file: PracticeFile) -> None:
        self.begin_matter(file, PRACTICE, self._take, self._check)

    @workflow.run
    async def run(self, file: PracticeFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the practice to its end."""
        await self.carry()

    def _take(self, act: PracticeAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: PracticeAct) -> None:
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

    def _take(self, act: ComplaintActs) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: ComplaintActs) -> None:
        self.work.check(act, now())


@workflow.defn
class AppealCourse(MatterCourse):
    """An appeal, from its lodging to the panel's reasons and what the label's record is told."""

    @workflow.init
    def __init__(self, file: AppealFile) -> None:
        self.begin_matter(file, APPEAL, self._take, self._check)

    @workflow.run
    async def run(self, file: AppealFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the appeal to its end."""
        await self.carry()

    def _take(self, act: AppealAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: AppealAct) -> None:
        self.work.check(act, now())
