"""The parts a system is made of, as they are in the product; a test puts a broken one in to see it found.

The case is the real `Casework`. Record and signer are as strict as `certify.register.journal` and
`certify.activities.signing`, without database, disk and key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.canonical import canonical_json
from schemas.case import Case
from schemas.label import IssuedLabel
from schemas.records import PendingEntry
from schemas.scheme import SchemeRules
from tests.builders import issued_label
from tests.explorer.state import Line, State
from workflows.casework import Casework
from workflows.rules.case.grants import check_grant


class Forked(Exception):  # noqa: N818  # as `StreamForked`
    """The stream holds something else; nothing was written."""


class Gap(Exception):  # noqa: N818  # as `stream_gap`
    """Entries before this batch are not there yet."""


Stream = tuple[PendingEntry, ...]


def append(stream: Stream, batch: Sequence[PendingEntry]) -> Stream:
    """Return the stream with a batch: all of it or nothing, each number and each act once.

    Raises:
        Forked: another entry stands at one of these numbers, or the act is recorded elsewhere.
        Gap: the batch begins beyond the end.
    """
    if batch[0].number > len(stream) + 1:
        raise Gap
    for entry in batch:
        if entry.number <= len(stream):
            if not _same(stream[entry.number - 1], entry):
                raise Forked
        elif entry.act_id is not None and any(one.act_id == entry.act_id for one in stream):
            raise Forked
        else:
            stream = (*stream, entry)
    return stream


def _same(kept: PendingEntry, entry: PendingEntry) -> bool:
    return kept.act_id == entry.act_id and canonical_json(kept.body) == canonical_json(entry.body)


class Signer:
    """What the signer's own log makes it do."""

    def intent(self, state: State, decision: str, read: int) -> Line:
        """Return what is to be signed: what was intended before, else a label drawn now."""
        known = next((line for line in state.intents if line.decision == decision), None)
        return known or Line(decision=decision, label=len(state.intents) + 1, read=read)

    def signature(self, state: State, decision: str) -> Line | None:
        """Return what was signed for a decision."""
        return next((line for line in state.signatures if line.decision == decision), None)

    def label(self, line: Line, granted: Case) -> IssuedLabel:
        """Return the label as it was signed."""
        return issued_label(granted).model_copy(update={"id": f"{line.label:016d}", "decision_number": line.decision})


@dataclass(frozen=True)
class Parts:
    """One of each."""

    casework: type[Casework] = Casework
    append: Callable[[Stream, Sequence[PendingEntry]], Stream] = append
    signer: type[Signer] = Signer
    check_grant: Callable[[Case, SchemeRules, str, datetime], None] = check_grant
