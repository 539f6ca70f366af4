"""What happened in a matter, entry by entry, as one person may know it."""

from collections.abc import Iterable
from typing import Final

from certify.accounts.matter_reading import KEEPERS, MatterReading
from certify.accounts.reading_parts import ReadingPart
from schemas.identifiers import Digest, Identifier, Moment, Word
from schemas.matter import ElectorLeft, MatterInterestsDeclared, SubstituteSteppedIn, VoteCast
from schemas.records import Entry

OF_ELECTORS: Final = frozenset(
    event.model_fields["kind"].default
    for event in (VoteCast, ElectorLeft, SubstituteSteppedIn, MatterInterestsDeclared)
)
"""Entries that tell who takes part in a vote; for those who keep the matter."""


class HistoryLine(ReadingPart):
    """One entry of a matter's stream.

    Attributes:
        actor: who acted; None for a rule, and for readers who may not know.
        digest: of the entry, its receipt.
    """

    number: int
    kind: Word
    at: Moment
    actor: Identifier | None
    digest: Digest


def history_for(reading: MatterReading, entries: Iterable[tuple[Entry, str]]) -> tuple[HistoryLine, ...]:
    """Return the entries of a matter, each with its digest, that are for the reader of a reading."""
    keeps = bool(KEEPERS & set(reading.parts))
    return tuple(
        HistoryLine(
            number=entry.number,
            kind=entry.kind,
            at=entry.at,
            actor=entry.actor if keeps and entry.act_id is not None else None,
            digest=digest,
        )
        for entry, digest in entries
        if keeps or entry.kind not in OF_ELECTORS
    )
