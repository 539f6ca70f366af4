"""One certification, from lodging to its end (procedure, stages 1 to 10)."""

from temporalio import workflow

from schemas.acts import ACTS, CaseAct
from schemas.case import Case
from schemas.errand import Errand
from schemas.events import SigningRefused
from schemas.identifiers import ENGINE
from schemas.records import Ack
from schemas.stages import Stage
from workflows import options
from workflows.casework import CaseFile, now
from workflows.course import Course, Effect
from workflows.rules.case.attestation import attest, awaits_signature
from workflows.rules.case.procedure import CERTIFICATION
from workflows.rules.label.case_errands import errand_of
from workflows.signing import signed


@workflow.defn
class Certification(Course):
    """Waits for people and clocks, and sees that all that happens is recorded."""

    @workflow.init
    def __init__(self, file: CaseFile) -> None:
        self._restored = file.restored
        self.begin(file, CERTIFICATION, options.case_stream(file.application))
        for kind in ACTS:
            workflow.set_update_handler(kind, self._take, validator=self._check)

    @workflow.run
    async def run(self, file: CaseFile) -> Stage | None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the case to its end; returns None when nothing was ever lodged."""
        case: Case | None = await self.carry()
        return case.stage if case else None

    def effect(self) -> Effect | None:
        """Return the signing of the label once it is due, else what another matter is to be told."""
        return self._attest if awaits_signature(self._case) else super().effect()

    def errand(self) -> Errand | None:
        """Return what the label, or the one it renews, is to be told now.

        A case of the first edition told nobody; its label gets its life when `certify reconcile` starts the case again.
        """
        tells = self._case.edition > 1 or self._restored
        return errand_of(self._case) if tells else None

    def wakes_monthly(self) -> bool:
        """Whether a run ends after a month; runs that began before that was so go on as they began."""
        return self.work.state is not None and self._case.edition > 1

    @property
    def _case(self) -> Case:
        case: Case | None = self.work.state
        assert case is not None
        return case

    async def _attest(self) -> None:
        """Have the label signed; what the signer read in the record decides, also about an interest found meanwhile."""
        decision = self._case.decision
        assert decision is not None
        answer = await signed(decision.number)
        if isinstance(answer, str):
            self.work.conclude(SigningRefused(at=now(), actor=ENGINE, code=answer), now())
        else:
            self.work.conclude(attest(self._case, answer, now()), now())

    def _take(self, act: CaseAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: CaseAct) -> None:
        self.work.check(act, now())
