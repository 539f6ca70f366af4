"""All that can happen next, in any order: acts again and again, time, the record, the signer, and every crash."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from temporalio.exceptions import ApplicationError

from schemas.act import Act
from schemas.case import Case
from schemas.errors import PreparationError
from schemas.event import Event
from schemas.events import SigningRefused
from schemas.identifiers import ENGINE
from schemas.scheme import Scheme
from tests.explorer.parts import Forked, Gap, Parts
from tests.explorer.state import Attempt, Entries, Line, State, Store
from tests.explorer.tampering import with_another_digest
from tests.explorer.violation import Violation
from tests.explorer.walks import BEYOND
from workflows.casework import CaseFile, Casework
from workflows.options import BATCH_MAX
from workflows.rules.case.attestation import attest, awaits_signature
from workflows.rules.case.procedure import CERTIFICATION, next_due_at

Step = tuple[str, State]
"""A move, in words, and the state it leads to."""


class Taken(NamedTuple):
    """What a case made of an act, or of the time: entries and memory, or the code of a refusal."""

    words: str
    case: int
    receipts: int
    new: Entries = ()
    number: int = 0
    refusal: str | None = None


@dataclass
class System:
    """A case among people who send these acts, with the faults it must bear.

    Attributes:
        acts: each may be delivered at any time, any number of times.
        losses_max: how often Temporal may lose the workflow; it is started again from the record.
        keeps_up: the record takes every entry at once, so that the case itself is explored further; else its
            batches wait, are written and are confirmed in steps of their own.
    """

    scheme: Scheme
    acts: dict[str, Act]
    losses_max: int = 0
    keeps_up: bool = False
    parts: Parts = field(default_factory=Parts)
    store: Store = field(default_factory=Store)

    def __post_init__(self) -> None:
        self.rules = self.scheme.rules
        self._signer = self.parts.signer()
        self._digests = {name: act.digest for name, act in self.acts.items()}
        self._answers: dict[tuple[int, int, bool, int, str], Taken] = {}
        self._written_before: dict[tuple[int, Entries], int | None] = {}
        self._left: dict[tuple[Entries, int], Entries] = {}
        self._scheme_digest = self.scheme.digest
        self._judged: dict[tuple[int, int], str | None] = {}
        self._restored: dict[int, int] = {}

    def start(self, file: CaseFile, now: datetime) -> State:
        """Return the state of a case whose whole outbox is recorded."""
        store, work = self.store, Casework(file, CERTIFICATION)
        recorded = store.keep_entries(file.outbox)
        work.drop_recorded(file.outbox[-1].number)
        assert work.file.case is not None
        return State(
            clock=store.keep_time(now),
            case=store.keep_case(work.file.case),
            receipts=store.keep_receipts(work.file.receipts),
            outbox=(),
            record=store.keep_record(recorded),
        )

    def steps(self, state: State) -> Iterator[Step]:
        """Yield every move and where it leads; a move that changes nothing leads to the same state."""
        if state.alarm:
            return
        for words, after in self._moves(state):
            yield words, self._recorded_at_once(after) if self.keeps_up and after.outbox else after

    def _moves(self, state: State) -> Iterator[Step]:
        for name in self.acts:
            yield self._delivered(state, name)
        yield from self._time(state)
        yield from self._recording(state)
        yield from self._signing(state)
        yield from self._losing(state)

    def file(self, state: State) -> CaseFile:
        """Return the case file of a state."""
        store = self.store
        return CaseFile(
            application=store.case(state).id,
            rules=self.rules,
            case=store.case(state),
            outbox=list(store.entries(state.outbox)),
            receipts=dict(store.receipts(state)),
        )

    # Acts

    def _delivered(self, state: State, name: str) -> Step:
        """Deliver an act to the workflow, whatever became of it before."""
        taken = self._asked(state, name, lambda: self._taken(state, name))
        return taken.words, _with(state, taken)

    def _asked(self, state: State, name: str, ask: Callable[[], Taken]) -> Taken:
        """Ask a case once: the same one answers the same. Of its outbox only whether it is empty can matter."""
        key = (state.case, state.receipts, not state.outbox, state.clock, name)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = ask()
        return found

    def _taken(self, state: State, name: str) -> Taken:
        act, now, work = self.acts[name], self.store.now(state), self.parts.casework(self.file(state), CERTIFICATION)
        before = len(work.file.outbox)
        try:
            # The validator asks the same rules, and for the bytes that wait, of which there are few here.
            ack = work.take(act, now)
        except ApplicationError as error:
            code = str(error.details[1])
            taken = Taken(f"{name}: refused, {code}", state.case, state.receipts, refusal=code)
        else:
            new = len(work.file.outbox) > before
            taken = self._kept(state, f"{name}: {'taken' if new else 'answered as before'}", work, before, ack.number)
        self._check_answer(state, name, taken)
        return taken

    def _kept(self, state: State, words: str, work: Casework, before: int, number: int = 0) -> Taken:
        case, receipts = work.file.case, work.file.receipts
        assert case is not None
        is_same, are_same = case is self.store.case(state), receipts == self.store.receipts(state)
        return Taken(
            words=words,
            case=state.case if is_same else self.store.keep_case(case),
            receipts=state.receipts if are_same else self.store.keep_receipts(receipts),
            new=self.store.keep_entries(work.file.outbox[before:]),
            number=number,
        )

    def _check_answer(self, state: State, name: str, taken: Taken) -> None:
        """A key that was used is answered as it was, or refused when it comes with something else (I5)."""
        known = self.store.receipts(state).get(self.acts[name].act_id)
        if known is None:
            return
        if known.digest != self._digests[name]:
            if taken.refusal != "other_act_same_key":
                raise Violation("I5", f"{name}: a used key was answered {taken.refusal or 'as if it were new'}")
        elif taken.refusal is not None or taken.number != known.number or taken.new:
            raise Violation("I5", f"{name}: came again and was not answered as before")

    # Time

    def _time(self, state: State) -> Iterator[Step]:
        due_at = next_due_at(self.store.case(state), self.rules)
        if due_at is None or due_at - self.store.now(state) > BEYOND:
            return
        if self.store.now(state) < due_at:
            yield "time passes until something is due", state._replace(clock=self.store.keep_time(due_at))
        fired = self._asked(state, "the timer fires", lambda: self._fired(state, due_at))
        yield fired.words, _with(state, fired)

    def _fired(self, state: State, due_at: datetime) -> Taken:
        now, work = self.store.now(state), self.parts.casework(self.file(state), CERTIFICATION)
        before = len(work.file.outbox)
        work.let_time_pass(now)
        fired = self._kept(state, "the timer fires", work, before)
        if now < due_at and fired.new:
            raise Violation("I15", "the timer did something before it was due")
        assert work.file.case is not None
        still_due = next_due_at(work.file.case, self.rules)
        if still_due is not None and still_due <= now:
            raise Violation("I15", "the timer fired, and what is due is still due")
        return fired

    # Record

    def _recording(self, state: State) -> Iterator[Step]:
        if state.outbox and not state.sending:
            yield "the workflow hands a batch over", state._replace(sending=state.outbox[:BATCH_MAX])
        if state.sending:
            yield self._written(state, state.sending, "the batch is written")
            if self._holds(state, state.sending):
                yield "the workflow hears that it is written", self._dropped(state)
        if state.stray:
            yield self._written(state, state.stray, "the lost workflow's worker writes its batch")

    def _recorded_at_once(self, state: State) -> State:
        _, written = self._written(state._replace(sending=state.outbox), state.outbox, "")
        return self._dropped(written) if not written.alarm else written

    def _written(self, state: State, batch: Entries, words: str) -> Step:
        """Write, as often as a worker is killed after it wrote and before it said so."""
        record = self._appended(state.record, batch)
        if record is not None:
            return words, state._replace(record=record)
        if batch is state.stray:
            return f"{words}: refused", state._replace(stray=())
        return f"{words}: refused, the stream forked", state._replace(alarm=True)

    def _appended(self, record: int, batch: Entries) -> int | None:
        """Return the record with a batch, None where it forks; a batch that comes too early is sent again later."""
        if (record, batch) not in self._written_before:
            store, found = self.store, record
            try:
                stream = self.parts.append(store.entries(store.records[record]), store.entries(batch))
                found = store.keep_record(store.keep_entries(stream))
            except Gap:
                pass
            except Forked:
                found = None
            self._written_before[record, batch] = found
        return self._written_before[record, batch]

    def _holds(self, state: State, batch: Entries) -> bool:
        record = self.store.record(state)
        last = self.store.entry(batch[-1]).number
        return len(record) >= last and record[last - len(batch) : last] == batch

    def _dropped(self, state: State) -> State:
        last = self.store.entry(state.sending[-1]).number
        if (state.outbox, last) not in self._left:
            work = self.parts.casework(self.file(state), CERTIFICATION)
            work.drop_recorded(last)
            self._left[state.outbox, last] = self.store.keep_entries(work.file.outbox)
        return state._replace(outbox=self._left[state.outbox, last], sending=())

    # Signer

    def _signing(self, state: State) -> Iterator[Step]:
        case = self.store.case(state)
        if awaits_signature(case) and not state.outbox and state.ordered is None:
            assert case.decision is not None
            yield "the label is ordered", state._replace(ordered=case.decision.number)
        if state.attempt is not None:
            yield "the signer is killed", state._replace(attempt=None)
            yield self._attempted(state, state.attempt)
        if state.ordered is None:
            return
        signed = self._signer.signature(state, state.ordered)
        if state.refusal is not None:
            yield "the signer is killed before it said no", state._replace(refusal=None)
            yield self._refused(state, state.refusal)
        elif signed is not None:
            yield self._attested(state, signed)
        elif state.attempt is None:
            yield self._read(state, state.ordered)

    def _read(self, state: State, decision: str) -> Step:
        """Read the record and judge it again; where it does not have the decision, it is read again later."""
        folded = self.store.folded(self.store.records[state.record])
        if folded.decision is None or folded.decision.number != decision:
            return "the signer does not find the decision", state
        refusal = self._refusal_of(state)
        if refusal is not None:
            return f"the signer finds the grant not carried: {refusal}", state._replace(refusal=refusal)
        read = len(self.store.record(state))
        return "the signer finds the grant carried", state._replace(attempt=Attempt(decision=decision, read=read))

    def _refusal_of(self, state: State) -> str | None:
        key = (state.record, state.clock)
        if key not in self._judged:
            case, now = self.store.folded(self.store.records[state.record]), self.store.now(state)
            self._judged[key] = self._judgement(case, now)
            if self._judged[key] is None:
                self._check_digests_compared(case, now)
        return self._judged[key]

    def _judgement(self, case: Case, now: datetime) -> str | None:
        try:
            self.parts.check_grant(case, self.rules, self._scheme_digest, now)
        except PreparationError as refusal:
            return refusal.code
        return None

    def _check_digests_compared(self, granted: Case, now: datetime) -> None:
        """Whatever one place names another manifest or scheme than the rest, the signer refuses (I3)."""
        for what, tampered in with_another_digest(granted):
            if self._judgement(tampered, now) is None:
                raise Violation("I3", f"the signer would sign a grant in which something else is named: {what}")

    def _attempted(self, state: State, attempt: Attempt) -> Step:
        if not attempt.has_intent:
            intent = self._signer.intent(state, attempt.decision, attempt.read)
            lines = state.intents if intent in state.intents else (*state.intents, intent)
            return "the intent is on the disk", state._replace(intents=lines, attempt=attempt._replace(has_intent=True))
        intended = next(line for line in reversed(state.intents) if line.decision == attempt.decision)
        signature = intended._replace(read=attempt.read)
        return "the signature is on the disk", state._replace(signatures=(*state.signatures, signature), attempt=None)

    def _attested(self, state: State, line: Line) -> Step:
        case, now = self.store.case(state), self.store.now(state)
        return "the label is issued", self._concluded(state, attest(case, self._signer.label(line, case), now))

    def _refused(self, state: State, code: str) -> Step:
        refused = SigningRefused(at=self.store.now(state), actor=ENGINE, code=code)
        return f"the signer refuses: {code}", self._concluded(state, refused)

    def _concluded(self, state: State, answer: Event) -> State:
        """Let the case hear what became of its order, and what follows."""
        work = self.parts.casework(self.file(state), CERTIFICATION)
        before = len(work.file.outbox)
        work.conclude(answer, self.store.now(state))
        return _with(state, self._kept(state, "", work, before))._replace(ordered=None, refusal=None)

    # Loss

    def _losing(self, state: State) -> Iterator[Step]:
        """Lose the workflow with all it had not recorded, and start it again from the fold of the record."""
        behind = self.store.case(state).entry < len(self.store.record(state))
        if state.losses < self.losses_max or behind:
            yield (
                "the workflow is lost and starts again from the record",
                state._replace(
                    case=self._case_from(state.record),
                    receipts=self.store.keep_receipts({}),
                    outbox=(),
                    stray=state.sending or state.stray,
                    sending=(),
                    ordered=None,
                    refusal=None,
                    losses=state.losses + (not behind),
                ),
            )

    def _case_from(self, record: int) -> int:
        if record not in self._restored:
            self._restored[record] = self.store.keep_case(self.store.folded(self.store.records[record]))
        return self._restored[record]


def _with(state: State, taken: Taken) -> State:
    if not taken.new and taken.case == state.case and taken.receipts == state.receipts:
        return state
    return state._replace(case=taken.case, receipts=taken.receipts, outbox=state.outbox + taken.new)
