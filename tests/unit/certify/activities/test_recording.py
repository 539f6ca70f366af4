"""The activity that writes the record: a workflow's own stream, while nothing is missing (I22)."""

from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from certify.activities.recording import Recording
from certify.procedure.whole_record import WholeRecord
from certify.register import journal
from certify.register.database import Database
from labels.key_set import KeySet
from schemas.errors import Unavailable
from schemas.label import IssuedLabel
from schemas.records import Batch, PendingEntry
from tests.builders import scheme
from tests.unit.certify.register.certified import founded
from tests.unit.certify.register.records import a_batch, adopted, entry_of
from workflows.activities import SigningOrder
from workflows.rules.case.attestation import attest
from workflows.rules.kernels import KERNELS

HIDDEN = "hidden:"
CASE = "certification/case-1"


class Behind(WholeRecord):
    """A record that lacks entries until people restore them."""

    def __init__(self) -> None:
        self.restored = False

    async def require_for_acts(self) -> None:
        if not self.restored:
            raise Unavailable("record_behind_log", "The record is being restored.")


class Writable(Exception):  # noqa: N818  # says that nothing stood in the way
    """The record was opened for writing."""


class Written:
    """A record that tells when something is written."""

    def writing(self) -> None:
        raise Writable


def name_of(workflow_id: str) -> str:
    """The name behind an id, as if it were hidden by a mark alone."""
    return workflow_id.removeprefix(HIDDEN)


async def record(recording: Recording, batch: Batch, workflow: str = CASE) -> int:
    """Record a batch as the workflow of this name orders it."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=f"{HIDDEN}{workflow}")
    return int(await environment.run(recording.record, batch))


async def test_nothing_is_recorded_while_the_record_lacks_what_was_logged(database: Database) -> None:
    whole, workflow = Behind(), f"scheme/{scheme().digest}"
    batch = Batch(stream=f"scheme/{scheme().rules.id}", entries=(entry_of(1, adopted()),))
    recording = Recording(database, name_of, whole)

    with pytest.raises(Unavailable, match="record_behind_log"):
        await record(recording, batch, workflow)
    async with database.reading() as session:
        assert await journal.next_number(session, batch.stream) == 1

    whole.restored = True
    assert await record(recording, batch, workflow) == 1


async def test_a_label_that_no_key_of_ours_signed_is_not_recorded(database: Database, tmp_path: Path) -> None:
    """Whoever answers in the signer's place makes no label; a key set that is behind the signer's delays one."""
    body = await founded(database, tmp_path)
    walk = await body.granted()
    label = await body.signing().issue_label(SigningOrder(decision=walk.decision_number))
    number = walk.case.entry + 1
    keys = KeySet(())
    recording = Recording(database, name_of, keys=lambda: keys)

    def batch(recorded: IssuedLabel) -> Batch:
        event = attest(walk.case, recorded, walk.now)
        return Batch(stream="case/case-1", entries=(PendingEntry.of(event, number, authn="engine"),))

    with pytest.raises(ApplicationError) as refused:
        await record(recording, batch(label))
    assert (refused.value.type, refused.value.non_retryable) == ("label_differs", False)

    keys = KeySet.read(body.key_set)
    for change in ({"token": "2"}, {"kid": "00000000"}, {"tier": "critical"}):
        with pytest.raises(ApplicationError):
            await record(recording, batch(label.model_copy(update=change)))
    async with database.reading() as session:
        assert await journal.next_number(session, "case/case-1") == number

    assert await record(recording, batch(label)) == number


@pytest.mark.parametrize(
    "stream",
    ["case/case-2", "label/case-1", "institution/commission", "people", "access", "attempts", "keys", "scheme/builtin"],
)
async def test_a_case_writes_no_stream_but_its_own(database: Database, stream: str) -> None:
    """What a workflow was made to order writes of no other case, person, key or attempt."""
    with pytest.raises(ApplicationError) as refused:
        await record(Recording(database, name_of), a_batch(stream, 1))

    assert refused.value.type == "other_stream"
    async with database.reading() as session:
        assert await journal.next_number(session, stream) == 1


@pytest.mark.parametrize("kind", sorted(KERNELS))
async def test_a_matter_writes_its_own_stream(kind: str) -> None:
    recording = Recording(Written(), name_of)  # type: ignore[arg-type]  # only `writing`
    with pytest.raises(ApplicationError):
        await record(recording, a_batch(f"{kind}/other", 1), f"{kind}/one")
    with pytest.raises(Writable):
        await record(recording, a_batch(f"{kind}/one", 1), f"{kind}/one")


@pytest.mark.parametrize("workflow", ["", "engine", "people/person-1", "case/case-1", "w.forged"])
async def test_what_is_no_workflow_of_ours_writes_nothing(database: Database, workflow: str) -> None:
    with pytest.raises(ApplicationError):
        await record(Recording(database, name_of), a_batch("case/case-1", 1), workflow)


async def test_the_adoption_of_a_scheme_enters_that_version_and_no_other(database: Database) -> None:
    batch = Batch(stream=f"scheme/{scheme().rules.id}", entries=(entry_of(1, adopted()),))
    recording = Recording(database, name_of)

    with pytest.raises(ApplicationError):
        await record(recording, batch, "scheme/another")
    with pytest.raises(ApplicationError, match="its own stream"):
        await record(recording, a_batch(batch.stream, 1), f"scheme/{scheme().digest}")
    assert await record(recording, batch, f"scheme/{scheme().digest}") == 1
