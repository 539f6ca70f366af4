"""Acts outside cases that the record keeps: an entry in the Register, the adoption of a scheme."""

from temporalio import workflow

from schemas.records import Batch
from workflows import options
from workflows.activities import RecordKeeping


async def _record(batch: Batch) -> int:
    return await workflow.execute_activity_method(
        RecordKeeping.record, batch, start_to_close_timeout=options.RECORD_TIMEOUT, retry_policy=options.PATIENT
    )


@workflow.defn
class RegisterEntry:
    """An organisation enters the Register (Code, II-2.4), as before organisations were matters: kept for replays."""

    @workflow.run
    async def run(self, batch: Batch) -> int:
        """Record the entry and return its number."""
        return await _record(batch)


@workflow.defn
class SchemeAdoption:
    """A scheme version comes into force for new cases."""

    @workflow.run
    async def run(self, batch: Batch) -> int:
        """Record the adoption and return its number."""
        return await _record(batch)
