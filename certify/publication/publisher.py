"""One turn after the other: what was recorded is logged, witnessed, proved and told in the status lists."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from certify.publication.bundle import OfflineBundle
from certify.publication.log import BATCH, LogPublication
from certify.publication.papers import LabelPapers
from certify.publication.proofs import LabelProofs
from certify.publication.statuses import StatusPublication
from schemas.errors import Unavailable

log = structlog.get_logger()

EVERY = 0.5
AFTER_TROUBLE = 5.0
WITNESS_AGAIN_AFTER = timedelta(minutes=1)
"""A log at rest shows itself to its witness this often, so that a fork or a loss is found while nothing happens."""


def _now() -> datetime:
    return datetime.now(UTC)


class Publisher:
    """Carries the record out to the public."""

    def __init__(
        self,
        log_publication: LogPublication,
        statuses: StatusPublication,
        proofs: LabelProofs,
        papers: LabelPapers,
        bundle: OfflineBundle,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._log, self._statuses, self._proofs = log_publication, statuses, proofs
        self._papers, self._bundle = papers, bundle
        self._clock = clock
        self._witnessed_at: datetime | None = None
        self._is_open = self._is_first_turn = False

    async def open(self) -> None:
        """Read what is stored and how every label stands."""
        await self._log.open()
        await self._statuses.open(self._log.stored(), self._clock())
        await self._papers.open()
        self._is_open = self._is_first_turn = True

    async def turn(self) -> bool:
        """Publish what there is, and tell whether more waits already.

        Raises:
            Unavailable: the log and its record or its witness do not agree (I22).
        """
        now = self._clock()
        if self._is_first_turn:
            await self._log.ask_how_far_it_was(now)
        entries = await self._log.sequence()
        await self._statuses.follow(entries, now)
        # Before the first list since the start a witness answers, who may know of more than was put back after a loss.
        # From then on the lists come first: a label that is out of force is told so, whether or not a witness answers.
        asks_first = self._is_first_turn or not self._log.is_answered
        self._is_first_turn = False
        changed = await self._have_witnessed(now) if asks_first else False
        self._log.stop.require_same_record()
        if self._log.is_answered:
            changed = await self._statuses.publish(self._log.size, now) or changed
        if not asks_first and self._must_be_witnessed(now):
            changed = await self._have_witnessed(now) or changed
        await self._log.stop.tell(None)
        await self._papers.follow(await self._proofs.write())
        more_papers = await self._papers.make()
        if changed:
            await self._bundle.write(now)
        return more_papers or len(entries) == BATCH

    async def _have_witnessed(self, now: datetime) -> bool:
        changed = await self._log.have_witnessed(now)
        self._witnessed_at = now if self._log.witnessed_size == self._log.size else self._witnessed_at
        return changed

    def _must_be_witnessed(self, now: datetime) -> bool:
        at_rest = self._log.witnessed_size == self._log.size and self._log.witnessed is not None
        return not at_rest or self._witnessed_at is None or now - self._witnessed_at >= WITNESS_AGAIN_AFTER

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop; what goes wrong is logged, and tried again from what is stored."""
        while not stop.is_set():
            await _until(stop, await self._turn_safely())

    async def _turn_safely(self) -> float:
        try:
            if not self._is_open:
                await self.open()
            return 0.0 if await self.turn() else EVERY
        except Unavailable as error:
            log.warning("publication_stopped", code=error.code, why=error.message)
            await self._tell_stop(error.code)
        except Exception:
            # A damaged file, a database away: none of it may end the loop, and what a half turn knew is read again.
            log.exception("publication_failed")
        self._is_open = False
        return AFTER_TROUBLE

    async def _tell_stop(self, code: str) -> None:
        try:
            await self._log.stop.tell(code)
        except OSError:
            log.exception("stop_not_told")


async def _until(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
