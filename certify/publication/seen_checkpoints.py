"""Keeps the checkpoints that labels are first proved by, beside the signer's own lines, apart from what is published.

A first proof tells by when a label was issued: that it is older than a theft of its key, and that the key was in use.
Where published proofs are lost, the same are made again out of the log and these. A line holds a note as it was
published, which is believed by its signatures alone: whoever changes the file proves nothing by it.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from certify.vault.appended import append_line, drop_unfinished, last_line, whole_lines
from labels.log import checkpoints, notes
from labels.log.checkpoints import Policy, Witnessed
from labels.log.notes import Note
from schemas.canonical import canonical_json
from schemas.errors import VerificationError


class SeenCheckpoints:
    """The checkpoints in the hands of the publisher, which alone writes them.

    Attributes:
        largest: how many entries the log had at the largest of them.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        drop_unfinished(path)
        self._last = last_line(path)
        sizes = (_size_in(line) for line in reversed(whole_lines(path.read_bytes())))
        self.largest = next((size for size in sizes if size is not None), 0)

    @property
    def is_new(self) -> bool:
        """Whether none is kept."""
        return self.largest == 0

    def keep(self, note: Note) -> None:
        """Keep a checkpoint as it was published, and return only when it is on the disk.

        Raises:
            OSError: it is not.
        """
        line = canonical_json({"note": str(note)})
        if line != self._last:
            append_line(self._path, line)
            self._last, self.largest = line, max(self.largest, checkpoints.read(note).size)

    def believed(self, policy: Policy) -> tuple[Witnessed, ...]:
        """Return those that are believed today, the smallest and earliest seen first."""
        return tuple(sorted(self._believed(policy), key=lambda seen: (seen.checkpoint.size, seen.at)))

    def _believed(self, policy: Policy) -> Iterator[Witnessed]:
        for line in whole_lines(self._path.read_bytes()):
            with suppress(*_NONE_OF_OURS):  # or by a witness who is trusted no more
                yield checkpoints.witnessed(json.loads(line)["note"], policy)


_NONE_OF_OURS: Final = (VerificationError, ValueError, KeyError, TypeError)
"""What a line raises that somebody altered; the others still count."""


def _size_in(line: bytes) -> int | None:
    try:
        return checkpoints.read(notes.parse(json.loads(line)["note"])).size
    except _NONE_OF_OURS:
        return None
