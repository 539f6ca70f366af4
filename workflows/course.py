"""The course of any case or matter in Temporal: takes acts, keeps its clocks, sees that all is recorded."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

from schemas.errand import Errand, ErrandDone
from schemas.identifiers import ENGINE
from schemas.records import Batch
from workflows import options
from workflows.activities import Errands, RecordKeeping
from workflows.casework import Casework, File, now
from workflows.kernel import Kernel
from workflows.pauses import Pauses

Effect = Callable[[], Awaitable[None]]

CLOCKS_RUN_BESIDE = "clocks-run-beside-effects"
"""Runs begun before this patch wait for an effect alone."""
RUNS_END_BESIDE = "runs-end-beside-effects"
"""Runs begun before this patch end only when no effect is under way, and let an act set none of its clocks earlier."""


class Course:
    """What every workflow of a case or matter shares; a subclass names its run, its update handler and its kernel."""

    def begin(self, file: File, kernel: Kernel[Any], stream: str) -> None:
        """Restore the state, before any act comes (`workflow.init`)."""
        self.work: Casework[Any] = Casework(file, kernel)
        self.stream = stream
        self.nudged = False
        self._errand_pauses = Pauses()

    async def carry(self) -> Any:
        """Carry the matter to its end and return its last state; None when nothing was ever opened.

        Nobody cancels a matter: who asks Temporal for that begins a new run, which carries on what was taken.
        """
        try:
            return await self._carried()
        except asyncio.CancelledError:
            if self.work.state is None:
                raise
            workflow.continue_as_new(self.work.file)

    def effect(self) -> Effect | None:
        """Return what is to be brought about outside now, once all that leads to it is recorded."""
        errand = self.errand()
        return (lambda: self._run_errand(errand)) if errand is not None else None

    def errand(self) -> Errand | None:
        """Return what another matter is to be told now."""
        return self.work.kernel.errand(self._state)

    def wakes_monthly(self) -> bool:
        """Whether a run ends after a month, so that a sleeping case meets new code without being told."""
        return True

    @workflow.signal
    def nudge(self) -> None:
        """Begin a new run now: sent after a deployment, so that the case goes on under the new code."""
        self.nudged = True

    @workflow.query
    def has_taken(self, act_id: str) -> bool:
        """Whether an act was accepted."""
        return act_id in self.work.file.receipts

    @workflow.query
    def entry(self) -> int:
        """Number of the last entry, recorded or on its way to the record."""
        return self.work.state.entry if self.work.state is not None else 0

    @workflow.query
    def recorded(self) -> int:
        """Number of the last entry that the record confirmed."""
        return self.entry() - len(self.work.file.outbox)

    async def _carried(self) -> Any:
        recording = asyncio.create_task(self._record())
        if await self._is_opened():
            await self._procedure(recording)
        await self._until_recorded(recording)
        while not recording.done() and self.work.state is not None and self.effect() is not None:
            # An act that was taken while the last entry was on its way to the record has another matter told.
            await self._procedure(recording)
            await self._until_recorded(recording)
        if recording.done():
            await recording
        recording.cancel()
        return self.work.state

    async def _until_recorded(self, recording: asyncio.Task[None]) -> None:
        await workflow.wait_condition(lambda: recording.done() or not self.work.file.outbox)
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _is_opened(self) -> bool:
        try:
            await workflow.wait_condition(lambda: self.work.state is not None, timeout=options.LODGING_TIMEOUT)
        except TimeoutError:
            return False
        return True

    async def _procedure(self, recording: asyncio.Task[None]) -> None:
        while not recording.done():
            effect = self.effect() if not self.work.file.outbox else None
            if effect is not None and not (self._continues() and workflow.patched(RUNS_END_BESIDE)):
                await self._bring_about(effect, recording)
            elif self._state.is_over and self.effect() is None:
                return
            elif self._continues():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self.work.file)
            else:
                await self._wait(recording)

    async def _bring_about(self, effect: Effect, recording: asyncio.Task[None]) -> None:
        """Bring something about outside. The case goes on meanwhile, however long whoever does it is away.

        A run that is over first leaves the effect to the next one, which asks again: asked twice, the answer is one.
        """
        if not workflow.patched(CLOCKS_RUN_BESIDE):
            await effect()
            return
        under_way = asyncio.ensure_future(effect())
        if not workflow.patched(RUNS_END_BESIDE):
            await self._clocks_until(under_way)
        while not (under_way.done() or recording.done() or self._continues()):
            await self._wait(under_way, recording)
        if under_way.done():
            await under_way

    async def _clocks_until(self, under_way: asyncio.Future[None]) -> None:
        while not under_way.done():
            due_at = self.work.next_due_at()
            try:
                timeout = max(due_at - now(), timedelta()) if due_at is not None else None
                await workflow.wait_condition(under_way.done, timeout=timeout)
            except TimeoutError:
                self.work.let_time_pass(now())

    @property
    def _state(self) -> Any:
        assert self.work.state is not None
        return self.work.state

    def _continues(self) -> bool:
        long_enough = workflow.info().get_current_history_length() > options.CONTINUE_AFTER_EVENTS
        return long_enough or self.nudged or (self.wakes_monthly() and now() >= self._month_is_over_at())

    def _month_is_over_at(self) -> datetime:
        return workflow.info().start_time + options.CONTINUE_AFTER

    async def _wait(self, *ends: asyncio.Future[None]) -> None:
        """Wait until something happened, one of these ended, or a clock did its work."""
        seen, queued = self.work.changes, len(self.work.file.outbox)
        try:
            await workflow.wait_condition(
                lambda: (
                    self.work.changes != seen
                    or len(self.work.file.outbox) != queued
                    or self.nudged
                    or any(one.done() for one in ends)
                ),
                timeout=self._timeout(),
            )
        except TimeoutError:
            self.work.let_time_pass(now())

    def _timeout(self) -> timedelta | None:
        moments = [self.work.next_due_at(), self._month_is_over_at() if self.wakes_monthly() else None]
        due_at = min((moment for moment in moments if moment is not None), default=None)
        return max(due_at - now(), timedelta()) if due_at is not None else None

    async def _run_errand(self, errand: Errand) -> None:
        answer = await workflow.execute_activity_method(
            Errands.run_errand,
            errand,
            start_to_close_timeout=options.ERRAND_TIMEOUT,
            retry_policy=options.PATIENT,
        )
        is_answer = answer is not None and answer.key in {None, errand.key}
        await self._errand_pauses.after(is_answer=is_answer)
        if not is_answer:
            return  # this errand is run again
        done = ErrandDone(at=now(), actor=ENGINE, key=errand.key, refused=answer.refused)
        self.work.conclude(done, now())

    async def _record(self) -> None:
        pauses = Pauses()
        while True:
            await workflow.wait_condition(lambda: bool(self.work.file.outbox))
            batch = Batch(stream=self.stream, entries=tuple(self.work.file.outbox[: options.BATCH_MAX]))
            last = await workflow.execute_activity_method(
                RecordKeeping.record,
                batch,
                start_to_close_timeout=options.RECORD_TIMEOUT,
                retry_policy=options.PATIENT,
            )
            if last is not None:
                self.work.drop_recorded(last)
            await pauses.after(is_answer=last is not None)
