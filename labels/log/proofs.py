"""The proof that one entry stands in a witnessed log, in one file that needs nobody (c2sp.org/tlog-proof)."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass

from labels.log import checkpoints
from labels.log.checkpoints import Policy, Witnessed, hash_in, number_in
from labels.log.tree import check_inclusion, leaf_hash
from schemas.errors import VerificationError

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 100_000
_MAX_HASHES = 63


@dataclass(frozen=True)
class Proof:
    """A proof as it is kept in a file; nothing in it is believed yet.

    Attributes:
        extra: data beside the proof, authenticated by nothing here; ours is the entry itself.
        index: of the entry in the log.
        hashes: the audit path.
        checkpoint: as published, with its signatures.
    """

    extra: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        """Return the file."""
        extra = [f"extra {b64encode(self.extra).decode()}"] if self.extra else []
        lines = [HEADER, *extra, f"index {self.index}", *(b64encode(one).decode() for one in self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint


def parse(proof: str | bytes) -> Proof:
    """Take a proof apart.

    Raises:
        VerificationError: `malformed`.
    """
    if len(proof) > MAX_PROOF_BYTES:
        raise _malformed()
    try:
        text = proof if isinstance(proof, str) else proof.decode()
    except UnicodeError as error:
        raise _malformed() from error
    head, separator, checkpoint = text.partition("\n\n")
    match head.split("\n"):
        case [str(header), *lines] if separator and header == HEADER:
            extra, (first, *hashes) = _extra(lines)
            index = number_in(first.removeprefix("index ")) if first.startswith("index ") else None
            if index is not None and len(hashes) <= _MAX_HASHES:
                return Proof(extra, index, tuple(hash_in(one) for one in hashes), checkpoint)
    raise _malformed()


def verify(proof: str | bytes, entry: bytes, policy: Policy) -> Witnessed:
    """Check that an entry stands in a log that witnesses saw, and return what they saw and when.

    The leaf is computed from the entry in hand, never taken from the proof: a genuine proof about another entry
    proves nothing here (CVE-2022-36056, CVE-2026-22703 and their like).

    Raises:
        VerificationError: `malformed`, `other_log`, `bad_signature`, `not_witnessed`, `not_in_log`.
    """
    found = parse(proof)
    seen = checkpoints.witnessed(found.checkpoint, policy)
    check_inclusion(leaf_hash(entry), found.index, seen.checkpoint.size, found.hashes, seen.checkpoint.root)
    return seen


def _extra(lines: list[str]) -> tuple[bytes, list[str]]:
    if not lines:
        raise _malformed()
    if not lines[0].startswith("extra "):
        return b"", lines
    encoded = lines[0].removeprefix("extra ")
    try:
        extra = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    if not extra or b64encode(extra).decode() != encoded or len(lines) == 1:
        raise _malformed()
    return extra, lines[1:]


def _malformed() -> VerificationError:
    return VerificationError("malformed", "This is no proof of a log.")
