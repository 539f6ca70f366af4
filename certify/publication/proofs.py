"""Writes, for each label, the proof that its issue stands in the log as witnesses first saw it.

The first proof is kept: it tells by when the label was issued, also when its key is found compromised later (label.md,
Keys). Where a witness is trusted no more, the proofs that rest on it are made again with the present checkpoint; the
witnesses they were made under stand beside the size in the file that says how far the proofs are.
"""

import asyncio
import hashlib
from collections.abc import Iterator

from certify.publication.log import LogPublication
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import PROVED, proof_of
from labels.log import proofs
from labels.log.checkpoints import Policy, Witnessed
from labels.log.proofs import Proof
from labels.log.tiles import TiledLog
from labels.log.tree import inclusion_proof
from schemas.errors import VerificationError
from schemas.public_log import IssueStatement, LogEntry


class LabelProofs:
    """The proofs of all labels."""

    def __init__(self, files: PublishedFiles, log: LogPublication) -> None:
        self._files, self._log = files, log

    async def write(self) -> int:
        """Write the proofs of the labels that witnesses have seen since, and return how many."""
        return await asyncio.to_thread(self._write)

    def _write(self) -> int:
        seen, done, trusted = self._log.witnessed, *self._done()
        witnesses = _names(self._log.policy)
        known = done if trusted <= witnesses else 0
        if seen is None or (known >= seen.checkpoint.size and trusted == witnesses):
            return 0
        stored = self._log.stored(seen.checkpoint.size)
        written = 0
        for index, entry, label in _issues(stored, known):
            if index < done and self._is_proved(label, entry):
                continue
            self._files.write(proof_of(label), str(_proof(index, entry, stored, seen)).encode())
            written += 1
        self._files.write(PROVED, " ".join([str(max(done, seen.checkpoint.size)), *sorted(witnesses)]).encode())
        return written

    def _done(self) -> tuple[int, frozenset[str]]:
        """Return for how many entries the proofs are written, and under which witnesses."""
        size, *witnesses = (self._files.read(PROVED) or b"0").decode().split()
        return int(size), frozenset(witnesses)

    def _is_proved(self, label: str, entry: bytes) -> bool:
        content = self._files.read(proof_of(label))
        try:
            return content is not None and bool(proofs.verify(content, entry, self._log.policy))
        except VerificationError:
            return False


def _names(policy: Policy) -> frozenset[str]:
    return frozenset(hashlib.sha256(key.public_bytes_raw()).hexdigest() for key in policy.witnesses)


def _issues(stored: TiledLog, since: int) -> Iterator[tuple[int, bytes, str]]:
    for index, content in enumerate(stored.entries(since, stored.size), start=since):
        for statement in LogEntry.from_bytes(content).statements:
            if isinstance(statement, IssueStatement):
                yield index, content, statement.label


def _proof(index: int, entry: bytes, stored: TiledLog, seen: Witnessed) -> Proof:
    hashes = inclusion_proof(index, stored.size, stored.subtree)
    return Proof(entry, index, hashes, str(seen.note))
