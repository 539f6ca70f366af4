"""`certify retention`: what is kept longer than it need be, and its erasure."""

from datetime import UTC, datetime

from certify.accounts import security_events
from certify.config import Settings
from certify.procedure.retention import Retained, look, retain
from certify.procedure.whole_record import WholeRecord
from certify.programs.administration import OPERATOR, opened
from certify.programs.record import open_to_read
from certify.register.schema import require_shape


async def retention(settings: Settings, *, dry_run: bool) -> list[Retained]:
    """Return what is due of every class; without `dry_run` what the job erases is erased.

    Raises:
        Unavailable: `record_behind_log`: the record lacks what was logged, maybe a hold; as `require_shape`.
        FileNotFoundError: there is no database yet to look at.
    """
    now, path = datetime.now(UTC), settings.security_events_file
    if dry_run:
        return await _look(settings, now)
    assert path is not None
    async with opened(settings) as database:
        await WholeRecord.of(settings, database).require_for_acts()
        with security_events.written_to(path):
            return await retain(database, path, now, authn=OPERATOR)


async def _look(settings: Settings, now: datetime) -> list[Retained]:
    database = open_to_read(settings)
    try:
        database.require_file()
        await require_shape(database)
        return await look(database, settings.security_events_file, now)
    finally:
        await database.close()
