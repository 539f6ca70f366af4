"""Checkpoints: how large the log is and under which root (c2sp.org/tlog-checkpoint), signed by the log.

Witnesses cosign with the time (c2sp.org/tlog-cosignature, Ed25519). A checkpoint is believed when the log signed it
and enough witnesses saw it grow out of what they had seen before.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labels.key_set import TrustedKey
from labels.log import notes
from labels.log.notes import Note, NoteKey
from labels.log.tree import HASH_BYTES
from labels.signing import Signer
from schemas.errors import VerificationError

MAX_SIZE = 2**63 - 1
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_TIME_BYTES = 8


@dataclass(frozen=True)
class Checkpoint:
    """What is signed.

    Attributes:
        origin: the log's one name, its address without scheme.
        size: number of entries.
        root: of the tree over them.
    """

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The signed text. We write no extension lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Policy:
    """Whom a verifier believes.

    Attributes:
        origin: of the one log.
        log_keys: keys the log signs with; several while one replaces another.
        witnesses: keys of those whose cosignature counts.
        quorum: how many different witnesses are needed.
        periods: when each key, by its bytes, was in use; one that is not named here counts at any time.
    """

    origin: str
    log_keys: tuple[Ed25519PublicKey, ...]
    witnesses: tuple[Ed25519PublicKey, ...]
    quorum: int = 1
    periods: Mapping[bytes, TrustedKey] = field(default_factory=dict)

    def counts_at(self, key: bytes, moment: datetime) -> bool:
        """Whether what a key signed counts for a moment."""
        return key not in self.periods or self.periods[key].was_in_use_at(moment)


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that is believed.

    Attributes:
        at: moment by which the quorum had seen it.
        note: as it was published.
    """

    checkpoint: Checkpoint
    at: datetime
    note: Note


def read(note: Note) -> Checkpoint:
    """Read the text of a note as a checkpoint; it is believed only after its signatures are checked.

    Raises:
        VerificationError: `malformed`. Extension lines are refused: our logs write none.
    """
    match note.text.removesuffix("\n").split("\n"):
        case [origin, size, root] if origin and _NUMBER.fullmatch(size) and int(size) <= MAX_SIZE:
            return Checkpoint(origin, int(size), hash_in(root))
    raise VerificationError("malformed", "This is no checkpoint of a log.")


def hash_in(line: str) -> bytes:
    """Read a hash in base64, in its one spelling.

    Raises:
        VerificationError: `malformed`.
    """
    try:
        raw = b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise VerificationError("malformed", "This is no hash.") from error
    if len(raw) != HASH_BYTES or b64encode(raw).decode() != line:
        raise VerificationError("malformed", "This is no hash.")
    return raw


def number_in(text: str) -> int:
    """Read a decimal number without leading zeroes.

    Raises:
        VerificationError: `malformed`.
    """
    if not _NUMBER.fullmatch(text) or int(text) > MAX_SIZE:
        raise VerificationError("malformed", "This is no number.")
    return int(text)


def signed(checkpoint: Checkpoint, signer: Signer) -> Note:
    """Sign a checkpoint as its log."""
    return notes.signed_note(checkpoint.text, checkpoint.origin, signer)


def cosignature(note: Note, name: str, signer: Signer, *, at: datetime) -> str:
    """Return the line by which a witness says that it saw a checkpoint at a time (whole seconds)."""
    seconds = int(at.timestamp())
    key = NoteKey(name, notes.COSIGNATURE, notes.ed25519(signer.public_key))
    signature = seconds.to_bytes(_TIME_BYTES, "big") + signer.sign(_cosigned(note.text, seconds))
    return notes.signature_line(name, key.id, signature)


def of_log(note: Note, policy: Policy) -> Checkpoint:
    """Read a checkpoint that the log signed; of witnesses nothing is asked.

    Raises:
        VerificationError: `malformed`, `other_log`, `bad_signature`.
    """
    checkpoint = read(note)
    _check_origin(checkpoint, policy)
    signed_by = [notes.is_signed(note, NoteKey(policy.origin, notes.ED25519, key)) for key in policy.log_keys]
    if not any(signed_by):
        raise VerificationError("bad_signature", "No key of the log signed this checkpoint.")
    return checkpoint


def _check_origin(checkpoint: Checkpoint, policy: Policy) -> None:
    if checkpoint.origin != policy.origin:
        raise VerificationError("other_log", f"This is a checkpoint of {checkpoint.origin}, another log.")


def witnessed(note: str | bytes, policy: Policy) -> Witnessed:
    """Read a checkpoint that is believed.

    Raises:
        VerificationError: `malformed`, `other_log`, `bad_signature`, `not_witnessed`: too few witnesses saw it.
    """
    taken_apart = notes.parse(note)
    _check_origin(read(taken_apart), policy)
    times = sorted(_times(taken_apart, policy).values())
    if policy.quorum < 1 or len(times) < policy.quorum:
        raise VerificationError("not_witnessed", f"{len(times)} witnesses saw this; {policy.quorum} are needed.")
    at = datetime.fromtimestamp(times[policy.quorum - 1], UTC)
    # Witnesses alone tell when the log signed; a key counts that was in use then.
    log_keys = tuple(key for key in policy.log_keys if policy.counts_at(key.public_bytes_raw(), at))
    return Witnessed(of_log(taken_apart, replace(policy, log_keys=log_keys)), at, taken_apart)


def cosigned(note: Note, lines: str | bytes, policy: Policy) -> Note:
    """Add what a witness answered to a note; lines of keys nobody trusts are left out.

    Raises:
        VerificationError: `malformed`, `bad_signature`, `not_witnessed`: no line of a witness that is trusted.
    """
    answer = Note(note.text, notes.signature_lines(lines))
    trusted = tuple(line for line, _, _ in _cosignatures(answer, policy))
    if not trusted:
        raise VerificationError("not_witnessed", "The answer holds no cosignature of a witness that is trusted.")
    _times(answer, policy)
    return Note(note.text, (*note.signatures, *trusted))


def _times(note: Note, policy: Policy) -> dict[bytes, int]:
    """Return by witness when it first saw the checkpoint; what it signed on no day of its key is passed over."""
    seen: dict[bytes, int] = {}
    for (_, _, signature), key, public_key in _cosignatures(note, policy):
        if len(signature) <= _TIME_BYTES:
            raise VerificationError("malformed", "A cosignature says no time.")
        seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
        notes.check(key, signature[_TIME_BYTES:], _cosigned(note.text, seconds))
        if seconds >= _LAST_SECOND:
            raise VerificationError("malformed", "A cosignature says no time.")
        if policy.counts_at(public_key, datetime.fromtimestamp(seconds, UTC)):
            seen[public_key] = min(seconds, seen.get(public_key, seconds))
    return seen


_LAST_SECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def _cosignatures(note: Note, policy: Policy) -> Iterator[tuple[tuple[str, bytes, bytes], NoteKey, bytes]]:
    for line in note.signatures:
        for public_key in policy.witnesses:
            key = NoteKey(line[0], notes.COSIGNATURE, public_key)
            if key.id == line[1]:
                yield line, key, public_key.public_bytes_raw()


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
