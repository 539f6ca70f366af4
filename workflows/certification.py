"""One certification, from lodging to its end (procedure, stages 1 to 10)."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from schemas.acts import ACTS, CaseAct
from schemas.case import Case
from schemas.events import SigningRefused
from schemas.identifiers import ENGINE
from schemas.label import IssuedLabel
from schemas.records import Ack
from schemas.stages import Stage
from workflows import options
from workflows.activities import SIGNING_REFUSED, Signing, SigningOrder
from workflows.casework import CaseFile, now
from workflows.course import Course, Effect
from workflows.rules.attestation import attest, awaits_signature
from workflows.rules.procedure import CERTIFICATION


@workflow.defn
class Certification(Course):
    """Waits for people and clocks, and sees that all that happens is recorded."""

    @workflow.init
    def __init__(self, file: CaseFile) -> None:
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
        try:
            label: IssuedLabel = await workflow.execute_activity_method(
                Signing.issue_label,
                SigningOrder(decision=decision.number),
                task_queue=options.SIGNING_QUEUE,
                start_to_close_timeout=options.SIGNING_TIMEOUT,
                retry_policy=options.PATIENT,
            )
        except ActivityError as error:
            if not isinstance(error.cause, ApplicationError) or error.cause.type != SIGNING_REFUSED:
                raise
            refused = SigningRefused(at=now(), actor=ENGINE, code=error.cause.message)
            self.work.conclude(refused, now())
        else:
            self.work.conclude(attest(self._case, label, now()), now())

    def _take(self, act: CaseAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: CaseAct) -> None:
        self.work.check(act, now())
