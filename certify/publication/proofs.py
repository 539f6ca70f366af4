"""Writes, for each label, the proof that its issue stands in the log as witnesses first saw it.

The first proof is kept: it tells by when the label was issued, also when its key is found compromised later (label.md,
Keys). One that was lost is made again with the checkpoint of then. Where a witness is trusted no more, the proofs that
rest on it are made again with the first checkpoint that is still believed; the witnesses they were made under stand
beside the size in the file that says how far the proofs are.
"""

import asyncio
import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress

from certify.publication.log import LogPublication
from certify.publication.seen_checkpoints import SeenCheckpoints
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import PROVED, proof_of
from labels.log import notes, proofs
from labels.log.checkpoints import Policy, Witnessed
from labels.log.proofs import Proof
from labels.log.tiles import TiledLog
from labels.log.tree import inclusion_proof
from schemas.errors import VerificationError
from schemas.public_log import IssueStatement, LogEntry


class LabelProofs:
    """The proofs of all labels."""

    def __init__(self, files: PublishedFiles, log: LogPublication, kept: SeenCheckpoints) -> None:
        self._files, self._log, self._kept = files, log, kept

    async def write(self) -> tuple[str, ...]:
        """Write the proofs of the labels that witnesses have seen since, and return which."""
        return await asyncio.to_thread(self._write)

    def _write(self) -> tuple[str, ...]:
        seen, done, trusted = self._log.witnessed, *self._done()
        witnesses = _names(self._log.policy)
        known = done if trusted <= witnesses else 0
        if seen is None or (known >= seen.checkpoint.size and trusted == witnesses):
            return ()
        stored = self._log.stored(seen.checkpoint.size)
        if self._kept.is_new:
            self._keep_of_proofs(stored, done)
        earlier = self._kept.believed(self._log.policy) if known < self._kept.largest else ()
        written = []
        for index, entry, label in _issues(stored, known):
            if index < done and self._is_proved(label, entry):
                continue
            proof = self._earlier_proof(index, entry, stored, earlier)
            if proof is None:
                # On the disk before the proof is: else a proof that is lost could not be made again.
                self._kept.keep(seen.note)
                proof = _proof(index, entry, stored, seen)
            self._files.write(proof_of(label), str(proof).encode())
            written.append(label)
        self._files.write(PROVED, " ".join([str(max(done, seen.checkpoint.size)), *sorted(witnesses)]).encode())
        return tuple(written)

    def _done(self) -> tuple[int, frozenset[str]]:
        """Return for how many entries the proofs are written, and under which witnesses."""
        size, *witnesses = (self._files.read(PROVED) or b"0").split() or [b"0"]
        if not size.isdigit() or int(size) > self._log.size:
            # Somebody altered it, or put back an older log: all is gone through again.
            return 0, frozenset()
        return int(size), frozenset(one.decode(errors="replace") for one in witnesses)

    def _earlier_proof(self, index: int, entry: bytes, stored: TiledLog, earlier: Sequence[Witnessed]) -> Proof | None:
        """Return the proof by the first checkpoint after the entry that the log grew out of."""
        after = bisect_right(earlier, index, key=lambda seen: seen.checkpoint.size)
        for seen in earlier[after:]:
            if seen.checkpoint.size <= stored.size:
                proof = _proof(index, entry, stored, seen)
                if self._holds(str(proof).encode(), entry):
                    return proof
        return None

    def _keep_of_proofs(self, stored: TiledLog, done: int) -> None:
        """Keep what the proofs of before checkpoints were kept rest on."""
        for index, _, label in _issues(stored, 0):
            content = self._files.read(proof_of(label)) if index < done else None
            if content is not None:
                with suppress(VerificationError):
                    self._kept.keep(notes.parse(proofs.parse(content).checkpoint))

    def _is_proved(self, label: str, entry: bytes) -> bool:
        content = self._files.read(proof_of(label))
        return content is not None and self._holds(content, entry)

    def _holds(self, proof: bytes, entry: bytes) -> bool:
        try:
            return bool(proofs.verify(proof, entry, self._log.policy))
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
    hashes = inclusion_proof(index, seen.checkpoint.size, stored.subtree)
    return Proof(entry, index, hashes, str(seen.note))
