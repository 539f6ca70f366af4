"""`certify check` of the keys of log, lists and papers: what they signed, and nothing else, stands in their log (I18).

    (1) each line names exactly one key of its use whose period holds the day of the line
    (2) each published signature is of exactly one key, and has its line
    (3) each checkpoint that has a line is one of the published log: its size under the log's own root
    (4) each paper that has a line is of a label of the record

Lines are read before what is published, so that (3) and (4) find it, and again after it, so that (2) finds its lines.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from certify.programs.signed_parts import signed_part
from certify.publication import signature_log
from certify.publication.signature_log import Begun, SignatureLogBroken, Signed
from certify.register.checking import Finding
from certify.vault.published_paths import LOG
from labels.key_set import KeySet, TrustedKey, Use
from labels.log.checkpoints import Checkpoint
from labels.log.notes import ED25519 as LOG_SIGNATURE
from labels.log.notes import Note, NoteKey, ed25519
from labels.log.tiles import WIDTH, TiledLog
from labels.log.tree import EMPTY, node_hash
from schemas.errors import VerificationError

LABELS = "labels/"
CLOCKS_APART = timedelta(minutes=1)
MOST = 20
"""Lines that are named one by one."""


@dataclass
class LoggedSignatures:
    """The log of signatures, as far as it was read; a signature that is looked for and not found is read on for.

    Attributes:
        begun_at: since when there are lines; None where there is no log.
        checkpoints: digests by size, each with its line.
        papers: paths of the papers that have a line; `first_papers` those that had one when it was first read.
        findings: what is wrong with the lines themselves.
    """

    path: Path
    keys: Callable[[], KeySet]
    begun_at: datetime | None = None
    checkpoints: dict[int, set[str]] = field(default_factory=dict)
    papers: set[str] = field(default_factory=set)
    first_papers: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    _known: set[bytes] = field(default_factory=set)
    _lines: int = 0
    _bytes: int = -1
    _of_use: dict[Use, KeySet] = field(default_factory=dict)
    _called: dict[tuple[Use, str], tuple[TrustedKey, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, keys: Callable[[], KeySet]) -> "LoggedSignatures":
        """Read the log as it is now; where there is none, there are no lines."""
        found = cls(path, keys)
        found._read_on()
        found.first_papers = frozenset(found.papers)
        return found

    def _keys(self, use: Use) -> KeySet:
        if use not in self._of_use:
            self._of_use[use] = self.keys().of_use(use)
        return self._of_use[use]

    def _named(self, use: Use, kid: str) -> tuple[TrustedKey, ...]:
        # A short name is a digest, and the same few stand in every line.
        if (use, kid) not in self._called:
            self._called[use, kid] = self._keys(use).named(kid)
        return self._called[use, kid]

    def _read_on(self) -> None:
        """Take in the lines that came since."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == self._bytes:
            return
        self._bytes = size
        try:
            for number, line in enumerate(signature_log.read(self.path), start=1):
                if number > self._lines:
                    self._lines = number
                    self._take(number, line)
        except SignatureLogBroken as error:
            self.findings.append(Finding(where="signatures", what=str(error), code="signature_log_broken"))

    def _take(self, number: int, line: Begun | Signed) -> None:
        if isinstance(line, Begun):
            self.begun_at = line.at
            return
        self._known.add(_mark(line.use, line.kid, line.what, line.digest))
        keys = [key for key in self._named(line.use, line.kid) if _holds_at(key, line.at)]
        if len(keys) != 1 and len(self.findings) < MOST:
            what = f"line {number} ({line.what}): no one key of that day signs such a thing"
            self.findings.append(Finding(where="signatures", what=what, code="signed_out_of_period"))
        if line.use is Use.LOG:
            self.checkpoints.setdefault(int(line.what.removeprefix(LOG)), set()).add(line.digest)
        elif line.use is Use.CERTIFICATE:
            self.papers.add(line.what)

    def has(self, use: Use, kid: str, what: str, message: bytes) -> bool:
        """Whether a signature has its line."""
        mark = _mark(use, kid, what, hashlib.sha256(message).hexdigest())
        if mark not in self._known:
            self._read_on()
        return mark in self._known

    def about_file(self, use: Use, path: str, content: bytes) -> Iterator[Finding]:
        """Yield what is wrong with the signature of a status list or a paper: `signature_not_logged`."""
        try:
            message, signature = signed_part(path, content)
        except VerificationError:
            yield Finding(where=path, what="holds no signature that can be read", code="signature_not_logged")
            return
        signing = [key.kid for key in self._keys(use).keys if key.holds(signature, message)]
        yield from self._about(path, use, path, message, signing)

    def about_paper(self, path: str, content: bytes, issued_at: datetime) -> Iterator[Finding]:
        """Yield what is wrong with the signature of a paper; those of before there were lines have none."""
        is_older = self.begun_at is not None and issued_at < self.begun_at
        if path in self.papers or not is_older:
            yield from self.about_file(Use.CERTIFICATE, path, content)

    def about_checkpoint(self, where: str, note: Note, origin: str) -> Iterator[Finding]:
        """Yield what is wrong with the signature of a checkpoint of the log, as of a file."""
        keys = self._keys(Use.LOG).keys
        signing = [key.kid for key in keys if note.of(NoteKey(origin, LOG_SIGNATURE, ed25519(key.public_key)))]
        message = note.text.encode()
        yield from self._about(where, Use.LOG, signature_log.checkpoint_name(message), message, signing)

    def _about(self, where: str, use: Use, what: str, message: bytes, signing: list[str]) -> Iterator[Finding]:
        if len(signing) != 1:
            said = f"is signed by {len(signing)} keys for this use, not by one"
            yield Finding(where=where, what=said, code="signature_not_logged")
        elif not self.has(use, signing[0], what, message):
            said = f"is signed with key {signing[0]}; the log of signatures has no such line"
            yield Finding(where=where, what=said, code="signature_not_logged")

    def other_checkpoints(self, log: TiledLog, origin: str) -> Iterator[Finding]:
        """Yield the checkpoints that were signed and are none of the log; one that is larger is on its way."""
        sizes = [size for size in sorted(self.checkpoints) if size <= log.size]
        for size, root in zip(sizes, roots_at(log, sizes), strict=True):
            own = hashlib.sha256(Checkpoint(origin, size, root).text.encode()).hexdigest()
            if self.checkpoints[size] != {own}:
                what = f"a checkpoint of {size} entries was signed that is none of this log"
                yield Finding(where="signatures", what=what, code="checkpoint_of_another_log")

    def other_papers(self, labels: Collection[str]) -> Iterator[Finding]:
        """Yield the papers that were signed for no label of the record."""
        for path in sorted(self.first_papers):
            if path.removeprefix(LABELS).partition("/")[0] not in labels:
                yield Finding(where=path, what="was signed; the record has no such label", code="paper_without_label")


def roots_at(log: TiledLog, sizes: Iterable[int]) -> Iterator[bytes]:
    """Yield the roots of a log at rising sizes; each leaf is read once (RFC 6962, 2.1)."""
    peaks: list[tuple[int, bytes]] = []
    size = 0
    for wanted in sizes:
        for place in range(size, wanted):
            height, found = 0, log.tile(0, place // WIDTH)[place % WIDTH]
            while peaks and peaks[-1][0] == height:
                height, found = height + 1, node_hash(peaks.pop()[1], found)
            peaks.append((height, found))
        size = wanted
        root = peaks[-1][1] if peaks else EMPTY
        for _, peak in reversed(peaks[:-1]):
            root = node_hash(peak, root)
        yield root


def _mark(use: Use, kid: str, what: str, digest: str) -> bytes:
    """Return what a line is known by: a year of them is a hundred thousand."""
    return hashlib.sha256(f"{use.value} {kid} {what} {digest}".encode()).digest()[:16]


def _holds_at(key: TrustedKey, at: datetime) -> bool:
    # A turn that began before midnight ends with the key that it began with.
    days = {moment.astimezone(UTC).date() for moment in (at, at - CLOCKS_APART)}
    return any(key.valid_from <= day <= key.valid_to for day in days)
