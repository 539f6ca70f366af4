"""An organisation before the Code in Temporal: it sleeps for years between acts (Code, II-2.1 to II-2.4)."""

import asyncio

from temporalio import workflow

from schemas.accession import AccessionAct, ExtractSigned
from schemas.errand import Errand
from schemas.identifiers import ENGINE
from schemas.records import Ack
from workflows import options
from workflows.activities import ExtractOrder, ExtractSigning
from workflows.casework import now
from workflows.matter_file import OrganisationFile
from workflows.matters import MatterCourse
from workflows.pauses import Pauses
from workflows.rules.matter.extracts import awaits_extract
from workflows.rules.matter.organisations import ORGANISATION
from workflows.rules.matter.participation import errand_of


@workflow.defn
class OrganisationCourse(MatterCourse):
    """An organisation, from its application on; it has no end, for who left may join again."""

    @workflow.init
    def __init__(self, file: OrganisationFile) -> None:
        self.begin_matter(file, ORGANISATION, self._take, self._check)
        # A run may begin years after the last one was lost: what fell due meanwhile comes before any act.
        self.work.let_time_pass(now())

    @workflow.run
    async def run(self, file: OrganisationFile) -> None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the organisation, and have its extracts signed beside: a signer that is away stops no clock."""
        signing = asyncio.create_task(self._sign_extracts())
        await self.carry()
        signing.cancel()

    def errand(self) -> Errand | None:
        """Return what the next label of a participant that left is to be told."""
        return errand_of(self._state)

    async def _sign_extracts(self) -> None:
        pauses = Pauses()
        while True:
            await workflow.wait_condition(self._awaits_extract)
            order = ExtractOrder(organisation=self._state.id, entry=self._state.register_entry)
            extract = await workflow.execute_activity_method(
                ExtractSigning.sign_extract,
                order,
                task_queue=options.SIGNING_QUEUE,
                start_to_close_timeout=options.SIGNING_TIMEOUT,
                retry_policy=options.PATIENT,
            )
            is_answer = extract is not None and (extract.organisation, extract.entry) == (
                order.organisation,
                order.entry,
            )
            await pauses.after(is_answer=is_answer)
            if is_answer:
                self.work.conclude(ExtractSigned(at=now(), actor=ENGINE, extract=extract), now())

    def _awaits_extract(self) -> bool:
        return self.work.state is not None and not self.work.file.outbox and awaits_extract(self.work.state)

    def _take(self, act: AccessionAct) -> Ack:
        return self.work.take(act, now())

    def _check(self, act: AccessionAct) -> None:
        self.work.check(act, now())
