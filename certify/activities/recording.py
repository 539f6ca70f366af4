"""The activity `record`: the only writer of cases, organisations and schemes."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from certify.procedure.whole_record import WholeRecord
from certify.register import journal
from certify.register.database import Database
from schemas.records import Batch
from workflows.activities import STREAM_FORKED, RecordKeeping


class Recording(RecordKeeping):
    """Appends batches. A batch that is already there changes nothing, so a second run is harmless."""

    def __init__(self, database: Database, whole: WholeRecord | None = None) -> None:
        self._database, self._whole = database, whole

    @activity.defn(name="record")
    async def record(self, batch: Batch) -> int:
        """Append a batch in one transaction; while the record lacks what was logged, the case waits."""
        if self._whole is not None:
            await self._whole.require_for_acts()
        try:
            async with self._database.writing() as session:
                return await journal.append(session, batch)
        except journal.StreamForked as fork:
            raise ApplicationError(str(fork), type=STREAM_FORKED, non_retryable=True) from fork
