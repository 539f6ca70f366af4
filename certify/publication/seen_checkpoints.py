"""Keeps the checkpoints that labels are first proved by, beside the signer's own lines, apart from what is published.

A first proof tells by when a label was issued: that it is older than a theft of its key, and that the key was in use.
Where published proofs are lost, the same are made again out of the log and these. A line holds a note as it was
published, which is believed by its signatures alone: whoever changes the file proves nothing by it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

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
        self.largest = _size_in(self._last) if self._last is not None else 0

    @property
    def is_new(self) -> bool:
        """Whether none was kept yet."""
        return self._last is None

    def keep(self, note: Note) -> None:
        """Keep a checkpoint as it was published, and return only when it is on the disk.

        Raises:
            OSError: it is not.
        """
        line = canonical_json({"note": str(note)})
        if line != self._last:
            append_line(self._path, line)
            self._last, self.largest = line, max(self.largest, _size_in(line))

    def believed(self, policy: Policy) -> tuple[Witnessed, ...]:
        """Return those that are believed today, the smallest and earliest seen first."""
        return tuple(sorted(self._believed(policy), key=lambda seen: (seen.checkpoint.size, seen.at)))

    def _believed(self, policy: Policy) -> Iterator[Witnessed]:
        for line in whole_lines(self._path.read_bytes()):
            try:
                yield checkpoints.witnessed(json.loads(line)["note"], policy)
            except (VerificationError, ValueError, KeyError, TypeError):
                continue  # by a witness who is trusted no more, or no line of ours


def _size_in(line: bytes) -> int:
    return checkpoints.read(notes.parse(json.loads(line)["note"])).size
