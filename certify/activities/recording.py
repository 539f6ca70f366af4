"""The activity `record`: the only writer of cases, organisations and schemes."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from certify.register import journal
from certify.register.database import Database
from schemas.records import Batch
from workflows.activities import STREAM_FORKED, RecordKeeping


class Recording(RecordKeeping):
    """Appends batches. A batch that is already there changes nothing, so a second run is harmless."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="record")
    async def record(self, batch: Batch) -> int:
        """Append a batch in one transaction."""
        try:
            async with self._database.writing() as session:
                return await journal.append(session, batch)
        except journal.StreamForked as fork:
            raise ApplicationError(str(fork), type=STREAM_FORKED, non_retryable=True) from fork
