"""Checks every recorded extract: it says what the Register said since its entry, and its signature holds (II-2.1)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from certify.register.checking import Finding
from labels.extracts import verify_extract
from labels.key_set import KeySet
from schemas.canonical import digest_of
from schemas.extract import ExtractStatement, SignedExtract
from schemas.label import Authenticity
from schemas.organisation import Organisation
from workflows.rules.matter.extracts import extract_of


@dataclass
class Extracted:
    """What the record says of extracts, to be held against the sign log.

    Attributes:
        extracts: digest of each recorded extract, by its number, `{organisation}/{entry}`.
        said: digest of what the Register said since each such entry; not every one has an extract.
    """

    extracts: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


class ExtractCheck:
    """Follows organisations entry by entry, one after the other."""

    def __init__(self, keys: Callable[[], KeySet]) -> None:
        self.extracted = Extracted()
        self._keys = keys
        self._said: dict[int, ExtractStatement] = {}

    def follow(self, before: Organisation | None, state: Organisation, at: datetime) -> Iterator[Finding]:
        """Yield what is wrong with the extract that one entry recorded, if it did, at the entry's time.

        Raises:
            CouldNotCheck: there is an extract and the public keys cannot be read.
        """
        if before is None:
            self._said = {}
        statement = extract_of(state)
        if statement is not None and statement.entry not in self._said:
            self._said[statement.entry] = statement
            self.extracted.said[f"{state.id}/{statement.entry}"] = digest_of(statement)
        extract = state.extract
        if extract is not None and (before is None or before.extract != extract):
            self.extracted.extracts[f"{state.id}/{extract.entry}"] = digest_of(extract)
            yield from self._findings(state.id, extract, at)

    def _findings(self, organisation: str, extract: SignedExtract, at: datetime) -> Iterator[Finding]:
        where = f"extract {organisation}/{extract.entry}"
        answer = verify_extract(extract.signed, self._keys())
        if answer.authenticity is Authenticity.NOT_IN_LOG:
            answer = verify_extract(extract.signed, self._keys(), witnessed_at=at)
        said = self._said.get(extract.entry)
        if answer.statement is None or answer.kid != extract.kid:
            yield Finding(where=where, what=f"its signature: {answer.reason}", code="extract_not_authentic")
        elif answer.statement != said or digest_of(said) != extract.digest or extract.organisation != organisation:
            yield Finding(where=where, what="says something else than the Register", code="extract_differs")
