"""The signer's own append-only log: what it intends to sign, then what it signed, each on disk before it goes on.

One JSON line an entry, each with the digest of the line before it. A line cut off by a crash is the last one and
was never acted upon; it is dropped when the log is opened for signing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from certify.vault.appended import append_line, drop_unfinished, whole_lines
from schemas.added_later import added_later
from schemas.canonical import canonical_json
from schemas.extract import ExtractStatement, SignedExtract
from schemas.identifiers import Digest, Moment
from schemas.label import IssuedLabel, Kid, LabelStatement


class Intent(BaseModel):
    """The signer is about to sign exactly this, for this decision.

    Attributes:
        kid: the key it is going to sign with; None in logs of the time when there was one label key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["intent"] = "intent"
    decision: str
    at: Moment
    statement: LabelStatement
    holder: str
    kid: Kid | None = added_later(None)
    previous: Digest | None = None


class Signature(BaseModel):
    """The signer signed it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["signature"] = "signature"
    decision: str
    at: Moment
    label: IssuedLabel
    previous: Digest | None = None


class ExtractIntent(BaseModel):
    """The signer is about to sign exactly this extract of the Register; `kid` as of an intent."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["extract_intent"] = "extract_intent"
    at: Moment
    statement: ExtractStatement
    kid: Kid | None = added_later(None)
    previous: Digest | None = None

    @property
    def number(self) -> str:
        """The extract's name: the organisation and its entry."""
        return f"{self.statement.organisation}/{self.statement.entry}"


class ExtractSignature(BaseModel):
    """The signer signed it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["extract_signature"] = "extract_signature"
    at: Moment
    extract: SignedExtract
    previous: Digest | None = None

    @property
    def number(self) -> str:
        """The extract's name: the organisation and its entry."""
        return f"{self.extract.organisation}/{self.extract.entry}"


LabelLine = Intent | Signature
ExtractLine = ExtractIntent | ExtractSignature
Line = Annotated[LabelLine | ExtractLine, Field(discriminator="kind")]
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


class SignLogBroken(Exception):  # noqa: N818  # a finding, and for the signer a reason not to sign
    """The log's chain does not hold; the message names the line."""


def read(path: Path) -> tuple[Line, ...]:
    """Return the whole log.

    Raises:
        SignLogBroken: a line is no entry, or names another line before it.
    """
    return tuple(line for line, _ in _lines(path))


def _lines(path: Path) -> Iterator[tuple[Line, str]]:
    previous: str | None = None
    content = path.read_bytes() if path.exists() else b""
    for number, raw in enumerate(whole_lines(content), start=1):
        try:
            line = _LINE.validate_json(raw)
        except ValueError as error:
            raise SignLogBroken(f"{path.name} line {number} is no entry") from error
        if line.previous != previous:
            raise SignLogBroken(f"{path.name} line {number} does not follow the line before it")
        previous = hashlib.sha256(raw).hexdigest()
        yield line, previous


class SignLog:
    """The log in the hands of the signer, which alone writes it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        drop_unfinished(path)
        self._intents: dict[str, Intent] = {}
        self._signatures: dict[str, Signature] = {}
        self._labels: dict[str, IssuedLabel] = {}
        self._extract_intents: dict[str, ExtractIntent] = {}
        self._extracts: dict[str, ExtractSignature] = {}
        self._last: str | None = None
        for line, digest in _lines(path):
            self._remember(line, digest)

    def _remember(self, line: Line, digest: str) -> None:
        self._last = digest
        if isinstance(line, Intent):
            self._intents[line.decision] = line
        elif isinstance(line, Signature):
            self._signatures[line.decision] = line
            self._labels[line.label.id] = line.label
        elif isinstance(line, ExtractIntent):
            self._extract_intents[line.number] = line
        else:
            self._extracts[line.number] = line

    def intent_for(self, decision: str) -> Intent | None:
        """Return what was to be signed for a decision."""
        return self._intents.get(decision)

    def signature_for(self, decision: str) -> Signature | None:
        """Return what was signed for a decision."""
        return self._signatures.get(decision)

    def extract_intent_for(self, number: str) -> ExtractIntent | None:
        """Return which extract was to be signed under a number, `{organisation}/{entry}`."""
        return self._extract_intents.get(number)

    def extract_for(self, number: str) -> ExtractSignature | None:
        """Return the extract that was signed under a number."""
        return self._extracts.get(number)

    @property
    def labels(self) -> Mapping[str, IssuedLabel]:
        """Every label that was signed, by its number."""
        return self._labels

    @property
    def status_indices(self) -> frozenset[int]:
        """Every status index ever drawn; none is drawn twice."""
        return frozenset(intent.statement.status_index for intent in self._intents.values())

    def append(self, line: Line) -> None:
        """Write a line and return only when it is on the disk."""
        chained = line.model_copy(update={"previous": self._last})
        raw = canonical_json(chained)
        append_line(self._path, raw)
        self._remember(chained, hashlib.sha256(raw).hexdigest())
