"""Writes, for each label, the proof that its issue stands in the log as witnesses first saw it.

The first proof is kept: it tells by when the label was issued, also when its key is found compromised later (label.md,
Keys).
"""

import asyncio
from collections.abc import Iterator

from certify.publication.log import LogPublication
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import PROVED, proof_of
from labels.log.checkpoints import Witnessed
from labels.log.proofs import Proof
from labels.log.tiles import TiledLog
from labels.log.tree import inclusion_proof
from schemas.public_log import IssueStatement, LogEntry


class LabelProofs:
    """The proofs of all labels."""

    def __init__(self, files: PublishedFiles, log: LogPublication) -> None:
        self._files, self._log = files, log

    async def write(self) -> int:
        """Write the proofs of the labels that witnesses have seen since, and return how many."""
        return await asyncio.to_thread(self._write)

    def _write(self) -> int:
        seen, done = self._log.witnessed, self._done()
        if seen is None or done >= seen.checkpoint.size:
            return 0
        stored = self._log.stored(seen.checkpoint.size)
        written = 0
        for index, entry, label in _issues(stored, done):
            self._files.write(proof_of(label), str(_proof(index, entry, stored, seen)).encode())
            written += 1
        self._files.write(PROVED, str(seen.checkpoint.size).encode())
        return written

    def _done(self) -> int:
        return int(self._files.read(PROVED) or b"0")


def _issues(stored: TiledLog, since: int) -> Iterator[tuple[int, bytes, str]]:
    for index, content in enumerate(stored.entries(since, stored.size), start=since):
        for statement in LogEntry.from_bytes(content).statements:
            if isinstance(statement, IssueStatement):
                yield index, content, statement.label


def _proof(index: int, entry: bytes, stored: TiledLog, seen: Witnessed) -> Proof:
    hashes = inclusion_proof(index, stored.size, stored.subtree)
    return Proof(entry, index, hashes, str(seen.note))
