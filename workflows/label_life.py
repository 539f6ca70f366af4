"""The life of one label in Temporal, 24 months at most: its clocks, its votes, and what it tells other labels."""

from temporalio import workflow

from schemas.identifiers import ENGINE
from schemas.label import IssuedLabel
from schemas.label_acts import LabelLifeAct
from schemas.label_events import ProlongationRefused
from schemas.records import Ack
from workflows.casework import now
from workflows.course import Effect
from workflows.matter_file import LabelFile
from workflows.matters import MatterCourse
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.renewal import NOT_IN_FORCE, awaits_prolongation, can_be_carried_on, prolonged_by
from workflows.signing import signed


@workflow.defn
class LabelCourse(MatterCourse):
    """A label, from its issue to the end that it never leaves."""

    @workflow.init
    def __init__(self, file: LabelFile) -> None:
        self.begin_matter(file, LABEL, self._take, self._check)

    @workflow.run
    async def run(self, file: LabelFile) -> str | None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the label to its end and return its last standing; None when nothing ever began."""
        life = await self.carry()
        return life.standing.value if life is not None else None

    def effect(self) -> Effect | None:
        """Return the signing of a prolongation once it is decided, else what another label is to be told."""
        return self._prolong if awaits_prolongation(self._state) else super().effect()

    async def _prolong(self) -> None:
        answer = await signed(self._state.prolongation.number)
        self.work.let_time_pass(now())  # what fell due while the signer was away comes first
        if isinstance(answer, IssuedLabel) and not can_be_carried_on(self._state):
            # Suspended, ended or replaced while it was signed: what was signed goes on no record, so nobody gets it.
            answer = NOT_IN_FORCE
        if isinstance(answer, str):
            self.work.conclude(ProlongationRefused(at=now(), actor=ENGINE, code=answer), now())
        else:
            for event in prolonged_by(self._state, answer, now()):
                self.work.conclude(event, now())

    def _take(self, act: LabelLifeAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: LabelLifeAct) -> None:
        self.work.check(act, now())
