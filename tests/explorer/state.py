"""What a whole system is at one moment, small enough to keep hundreds of thousands of it."""

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from schemas.case import Case
from schemas.event import Event
from schemas.events import CASE_EVENTS
from schemas.records import Ack, PendingEntry
from workflows.rules.case.fold import evolve

T = TypeVar("T")
Entries = tuple[int, ...]


class Attempt(NamedTuple):
    """One run of the activity that signs.

    Attributes:
        decision: what it was ordered for.
        read: how many entries it read.
        has_intent: its intent is on the disk.
    """

    decision: str
    read: int
    has_intent: bool = False


class Line(NamedTuple):
    """A line of the sign log: the label drawn for a decision, and how much of the record had been read."""

    decision: str
    label: int
    read: int


class State(NamedTuple):
    """A case in its workflow, what it sent, the record, and the signer; everything else is the same in all states.

    Attributes:
        case: the case as its workflow has it; with `receipts` and `outbox` it is the `CaseFile`.
        sending: the batch that the activity `record` was given.
        ordered: the decision for which the workflow waits for the activity `issue_label`.
        refusal: what that activity found the record not to carry, and has not said yet.
        stray: a batch that the worker of a lost workflow may still write.
        losses: how often the workflow was lost and started again from the record.
        alarm: the stream forked: the case has stopped, and people must look.
    """

    clock: int
    case: int
    receipts: int
    outbox: Entries
    record: int
    sending: Entries = ()
    ordered: str | None = None
    refusal: str | None = None
    attempt: Attempt | None = None
    intents: tuple[Line, ...] = ()
    signatures: tuple[Line, ...] = ()
    stray: Entries = ()
    losses: int = 0
    alarm: bool = False


class Kept(Generic[T]):
    """Gives the same number to the same value, by a key."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, key: Hashable, value: T) -> int:
        """Return the number of a value."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.values)
            self.values.append(value)
        return found

    def __getitem__(self, number: int) -> T:
        return self.values[number]

    def __len__(self) -> int:
        return len(self.values)


class Store:
    """The values that the numbers in a state stand for."""

    def __init__(self) -> None:
        self.cases: Kept[Case] = Kept()
        self._receipts: Kept[dict[str, Ack]] = Kept()
        self._entries: Kept[PendingEntry] = Kept()
        self.records: Kept[Entries] = Kept()
        self._times: Kept[datetime] = Kept()
        self._events: dict[int, Event] = {}
        self._folded: dict[Entries, Case] = {}

    def keep_case(self, case: Case) -> int:
        """Return a case's number. Cases that differ in the order of their ballots alone are two cases."""
        return self.cases.number(case.model_dump_json(), case)

    def keep_receipts(self, receipts: dict[str, Ack]) -> int:
        """Return the number of what a case remembers of acts."""
        return self._receipts.number(tuple(receipts.items()), dict(receipts))

    def keep_entries(self, entries: Iterable[PendingEntry]) -> Entries:
        """Return the numbers of entries."""
        return tuple(self._entries.number(entry.model_dump_json(), entry) for entry in entries)

    def keep_record(self, record: Entries) -> int:
        """Return the number of a whole stream."""
        return self.records.number(record, record)

    def keep_time(self, moment: datetime) -> int:
        """Return the number of a moment."""
        return self._times.number(moment, moment)

    def case(self, state: State) -> Case:
        """The case as its workflow has it."""
        return self.cases[state.case]

    def receipts(self, state: State) -> dict[str, Ack]:
        """What the workflow remembers of acts."""
        return self._receipts[state.receipts]

    def record(self, state: State) -> Entries:
        """The stream of the case in the record."""
        return self.records[state.record]

    def now(self, state: State) -> datetime:
        """The time of a state."""
        return self._times[state.clock]

    def entry(self, number: int) -> PendingEntry:
        """The entry of a number."""
        return self._entries[number]

    @property
    def all_entries(self) -> tuple[PendingEntry, ...]:
        """Every entry that came about on some way."""
        return tuple(self._entries.values)

    def entries(self, numbers: Entries) -> tuple[PendingEntry, ...]:
        """The entries of some numbers."""
        return tuple(self._entries[number] for number in numbers)

    def log(self, state: State) -> Entries:
        """All that happened as the workflow knows it: what is recorded, and what waits to be."""
        record = self.record(state)
        waiting = tuple(entry for entry in state.outbox if self.entry(entry).number > len(record))
        return record + waiting

    def event(self, number: int) -> Event:
        """The event in an entry, as a reader of the record gets it."""
        found = self._events.get(number)
        if found is None:
            found = self._events[number] = CASE_EVENTS.validate_python(self.entry(number).body)
        return found

    def events(self, entries: Entries) -> list[Event]:
        """The events of a stream."""
        return [self.event(entry) for entry in entries]

    def folded(self, entries: Entries) -> Case:
        """The case that a stream amounts to."""
        found = self._folded.get(entries)
        if found is None:
            before = self.folded(entries[:-1]) if len(entries) > 1 else None
            found = self._folded[entries] = evolve(before, self.event(entries[-1]))
        return found

    @property
    def sizes(self) -> dict[str, int]:
        """How many different cases and streams were met."""
        return {"cases": len(self.cases), "streams": len(self.records), "entries": len(self._entries)}
