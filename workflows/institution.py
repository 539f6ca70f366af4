"""The institutions of the body in Temporal: terms run for years, and end by themselves (Code, II-2.3)."""

from temporalio import workflow

from schemas.institution_acts import InstitutionAct
from schemas.records import Ack
from workflows.casework import now
from workflows.matter_file import InstitutionFile
from workflows.matters import MatterCourse
from workflows.rules.matter.institution import INSTITUTION


@workflow.defn
class InstitutionCourse(MatterCourse):
    """The one body there is, from its first election on."""

    @workflow.init
    def __init__(self, file: InstitutionFile) -> None:
        self.begin_matter(file, INSTITUTION, self._take, self._check)
        # A run may begin years after the last one was lost: terms that ended meanwhile come before any act.
        self.work.let_time_pass(now())

    @workflow.run
    async def run(self, file: InstitutionFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the institutions; they have no end."""
        await self.carry()

    def _take(self, act: InstitutionAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: InstitutionAct) -> None:
        self.work.check(act, now())
