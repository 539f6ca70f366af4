"""Holds missing bodies of refused attempts against the record of their erasure (security.md, 8)."""

from collections.abc import Iterator
from datetime import datetime

from certify.register import attempts
from certify.register.checking import Finding
from schemas.record_events import RetentionApplied


class RetiredBodies:
    """Gathers, while streams are read in any order, what the job erased and what is not there."""

    def __init__(self) -> None:
        self._erased: list[RetentionApplied] = []
        self._missing: list[tuple[int, datetime, Finding]] = []

    def follow(self, event: RetentionApplied) -> None:
        """Note what the job erased."""
        if event.retained == attempts.STREAM:
            self._erased.append(event)

    def missing(self, number: int, recorded_at: datetime, finding: Finding) -> None:
        """Note a body that is not there; a finding unless it was due when the job ran."""
        self._missing.append((number, recorded_at, finding))

    def findings(self) -> Iterator[Finding]:
        """Yield what was erased by no right; when all streams were read."""
        for number, recorded_at, finding in self._missing:
            if not any(number <= (one.through or 0) and recorded_at < one.before for one in self._erased):
                yield finding
