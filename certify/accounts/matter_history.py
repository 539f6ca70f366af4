"""What happened in a matter, entry by entry, as one person may know it."""

from collections.abc import Iterable
from typing import Final

from certify.accounts.matter_parts import KEEPERS
from certify.accounts.matter_reading import MatterReading
from certify.accounts.reading_parts import ReadingPart
from schemas.appeal import PanelMemberLeft, PanelMemberReplaced
from schemas.identifiers import PUBLIC, Digest, Identifier, Moment, Word
from schemas.matter import ElectorLeft, MatterInterestsDeclared, SubstituteSteppedIn, VoteCast
from schemas.records import Entry
from workflows.rules.deadlines import start_of_day

OF_ELECTORS: Final = frozenset(
    event.model_fields["kind"].default
    for event in (
        *(VoteCast, ElectorLeft, SubstituteSteppedIn, MatterInterestsDeclared),
        *(PanelMemberLeft, PanelMemberReplaced),
    )
)
"""Entries that tell who takes part in a vote; for those who keep the matter."""


class HistoryLine(ReadingPart):
    """One entry of a matter's stream.

    Attributes:
        is_day: `at` tells the day alone.
        actor: who acted; None for a rule, and for readers who may not know.
        digest: of the entry, its receipt.
    """

    number: int
    kind: Word
    at: Moment
    is_day: bool = False
    actor: Identifier | None
    digest: Digest


def history_for(
    reading: MatterReading, entries: Iterable[tuple[Entry, str]], *, by_day: bool = False
) -> tuple[HistoryLine, ...]:
    """Return the entries of a matter, each with its digest, that are for the reader of a reading.

    Args:
        reading: of the matter.
        entries: of its stream, in order.
        by_day: tell the day of what somebody without an account did, and no more (security T39).
    """
    keeps = bool(KEEPERS & set(reading.parts))
    return tuple(
        _line(entry, digest, keeps=keeps, is_day=by_day and entry.actor == PUBLIC)
        for entry, digest in entries
        if keeps or entry.kind not in OF_ELECTORS
    )


def _line(entry: Entry, digest: str, *, keeps: bool, is_day: bool) -> HistoryLine:
    return HistoryLine(
        number=entry.number,
        kind=entry.kind,
        at=start_of_day(entry.at) if is_day else entry.at,
        is_day=is_day,
        actor=entry.actor if keeps and entry.act_id is not None and entry.actor != PUBLIC else None,
        digest=digest,
    )
