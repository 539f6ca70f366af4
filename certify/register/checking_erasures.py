"""Holds what the store lacks against the erasures on record: what two people erased is not lost (I4, I19)."""

from collections.abc import Iterator

from certify.register.checking import Finding
from schemas.erasure import Erasure


class Erasures:
    """Gathers, while streams are read in any order, what is erased by right and what is not there."""

    def __init__(self) -> None:
        self._approved: set[tuple[str, str | None]] = set()
        self._files_approved: set[str] = set()
        self._files_done: set[str] = set()
        self._done: set[tuple[str, str | None]] = set()
        self._missing: list[tuple[str, str | None, Finding]] = []
        self._readable: list[tuple[str, str | None, str]] = []

    def follow(self, erasure: Erasure) -> None:
        """Note an erasure as it stands on record."""
        if erasure.files_only:
            self._files_approved |= {erasure.application} if erasure.approved_by is not None else set()
            self._files_done |= {erasure.application} if erasure.keys_destroyed_at is not None else set()
            return
        if erasure.approved_by is not None:
            self._approved.add((erasure.application, erasure.digest))
        if erasure.keys_destroyed_at is not None:
            self._done.add((erasure.application, erasure.digest))

    def missing(self, application: str, digest: str | None, finding: Finding) -> None:
        """Note an object that is not there; a finding unless its erasure was approved, of a text that of its case."""
        self._missing.append((application, digest, finding))

    def readable(self, application: str, digest: str | None, where: str) -> None:
        """Note an object that opens; a finding where its erasure is said to be done."""
        self._readable.append((application, digest, where))

    def findings(self) -> Iterator[Finding]:
        """Yield what was erased by no right, or was not erased; when all streams were read."""
        for application, digest, finding in self._missing:
            if not _covers(self._approved, self._files_approved, application, digest):
                yield finding
        for application, digest, where in self._readable:
            if _covers(self._done, self._files_done, application, digest):
                yield Finding(where=where, what="was erased by two people, and still opens", code="not_erased")


def _covers(erased: set[tuple[str, str | None]], of_files: set[str], application: str, digest: str | None) -> bool:
    """Whether an object of a case was erased; a text, which has no digest here, goes with its whole case only."""
    by_files = digest is not None and application in of_files
    return by_files or (application, None) in erased or (application, digest) in erased
