"""The activity `record`: the only writer of cases, organisations and schemes."""

from collections.abc import Callable

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from certify.procedure.whole_record import WholeRecord
from certify.register import journal
from certify.register.database import Database
from labels.key_set import KeySet
from labels.verification import is_as_signed
from schemas.label import IssuedLabel
from schemas.records import Batch
from workflows.activities import STREAM_FORKED, RecordKeeping

log = structlog.get_logger()
_ISSUES = frozenset({"label_issued", "label_prolonged"})


class Recording(RecordKeeping):
    """Appends batches. A batch that is already there changes nothing, so a second run is harmless."""

    def __init__(
        self,
        database: Database,
        whole: WholeRecord | None = None,
        keys: Callable[[], KeySet] | None = None,
    ) -> None:
        self._database, self._whole, self._keys = database, whole, keys

    @activity.defn(name="record")
    async def record(self, batch: Batch) -> int:
        """Append a batch in one transaction; while the record lacks what was logged, the case waits.

        So it does with a label that no key of ours signed: whoever answers in the signer's place makes none.
        """
        if self._whole is not None:
            await self._whole.require_for_acts()
        if self._keys is not None:
            _require_signed(batch, self._keys)
        try:
            async with self._database.writing() as session:
                return await journal.append(session, batch)
        except journal.StreamForked as fork:
            raise ApplicationError(str(fork), type=STREAM_FORKED, non_retryable=True) from fork


def _require_signed(batch: Batch, keys: Callable[[], KeySet]) -> None:
    """Refuse a batch with a label that is not what a key of ours signed.

    It is tried again, for the key set at hand may be older than the signer's.

    Raises:
        ApplicationError: `label_differs`.
        CouldNotCheck: the keys cannot be read.
    """
    for entry in batch.entries:
        if entry.kind not in _ISSUES:
            continue
        label = IssuedLabel.model_validate(entry.body["label"])
        if not is_as_signed(label, keys()):
            log.error("label_not_signed", stream=batch.stream, number=entry.number)
            raise ApplicationError("The label is not what a key of ours signed.", type="label_differs")
