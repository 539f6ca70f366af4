"""The publisher's own append-only log of signatures: nothing it signs is signed without a line of it (security, I18).

The keys of log, lists and papers are used through `LoggedKey` only: it writes down what it is going to sign, waits
until that is on the disk, and signs then. `certify check` holds every published signature against these lines, and the
lines against the log, the record and the periods of the keys.

One JSON line a signature, each with the digest of the line before it; the first says since when there are lines. The
log of labels and extracts, which also keeps what was signed, is another file (`certify.activities.sign_log`).
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from certify.vault.appended import append_line, drop_unfinished, last_line, whole_lines
from certify.vault.published_paths import LOG
from labels.key_set import Use
from labels.public_keys import PublicKey
from labels.signing import Signer
from schemas.canonical import canonical_json
from schemas.errors import Unavailable
from schemas.identifiers import Digest, Moment
from schemas.label import Kid


class Begun(BaseModel):
    """From here on every signature has a line; what was published before has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["begun"] = "begun"
    at: Moment


class Signed(BaseModel):
    """A key is used for this message, now.

    Attributes:
        what: path of the published file it is for, or `log/{size}` for a checkpoint.
        digest: SHA-256 of the bytes that are signed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["signed"] = "signed"
    at: Moment
    use: Use
    kid: Kid
    what: str
    digest: Digest
    previous: Digest


Line = Annotated[Begun | Signed, Field(discriminator="kind")]
_LINE: TypeAdapter[Begun | Signed] = TypeAdapter(Line)


class SignatureLogBroken(Exception):  # noqa: N818  # a finding
    """The log's chain does not hold; the message names the line."""


def read(path: Path) -> Iterator[Begun | Signed]:
    """Yield the lines; where there is no file, there are none.

    Raises:
        SignatureLogBroken: a line is none of ours, or does not follow the one before it.
    """
    previous: str | None = None
    for number, raw in enumerate(whole_lines(path.read_bytes() if path.exists() else b""), start=1):
        try:
            line = _LINE.validate_json(raw)
        except ValueError as error:
            raise SignatureLogBroken(f"{path.name} line {number} is no line of it") from error
        if (line.previous if isinstance(line, Signed) else None) != previous:
            raise SignatureLogBroken(f"{path.name} line {number} does not follow the line before it")
        previous = hashlib.sha256(raw).hexdigest()
        yield line


def _now() -> datetime:
    return datetime.now(UTC)


class SignatureLog:
    """The log in the hands of the publisher, which alone writes it.

    Attributes:
        is_new: whether it began just now: what was signed before has no line.
        answered_at: when enough witnesses last cosigned what was signed; None while none did since the program started.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = _now) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path, self._clock, self._one_at_a_time = path, clock, Lock()
        self.answered_at: datetime | None = None
        drop_unfinished(path)
        last = last_line(path)
        self.is_new = last is None
        self._largest = _largest_checkpoint(path)
        self._last = hashlib.sha256(last).hexdigest() if last is not None else self._append(Begun(at=clock()))

    @property
    def log_size(self) -> int:
        """How many entries the largest log had that was ever signed for."""
        return self._largest[0] if self._largest is not None else 0

    def note(self, use: Use, kid: str, what: str, message: bytes) -> None:
        """Write down what is going to be signed, and return only when it is on the disk.

        Raises:
            OSError: it is not; nothing may be signed.
            Unavailable: `log_forked`: a larger log, or another one of this size, was signed for before (I10, I22).
        """
        digest = hashlib.sha256(message).hexdigest()
        with self._one_at_a_time:
            line = Signed(at=self._clock(), use=use, kid=kid, what=what, digest=digest, previous=self._last)
            largest = _grown(self._largest, _log_of(line)) if use is Use.LOG else self._largest
            self._last, self._largest = self._append(line), largest

    def require_grown(self, checkpoint: bytes) -> None:
        """Refuse the text of a checkpoint that contradicts one that was signed for.

        Raises:
            Unavailable: `log_forked`, as `note`.
        """
        _grown(self._largest, (_size_in(checkpoint), hashlib.sha256(checkpoint).hexdigest()))

    def _append(self, line: Begun | Signed) -> str:
        raw = canonical_json(line)
        append_line(self._path, raw)
        return hashlib.sha256(raw).hexdigest()


def _largest_checkpoint(path: Path) -> tuple[int, str] | None:
    """Return size and digest of the largest log that was signed for; lines only grow, so it is the last of them."""
    lines = whole_lines(path.read_bytes() if path.exists() else b"")
    last = next((one for one in reversed([*lines]) if f'"what":"{LOG}'.encode() in one), None)
    return _log_of(Signed.model_validate_json(last)) if last is not None else None


def _log_of(line: Signed) -> tuple[int, str]:
    return int(line.what.removeprefix(LOG)), line.digest


def _grown(largest: tuple[int, str] | None, found: tuple[int, str]) -> tuple[int, str]:
    if largest is not None and found != largest and found[0] <= largest[0]:
        what = f"A log of {largest[0]} entries was signed for; this one of {found[0]} is another, and is not signed."
        raise Unavailable("log_forked", what)
    return found


def checkpoint_name(message: bytes) -> str:
    """Return what a checkpoint is called in the log: by its size."""
    return f"{LOG}{_size_in(message)}"


def _size_in(checkpoint: bytes) -> int:
    return int(checkpoint.split(b"\n")[1])


@dataclass(frozen=True)
class LoggedKey:
    """A key that signs nothing without a line of the log (`labels.signing.Signer`).

    Attributes:
        name: says of a message for which published file it is.
    """

    signer: Signer
    use: Use
    log: SignatureLog = field(repr=False)
    name: Callable[[bytes], str]

    @classmethod
    def of(cls, signer: Signer, use: Use, log: SignatureLog, what: str) -> "LoggedKey":
        """Return a key for one published file."""
        return cls(signer, use, log, lambda _: what)

    @property
    def public_key(self) -> PublicKey:
        """The key to verify with."""
        return self.signer.public_key

    @property
    def kid(self) -> str:
        """The key's short name."""
        return self.signer.kid

    @property
    def alg(self) -> str:
        """The key's one algorithm."""
        return self.signer.alg

    def sign(self, message: bytes) -> bytes:
        """Write down what is signed, and sign it.

        Raises:
            OSError: the line is not on the disk; nothing was signed.
        """
        self.log.note(self.use, self.signer.kid, self.name(message), message)
        return self.signer.sign(message)
