"""The activity that writes the record: not while the record lacks what witnesses saw (security I22)."""

from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from certify.activities.recording import Recording
from certify.procedure.whole_record import WholeRecord
from certify.register import journal
from certify.register.database import Database
from labels.key_set import KeySet
from schemas.errors import Unavailable
from schemas.label import IssuedLabel
from schemas.records import Batch, PendingEntry
from tests.unit.certify.register.certified import founded
from tests.unit.certify.register.records import a_batch
from workflows.activities import SigningOrder
from workflows.rules.attestation import attest


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


async def test_a_label_that_no_key_of_ours_signed_is_not_recorded(database: Database, tmp_path: Path) -> None:
    """Whoever answers in the signer's place makes no label; a key set that is behind the signer's delays one."""
    body = await founded(database, tmp_path)
    walk = await body.granted()
    label = await body.signing().issue_label(SigningOrder(decision=walk.decision_number))
    number = walk.case.entry + 1
    keys = KeySet(())
    recording = Recording(database, keys=lambda: keys)

    def batch(recorded: IssuedLabel) -> Batch:
        event = attest(walk.case, recorded, walk.now)
        return Batch(stream="case/case-1", entries=(PendingEntry.of(event, number, authn="engine"),))

    with pytest.raises(ApplicationError) as refused:
        await recording.record(batch(label))
    assert (refused.value.type, refused.value.non_retryable) == ("label_differs", False)

    keys = KeySet.read(body.key_set)
    for change in ({"token": "2"}, {"kid": "00000000"}, {"tier": "critical"}):
        with pytest.raises(ApplicationError):
            await recording.record(batch(label.model_copy(update=change)))
    async with database.reading() as session:
        assert await journal.next_number(session, "case/case-1") == number

    assert await recording.record(batch(label)) == number
