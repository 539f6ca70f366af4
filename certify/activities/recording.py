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
from workflows.options import CASE_WORKFLOW, SCHEME_WORKFLOW, case_stream, matter_stream, scheme_stream
from workflows.rules.kernels import KERNELS

log = structlog.get_logger()
_ISSUES = frozenset({"label_issued", "label_prolonged"})


class Recording(RecordKeeping):
    """Appends batches. A batch that is already there changes nothing, so a second run is harmless.

    `name_of` returns the name of a workflow by its id (`certify.procedure.workflow_ids`).
    """

    def __init__(
        self,
        database: Database,
        name_of: Callable[[str], str],
        whole: WholeRecord | None = None,
        keys: Callable[[], KeySet] | None = None,
    ) -> None:
        self._database, self._name_of, self._whole, self._keys = database, name_of, whole, keys

    @activity.defn(name="record")
    async def record(self, batch: Batch) -> int:
        """Append a batch in one transaction; while the record lacks what was logged, the case waits.

        So it does with a label that no key of ours signed: whoever answers in the signer's place makes none. A workflow
        writes its own stream: whoever makes one order what it likes writes of no other case, person or key.
        """
        _require_own(batch, self._name_of(activity.info().workflow_id or ""))
        if self._whole is not None:
            await self._whole.require_for_acts()
        if self._keys is not None:
            _require_signed(batch, self._keys)
        try:
            async with self._database.writing() as session:
                return await journal.append(session, batch)
        except journal.StreamForked as fork:
            raise ApplicationError(str(fork), type=STREAM_FORKED, non_retryable=True) from fork


def _require_own(batch: Batch, workflow: str) -> None:
    """Refuse a batch for another stream than that of the workflow which orders it.

    Raises:
        ApplicationError: `other_stream`.
    """
    if batch.stream in _streams_of(workflow, batch):
        return
    log.error("other_stream", stream=batch.stream)
    raise ApplicationError("A workflow writes its own stream.", type="other_stream")


def _streams_of(workflow: str, batch: Batch) -> set[str]:
    kind, _, subject = workflow.partition("/")
    if kind == CASE_WORKFLOW:
        return {case_stream(subject)}
    if kind == SCHEME_WORKFLOW:
        # Named by what it adopts, whatever the scheme.
        adopted = (entry.body for entry in batch.entries if entry.body.get("digest") == subject)
        return {scheme_stream(str(body.get("scheme"))) for body in adopted}
    return {matter_stream(kind, subject)} if kind in KERNELS else set()


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
