"""What a log says, entry after entry: its statements folded, and named where they cannot be so.

What is said once stays said: a label is issued once, by a decision of its own under an adopted scheme; its steps are
numbered without a gap and none follows its end; versions of the key set follow each other.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from labels.mirror.report import Difference
from labels.status import VALUES
from schemas.label import Standing
from schemas.mirror import MirroredRegister, MirroredStep, standing_at, steps_of
from schemas.public_log import (
    DecisionStatement,
    IssueStatement,
    KeySetStatement,
    LogEntry,
    ParticipantStatement,
    SchemeStatement,
    StandingStatement,
    Statement,
)

_SAYS_NOTHING = re.compile(rb'\{"digest":"[0-9a-f]{64}"\}')
"""An entry of which nothing is public, in its one spelling: most are, and need no further reading."""


@dataclass
class LoggedLabel:
    """A label as the log tells of it.

    Attributes:
        index: of the entry that issued it; `entry` is that entry.
        later: its steps after the issue; `last_index` the entry of the last of them.
    """

    index: int
    entry: bytes
    issue: IssueStatement
    later: list[StandingStatement] = field(default_factory=list)
    last_index: int = 0

    @property
    def standing(self) -> Standing:
        """How it stands by its last step."""
        return self.later[-1].standing if self.later else Standing.IN_FORCE

    @property
    def steps(self) -> tuple[MirroredStep, ...]:
        """Every step since its issue."""
        return steps_of(self.issue, tuple(self.later))

    def standing_at(self, moment: datetime) -> Standing:
        """Return how it stands at a moment that is not before its last step."""
        return standing_at(self.standing, self.issue.expires_at, moment)

    def values_at(self, moment: datetime) -> frozenset[int]:
        """Return what a status list of a moment may say: past its end, a label may be told by its last step still."""
        return frozenset({VALUES[self.standing], VALUES[self.standing_at(moment)]})


@dataclass
class History:
    """All that a log says.

    Attributes:
        size: entries that were followed.
        decisions: by their numbers; `labels` by their ids; `participants` by organisation, as last said; `schemes` by
            digest; `key_sets` by version; `attested` the decisions that have a label.
        false: what cannot be so.
    """

    size: int = 0
    decisions: dict[str, DecisionStatement] = field(default_factory=dict)
    labels: dict[str, LoggedLabel] = field(default_factory=dict)
    participants: dict[str, ParticipantStatement] = field(default_factory=dict)
    schemes: dict[str, SchemeStatement] = field(default_factory=dict)
    key_sets: dict[int, KeySetStatement] = field(default_factory=dict)
    attested: set[str] = field(default_factory=set)
    false: list[Difference] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Iterable[bytes]) -> "History":
        """Fold the entries of a log from its first on."""
        history = cls()
        for entry in entries:
            history.follow(entry)
        return history

    @property
    def register(self) -> MirroredRegister:
        """The Register of participants."""
        return MirroredRegister(participants=tuple(self.participants[key] for key in sorted(self.participants)))

    def follow(self, entry: bytes) -> None:
        """Take in the next entry."""
        index, self.size = self.size, self.size + 1
        if _SAYS_NOTHING.fullmatch(entry):
            return
        try:
            statements = LogEntry.from_bytes(entry).statements
        except ValueError:
            self.false.append(Difference(f"log entry {index}", "is no entry of this log", "entry_unreadable"))
            return
        for statement in statements:
            self.false += (
                Difference(f"log entry {index}", what, code) for what, code in self._taken(index, entry, statement)
            )

    def _taken(self, index: int, entry: bytes, statement: Statement) -> Iterator[tuple[str, str]]:
        match statement:
            case DecisionStatement():
                yield from self._decided(statement)
            case IssueStatement():
                yield from self._issued(index, entry, statement)
            case StandingStatement():
                yield from self._stepped(index, statement)
            case ParticipantStatement():
                self.participants[statement.organisation] = statement
            case SchemeStatement():
                self.schemes[statement.digest] = statement
            case KeySetStatement():
                if statement.version != len(self.key_sets) + 1:
                    yield f"names version {statement.version} of the key set out of order", "key_set_skipped"
                self.key_sets[statement.version] = statement

    def _decided(self, said: DecisionStatement) -> Iterator[tuple[str, str]]:
        if said.number in self.decisions:
            yield f"takes decision {said.number} a second time", "decided_twice"
        if said.scheme_digest not in self.schemes:
            yield f"decision {said.number} is taken under a scheme that was not adopted", "scheme_not_adopted"
        self.decisions[said.number] = said

    def _issued(self, index: int, entry: bytes, said: IssueStatement) -> Iterator[tuple[str, str]]:
        if said.label in self.labels:
            yield f"issues label {said.label} a second time", "issued_twice"
            return
        if said.decision in self.attested:
            yield f"label {said.label} is a second label of decision {said.decision}", "not_one_decision"
        if said.prolongs is None and said.decision not in self.decisions:
            yield f"label {said.label} is issued without a decision", "issue_without_decision"
        if said.prolongs is not None and said.prolongs not in self.labels:
            yield f"label {said.label} carries on a label that was not issued", "issue_without_decision"
        self.attested.add(said.decision)
        self.labels[said.label] = LoggedLabel(index, entry, said, last_index=index)

    def _stepped(self, index: int, said: StandingStatement) -> Iterator[tuple[str, str]]:
        label = self.labels.get(said.label)
        if label is None:
            yield f"label {said.label} takes a step and was not issued", "step_without_issue"
            return
        if said.version != len(label.later) + 2:
            yield f"step {said.version} of label {said.label} follows step {len(label.later) + 1}", "step_skipped"
        if label.standing.is_final:
            yield f"label {said.label} takes a step after its end", "step_after_end"
        label.later.append(said)
        label.last_index = index
