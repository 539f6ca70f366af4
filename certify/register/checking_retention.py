"""Holds missing bodies of refused attempts against the record of their erasure (security.md, 8)."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime

from certify.register import attempts
from certify.register.checking import Finding
from schemas.record_events import RetentionApplied


class RetiredBodies:
    """Gathers, while streams are read in any order, what the job erased and what is not there."""

    def __init__(self) -> None:
        self._erased: list[tuple[int, int, datetime]] = []
        self._erased_through: list[tuple[int, datetime]] = []
        self._missing: list[tuple[int, datetime, Finding]] = []

    def follow(self, event: RetentionApplied) -> None:
        """Note what the job erased."""
        if event.retained == attempts.STREAM:
            self._erased += ((first, last, event.before) for first, last in event.erased)
        if event.retained == attempts.STREAM and event.through is not None:
            self._erased_through.append((event.through, event.before))

    def missing(self, number: int, recorded_at: datetime, finding: Finding) -> None:
        """Note a body that is not there; a finding unless the job says that it erased this one, when it was due."""
        self._missing.append((number, recorded_at, finding))

    def findings(self) -> Iterator[Finding]:
        """Yield what was erased by no right; when all streams were read."""
        ranges = sorted(self._erased)
        for number, recorded_at, finding in self._missing:
            # No body is erased twice, so no two ranges meet: only the last one that begins before a number can hold it.
            place = bisect_right(ranges, number, key=lambda one: one[0])
            near = ranges[max(place - 1, 0) : place]
            told = [(last, before) for _, last, before in near] + self._erased_through
            if not any(number <= last and recorded_at < before for last, before in told):
                yield finding
