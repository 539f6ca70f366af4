"""One certification, from lodging to its end (procedure, stages 1 to 10)."""

import asyncio
from datetime import timedelta

from temporalio import workflow

from schemas.acts import ACTS, CaseAct
from schemas.case import Case
from schemas.records import Ack, Batch
from schemas.stages import Stage
from workflows import options
from workflows.activities import RecordKeeping, Signing, SigningOrder
from workflows.casework import CaseFile, Casework, now
from workflows.rules.attestation import attest, awaits_signature
from workflows.rules.procedure import next_due_at


@workflow.defn
class Certification:
    """Waits for people and clocks, and sees that all that happens is recorded."""

    @workflow.init
    def __init__(self, file: CaseFile) -> None:
        self._work = Casework(file)
        for kind in ACTS:
            workflow.set_update_handler(kind, self._take, validator=self._check)

    @workflow.run
    async def run(self, file: CaseFile) -> Stage | None:  # noqa: ARG002  # `init` restored it before any act came
        """Carry the case to its end; returns None when nothing was ever lodged."""
        recording = asyncio.create_task(self._record())
        if await self._is_lodged():
            await self._procedure(recording)
        await workflow.wait_condition(lambda: recording.done() or not self._work.file.outbox)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if recording.done():
            await recording
        recording.cancel()
        return self._work.case.stage if self._work.case else None

    async def _is_lodged(self) -> bool:
        try:
            await workflow.wait_condition(lambda: self._work.case is not None, timeout=options.LODGING_TIMEOUT)
        except TimeoutError:
            return False
        return True

    async def _procedure(self, recording: asyncio.Task[None]) -> None:
        while not self._case.stage.is_final and not recording.done():
            if awaits_signature(self._case) and not self._work.file.outbox:
                await self._attest()
            elif workflow.info().get_current_history_length() > options.CONTINUE_AFTER_EVENTS:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._work.file)
            else:
                await self._wait(recording)

    @property
    def _case(self) -> Case:
        assert self._work.case is not None
        return self._work.case

    async def _wait(self, recording: asyncio.Task[None]) -> None:
        seen, queued = self._work.changes, len(self._work.file.outbox)
        due_at = next_due_at(self._case)
        timeout = max(due_at - now(), timedelta()) if due_at else None
        try:
            await workflow.wait_condition(
                lambda: self._work.changes != seen or len(self._work.file.outbox) != queued or recording.done(),
                timeout=timeout,
            )
        except TimeoutError:
            self._work.let_time_pass(now())

    async def _attest(self) -> None:
        decision = self._case.decision
        assert decision is not None
        label = await workflow.execute_activity_method(
            Signing.issue_label,
            SigningOrder(decision=decision.number),
            task_queue=options.SIGNING_QUEUE,
            start_to_close_timeout=options.SIGNING_TIMEOUT,
            retry_policy=options.PATIENT,
        )
        self._work.conclude(attest(self._case, label, now()))

    async def _record(self) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(self._work.file.outbox))
            batch = Batch(
                stream=options.case_stream(self._work.file.application),
                entries=tuple(self._work.file.outbox[: options.BATCH_MAX]),
            )
            last = await workflow.execute_activity_method(
                RecordKeeping.record,
                batch,
                start_to_close_timeout=options.RECORD_TIMEOUT,
                retry_policy=options.PATIENT,
            )
            self._work.drop_recorded(last)

    @workflow.query
    def has_taken(self, act_id: str) -> bool:
        """Whether the case has accepted an act."""
        return act_id in self._work.file.receipts

    def _take(self, act: CaseAct) -> Ack:
        return self._work.take(act, now())

    def _check(self, act: CaseAct) -> None:
        self._work.check(act, now())
