"""The activity that writes the record: not while the record lacks what witnesses saw (security I22)."""

import pytest

from certify.activities.recording import Recording
from certify.procedure.whole_record import WholeRecord
from certify.register import journal
from certify.register.database import Database
from schemas.errors import Unavailable
from tests.unit.certify.register.records import a_batch


class Behind(WholeRecord):
    """A record that lacks entries until people restore them."""

    def __init__(self) -> None:
        self.restored = False

    async def require_for_acts(self) -> None:
        if not self.restored:
            raise Unavailable("record_behind_log", "The record is being restored.")


async def test_nothing_is_recorded_while_the_record_lacks_what_was_logged(database: Database) -> None:
    whole, batch = Behind(), a_batch("people", 1)
    recording = Recording(database, whole)

    with pytest.raises(Unavailable, match="record_behind_log"):
        await recording.record(batch)
    async with database.reading() as session:
        assert await journal.next_number(session, batch.stream) == 1

    whole.restored = True
    assert await recording.record(batch) == 1
