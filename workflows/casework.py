"""What every workflow of people's acts shares: taking acts, receipts, and the outbox that the record empties."""

from datetime import datetime
from typing import Any, Generic, Protocol

from pydantic import BaseModel, ConfigDict, Field
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from schemas.act import Act
from schemas.case import Case
from schemas.errors import AlreadyDecided, ProcedureError, Unavailable
from schemas.event import Event
from schemas.identifiers import ENGINE, ActId
from schemas.records import Ack, PendingEntry
from schemas.scheme import SchemeRules
from workflows.kernel import Kernel, S
from workflows.options import OUTBOX_BYTES_MAX, OUTBOX_MAX, RECEIPTS_KEPT, SENT_WITHIN

REFUSED = "Refused"


class CaseFile(BaseModel):
    """All that a case carries from one run of its workflow to the next; readable by every later version.

    Attributes:
        restored: whether it was taken from the record, so that no run before has to be gone through again.
    """

    model_config = ConfigDict(extra="forbid")

    application: str
    rules: SchemeRules
    case: Case | None = None
    outbox: list[PendingEntry] = Field(default_factory=list)
    receipts: dict[ActId, Ack] = Field(default_factory=dict)
    restored: bool = False

    def get_state(self) -> Case | None:
        """Return the case as it stands."""
        return self.case

    def put_state(self, state: Case) -> None:
        """Keep the next case."""
        self.case = state


class File(Protocol):
    """What a workflow carries from run to run, whatever the matter."""

    rules: SchemeRules
    outbox: list[PendingEntry]
    receipts: dict[ActId, Ack]

    def get_state(self) -> Any:
        """Return the state as it stands."""

    def put_state(self, state: Any) -> None:
        """Keep the next state."""


def refusal(error: ProcedureError) -> ApplicationError:
    """Return what a refused act looks like to the one who sent it: no trace in history, no retry.

    The details are sealed on their way, and are what is believed; type and message are for those who watch Temporal.
    What the refusal hides from the person goes with it, for the record alone.
    """
    hidden = (error.on_record.code,) if error.on_record is not error else ()
    details = (error.kind, error.code, error.message, *hidden)
    return ApplicationError(error.message, *details, type=f"{REFUSED}.{error.code}", non_retryable=True)


class Casework(Generic[S]):
    """Takes acts into a file. Synchronous throughout: a slow database never stops a case."""

    def __init__(self, file: File, kernel: Kernel[S]) -> None:
        self.file = file
        self.kernel = kernel
        self.changes = 0

    @property
    def state(self) -> S | None:
        """The case or matter as it stands."""
        state: S | None = self.file.get_state()
        return state

    def check(self, act: Act, now: datetime) -> None:
        """Refuse an act early, as a validator; nothing changes."""
        try:
            if self._earlier(act) is None:
                _refuse_held_back(act, now)
                self._refuse_when_behind(self._bytes_waiting() >= OUTBOX_BYTES_MAX)
                self.kernel.decide(self.state, act, now, self.file.rules)
        except ProcedureError as error:
            raise refusal(error) from None

    def take(self, act: Act, now: datetime) -> Ack:
        """Take an act: its events go to the state and to the outbox, the answer is kept under its key."""
        try:
            earlier = self._earlier(act)
            if earlier is not None:
                return earlier
            _refuse_held_back(act, now)
            self._refuse_when_behind()  # by number alone: what an earlier version took, a replay takes
            events = self.kernel.decide(self.state, act, now, self.file.rules)
        except ProcedureError as error:
            raise refusal(error) from None
        self._keep(events, act)
        assert self.state is not None
        ack = Ack(act_id=act.act_id, digest=act.digest, number=self.state.entry - len(events) + 1)
        self.file.receipts[act.act_id] = ack
        for oldest in list(self.file.receipts)[:-RECEIPTS_KEPT]:
            del self.file.receipts[oldest]
        return ack

    def _refuse_when_behind(self, is_full: bool = False) -> None:
        # A case carries its outbox from run to run, and an input over 2 MB would wedge it for good.
        if is_full or len(self.file.outbox) >= OUTBOX_MAX:
            raise Unavailable("record_behind", "The record is behind with this case; please try again later.")

    def _bytes_waiting(self) -> int:
        return sum(len(entry.model_dump_json().encode()) for entry in self.file.outbox)

    def _earlier(self, act: Act) -> Ack | None:
        earlier = self.file.receipts.get(act.act_id)
        if earlier is not None and earlier.digest != act.digest:
            raise AlreadyDecided("other_act_same_key", "This key was used for another act.")
        return earlier

    def next_due_at(self) -> datetime | None:
        """Return when the clock alone may next bring something about."""
        return self.kernel.next_due_at(self.state, self.file.rules) if self.state is not None else None

    def let_time_pass(self, now: datetime) -> None:
        """Take what follows by the clock alone."""
        if self.state is not None:
            self._keep(self.kernel.due(self.state, now, self.file.rules), None)

    def conclude(self, event: Event, now: datetime) -> None:
        """Take an event that the engine itself brings about, and what follows from it."""
        self._keep((event,), None)
        self.let_time_pass(now)

    def _keep(self, events: tuple[Event, ...], act: Act | None) -> None:
        for place, event in enumerate(events):
            state = self.kernel.evolve(self.state, event)
            self.file.put_state(state)
            self.file.outbox.append(_pending(state.entry, event, act if place == 0 else None))
        self.changes += 1

    def drop_recorded(self, last: int) -> None:
        """Forget the outbox up to the number that the record confirmed."""
        self.file.outbox = [entry for entry in self.file.outbox if entry.number > last]


def _refuse_held_back(act: Act, now: datetime) -> None:
    # Judged by the facts of when it was sent, of somebody who had just proved that it is they. Earlier versions said
    # nothing of it, and a replay takes what they took.
    if act.sent_at is not None and now - act.sent_at > SENT_WITHIN:
        raise Unavailable("sent_too_long_ago", "This was sent too long ago to be taken now; please send it again.")


def _pending(number: int, event: Event, act: Act | None) -> PendingEntry:
    if act is None:
        return PendingEntry.of(event, number, authn=ENGINE)
    return PendingEntry.of(
        event, number, authn=act.authn, request_id=act.request_id, act_id=act.act_id, act_digest=act.digest
    )


def now() -> datetime:
    """Return the time of the case: the workflow's, the same in every replay."""
    return workflow.now()
