"""What became of a verification: what was proved in words, what is false, what could not be checked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.errors import LabelError

UNTOLD = frozenset({"checkpoint_not_witnessed", "list_stale", "proof_not_witnessed"})
"""Codes of what could not be told, which is never false: too few witnesses, a list of another day."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be.

    Attributes:
        where: the file, the entry of the log, or the label.
        what: one sentence for a person.
        code: stable snake_case name.
    """

    where: str
    what: str
    code: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.code}]"

    @classmethod
    def of(cls, where: str, error: LabelError, code: str | None = None) -> "Difference":
        """Return what an error says of something, under its own code unless another is given."""
        return cls(where, error.message, code or error.code)


@dataclass
class Report:
    """The answer about a mirror; it is filled while it is verified.

    Attributes:
        origin: name of the log.
        size: of the log, `root` its root in hexadecimal digits; 0 and empty where no checkpoint could be believed.
        as_of: by when witnesses had seen the log; the answer is about that moment.
        asked_at: moment that the standings are told for.
        key_set_version: the last that the root signed.
        root_fingerprint: of the root; `root_pinned` tells whether the reader brought it.
        standings: how many labels stand how at `asked_at`, by standing.
        proved: sentences, in the order of the procedure.
        told: sentences about what is only told, and neither proved nor false.
        false: what is wrong.
        unchecked: what could not be told.
    """

    origin: str = ""
    size: int = 0
    root: str = ""
    as_of: datetime | None = None
    asked_at: datetime | None = None
    key_set_version: int = 0
    root_fingerprint: str = ""
    root_pinned: bool = False
    standings: dict[str, int] = field(default_factory=dict)
    proved: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    false: list[Difference] = field(default_factory=list)
    unchecked: list[Difference] = field(default_factory=list)

    def take(self, differences: Iterable[Difference], *, otherwise: str = "") -> bool:
        """Take in what is wrong, or, where nothing is, what that proves; tell whether nothing is wrong."""
        found = list(differences)
        self.false += [one for one in found if one.code not in UNTOLD]
        self.unchecked += [one for one in found if one.code in UNTOLD]
        if not found and otherwise:
            self.proved.append(otherwise)
        return not found

    def as_json(self) -> dict[str, Any]:
        """Return the answer for programs."""
        return {
            "verified": not self.false and not self.unchecked,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "as_of": _in_words(self.as_of),
            "asked_at": _in_words(self.asked_at),
            "key_set_version": self.key_set_version,
            "root_fingerprint": self.root_fingerprint,
            "root_pinned": self.root_pinned,
            "labels": self.standings,
            "proved": self.proved,
            "told": self.told,
            "false": [vars(one) for one in self.false],
            "unchecked": [vars(one) for one in self.unchecked],
        }


def _in_words(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment is not None else None
