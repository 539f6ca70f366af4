"""What every case workflow shares: taking acts, receipts, and the outbox that the record empties."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from schemas.acts import Act
from schemas.case import Case
from schemas.errors import AlreadyDecided, ProcedureError, Unavailable
from schemas.events import Event
from schemas.identifiers import ENGINE, ActId
from schemas.records import Ack, PendingEntry
from schemas.scheme import SchemeRules
from workflows.options import OUTBOX_MAX, RECEIPTS_KEPT
from workflows.rules.fold import evolve
from workflows.rules.procedure import decide, due

REFUSED = "Refused"


class CaseFile(BaseModel):
    """All that a case carries from one run of its workflow to the next; readable by every later version."""

    model_config = ConfigDict(extra="forbid")

    application: str
    rules: SchemeRules
    case: Case | None = None
    outbox: list[PendingEntry] = Field(default_factory=list)
    receipts: dict[ActId, Ack] = Field(default_factory=dict)


def refusal(error: ProcedureError) -> ApplicationError:
    """Return what a refused act looks like to the one who sent it: no trace in history, no retry."""
    return ApplicationError(error.message, error.kind, error.code, type=f"{REFUSED}.{error.code}", non_retryable=True)


class Casework:
    """Takes acts into a case file. Synchronous throughout: a slow database never stops a case."""

    def __init__(self, file: CaseFile) -> None:
        self.file = file
        self.changes = 0

    @property
    def case(self) -> Case | None:
        """The case as it stands."""
        return self.file.case

    def check(self, act: Act, now: datetime) -> None:
        """Refuse an act early, as a validator; nothing changes."""
        try:
            if self._earlier(act) is None:
                self._refuse_when_behind()
                decide(self.file.case, act, now, self.file.rules)
        except ProcedureError as error:
            raise refusal(error) from None

    def take(self, act: Act, now: datetime) -> Ack:
        """Take an act: its events go to the case and to the outbox, the answer is kept under its key."""
        try:
            earlier = self._earlier(act)
            if earlier is not None:
                return earlier
            self._refuse_when_behind()
            events = decide(self.file.case, act, now, self.file.rules)
        except ProcedureError as error:
            raise refusal(error) from None
        self._keep(events, act)
        assert self.file.case is not None
        ack = Ack(act_id=act.act_id, digest=act.digest, number=self.file.case.entry - len(events) + 1)
        self.file.receipts[act.act_id] = ack
        for oldest in list(self.file.receipts)[:-RECEIPTS_KEPT]:
            del self.file.receipts[oldest]
        return ack

    def _refuse_when_behind(self) -> None:
        # A case carries its outbox from run to run, and an input over 2 MB would wedge it for good.
        if len(self.file.outbox) >= OUTBOX_MAX:
            raise Unavailable("record_behind", "The record is behind with this case; please try again later.")

    def _earlier(self, act: Act) -> Ack | None:
        earlier = self.file.receipts.get(act.act_id)
        if earlier is not None and earlier.digest != act.digest:
            raise AlreadyDecided("other_act_same_key", "This key was used for another act.")
        return earlier

    def let_time_pass(self, now: datetime) -> None:
        """Take what follows by the clock alone."""
        if self.file.case is not None:
            self._keep(due(self.file.case, now, self.file.rules), None)

    def conclude(self, event: Event) -> None:
        """Take an event that the engine itself brings about."""
        self._keep((event,), None)

    def _keep(self, events: tuple[Event, ...], act: Act | None) -> None:
        for place, event in enumerate(events):
            self.file.case = evolve(self.file.case, event)
            self.file.outbox.append(_pending(self.file.case.entry, event, act if place == 0 else None))
        self.changes += 1

    def drop_recorded(self, last: int) -> None:
        """Forget the outbox up to the number that the record confirmed."""
        self.file.outbox = [entry for entry in self.file.outbox if entry.number > last]


def _pending(number: int, event: Event, act: Act | None) -> PendingEntry:
    return PendingEntry(
        number=number,
        kind=event.kind,
        version=event.version,
        at=event.at,
        actor=event.actor,
        authn=act.authn if act else ENGINE,
        request_id=act.request_id if act else "none",
        act_id=act.act_id if act else None,
        act_digest=act.digest if act else None,
        body=event.model_dump(mode="json"),
    )


def now() -> datetime:
    """Return the time of the case: the workflow's, the same in every replay."""
    return workflow.now()
