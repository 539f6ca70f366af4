"""Asks the witnesses of the log for their cosignatures, and remembers how large a log each of them saw."""

from collections.abc import Sequence
from typing import Final

import structlog

from certify.publication.witnesses import WitnessAway, WitnessClient, WitnessRefused
from labels.log import checkpoints
from labels.log.checkpoints import Policy
from labels.log.notes import Note
from labels.log.sequencer import Sequencer
from schemas.errors import Unavailable, VerificationError

log = structlog.get_logger()

_NOT_GROWN: Final = frozenset({409, 422})
"""What a witness answers once sizes agree: this log did not grow out of the one that it saw (c2sp.org/tlog-witness)."""


class Witnessing:
    """The witnesses of one log.

    Attributes:
        largest: how many entries the largest log had that one of them said it saw, where it was larger than ours.
    """

    def __init__(self, witnesses: Sequence[WitnessClient], policy: Policy) -> None:
        self._witnesses, self._policy = witnesses, policy
        self._known: dict[WitnessClient, int] = {}
        self.largest = 0

    async def cosigned(self, ours: Sequencer, since: int) -> tuple[Note, Unavailable | None]:
        """Return the log's last checkpoint with the cosignatures it was given, and what a witness said against it.

        Args:
            ours: the log, which has a checkpoint.
            since: how many entries a witness is taken to have seen that was not asked before.
        """
        assert ours.head is not None
        note, against = ours.head, None
        for witness in self._witnesses:
            try:
                note = await self._cosigned(witness, ours, note, since)
            except Unavailable as error:
                log.warning("witness_contradicts", witness=witness.url, code=error.code, why=error.message)
                against = error
        return note, against

    async def _cosigned(self, witness: WitnessClient, ours: Sequencer, note: Note, since: int) -> Note:
        try:
            lines = await self._ask(witness, ours, self._known.get(witness, since))
            self._known[witness] = ours.size
            return checkpoints.cosigned(note, lines, self._policy)
        except (WitnessAway, WitnessRefused, VerificationError) as error:
            if isinstance(error, WitnessRefused) and error.status in _NOT_GROWN:
                raise Unavailable("log_forked", "A witness saw another log under this name.") from error
            log.warning("witness_gave_no_cosignature", witness=witness.url, why=str(error))
            return note

    async def _ask(self, witness: WitnessClient, ours: Sequencer, older: int) -> str:
        assert ours.head is not None
        try:
            return await witness.add_checkpoint(older, _growth(ours, older), ours.head)
        except WitnessRefused as refusal:
            if refusal.size is None or refusal.size == older:
                raise
            if refusal.size > ours.size:
                what = f"A witness saw a log of {refusal.size} entries; this one has {ours.size}."
                self.largest = max(self.largest, refusal.size)
                raise Unavailable("log_behind_witness", what) from refusal
            return await witness.add_checkpoint(refusal.size, _growth(ours, refusal.size), ours.head)


def _growth(ours: Sequencer, older: int) -> tuple[bytes, ...]:
    return ours.growth_since(older) if older <= ours.size else ()
