"""A published log with the proofs of labels, as the signer leaves it, and a witness that saw it when a test says."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certify.vault.published import PublishedFiles
from certify.vault.published_paths import proof_of
from certify.vault.witnessed_log import LogFiles
from labels.key_set import KeySet, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.log import checkpoints
from labels.log.proofs import Proof
from labels.log.sequencer import CHECKPOINT, Sequencer
from labels.log.tiles import TiledLog
from labels.log.tree import inclusion_proof
from schemas.label import IssuedLabel
from schemas.public_log import IssueStatement, LogEntry

FROM, TO = date(2020, 1, 1), date(2099, 12, 31)
ANY_DIGEST = hashlib.sha256(b"an entry of the record").hexdigest()


def key(name: str) -> KeyInMemory:
    """A key that is the same in every run."""
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


LOG_KEY, WITNESS_KEY = key("log"), key("witness")


def key_set(*label_keys: TrustedKey, witness: KeyInMemory = WITNESS_KEY) -> KeySet:
    """The keys a reader trusts: of labels, and of this log and its witness."""
    of_log = TrustedKey(LOG_KEY.public_key, FROM, TO, Use.LOG)
    return KeySet((*label_keys, of_log, TrustedKey(witness.public_key, FROM, TO, Use.WITNESS)))


@dataclass
class Logged:
    """The log of an origin among published files."""

    files: PublishedFiles
    origin: str
    sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self.sequencer = Sequencer(LogFiles(self.files), self.origin, LOG_KEY)

    def add(self, *statements: IssueStatement, digest: str = ANY_DIGEST, seen_at: datetime) -> str:
        """Log one entry of the record, let the witness see it, and return the proof of it."""
        entry = LogEntry(digest=digest, statements=statements).as_bytes()
        note = self.sequencer.append([entry])
        line = checkpoints.cosignature(note, "witness.example/1", WITNESS_KEY, at=seen_at)
        published = str(note) + line
        LogFiles(self.files).write(CHECKPOINT, published.encode())
        size = self.sequencer.size
        stored = TiledLog(LogFiles(self.files), size)
        return str(Proof(entry, size - 1, inclusion_proof(size - 1, size, stored.subtree), published))

    def issue(self, label: IssuedLabel, *, digest: str = ANY_DIGEST, seen_at: datetime | None = None) -> None:
        """Log the issue of a label and publish its proof."""
        proof = self.add(issue_of(label), digest=digest, seen_at=seen_at or datetime.now(UTC))
        self.files.write(proof_of(label.id), proof.encode())


def issue_of(label: IssuedLabel) -> IssueStatement:
    """What the log says of a label's issue."""
    return IssueStatement(
        label=label.id,
        token=label.token,
        decision=label.decision_number,
        holder=label.holder,
        issued_at=label.issued_at,
        expires_at=label.expires_at,
    )
