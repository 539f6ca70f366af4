"""What must hold in every state, by the numbers of the security notes; judged from the entries, not by the rules.

I1   a label has one decision behind it, a grant that was recorded before it; a decision has one label at most
I2   a decision rests on a quorum and the majority of ballots, each signed, by seated members who are free to decide
I3   evidence, findings, recommendation, ballots, round and decision name one manifest and one scheme
I5   an act is recorded once, whatever was sent twice; a member has one ballot in a round; one key, one act
I6   what has ended stays as it is; intent, signature and label come in this order
I14  nothing is signed on what somebody with a known interest voted, judged or recommended; members with one leave
I15  a clock does its work once, not before it is due, and no act slips in after it
I16  workflow and record agree: what the workflow knows is what is recorded and what waits to be
"""

from dataclasses import dataclass, field

from schemas import events as ev
from schemas.act import Act
from schemas.acts import CastBallot, Countersign
from schemas.event import Event
from schemas.scheme import SchemeRules
from schemas.stages import Outcome
from tests.explorer.state import Entries, State, Store
from tests.explorer.story import Story
from tests.explorer.violation import require
from tests.explorer.walks import WITHOUT_SEAT


@dataclass
class Invariants:
    """Judges states; what was judged once is not judged again.

    Attributes:
        sent: what people may send, by its digest.
    """

    store: Store
    rules: SchemeRules
    seated: frozenset[str]
    substitutes: frozenset[str] = frozenset()
    sent: dict[str, Act] = field(default_factory=dict)
    _streams: dict[Entries, Story] = field(default_factory=dict)
    _agreeing: set[tuple[int, Entries]] = field(default_factory=set)
    _sign_logs: set[tuple[object, ...]] = field(default_factory=set)

    def check(self, state: State) -> None:
        """Raise what does not hold in a state.

        Raises:
            Violation: it names the invariant.
        """
        record, log = self.store.record(state), self.store.log(state)
        self._story(record)
        if self._goes_on(state, record):
            told = self._story(log)
            require("I14", not told.waits_in_vain, "a grant still waits for a label that cannot follow from it")
            self._workflow_and_record(state, record, log)
        self._sign_log(state, record)

    def check_step(self, before: State, after: State) -> None:
        """Raise if something that was written is no longer there.

        Raises:
            Violation: it names the invariant.
        """
        if before.record != after.record:
            old, new = self.store.record(before), self.store.record(after)
            require("I6", new[: len(old)] == old, "the record lost or changed an entry")
        for old_lines, new_lines in ((before.intents, after.intents), (before.signatures, after.signatures)):
            require("I6", new_lines[: len(old_lines)] == old_lines, "the sign log lost or changed a line")

    def _story(self, entries: Entries) -> Story:
        """Return what a stream tells: what the stream before its last entry told, and that entry."""
        found = self._streams.get(entries)
        if found is None:
            if not entries:
                return Story(self.rules, self.seated, self.substitutes)
            found = self._story(entries[:-1]).copy()
            self._take_in(found, entries)
            self._streams[entries] = found
        return found

    def _take_in(self, story: Story, entries: Entries) -> None:
        last, place = self.store.entry(entries[-1]), len(entries)
        require("I16", last.number == place, "a number is missing or stands twice")
        require("I5", last.act_id is None or last.act_id not in story.keys, "an act stands in the stream twice")
        if last.act_id is not None:
            story.keys.add(last.act_id)
        event = self.store.event(entries[-1])
        left = last.act_id is not None and last.act_id.startswith(WITHOUT_SEAT)
        require("I2", not left, "somebody voted who had given up the seat")
        _check_round(self.sent.get(last.act_digest or ""), event)
        story.tell(event)
        if isinstance(event, ev.DecisionTaken):
            require("I1", event.decision.number.endswith(f"/{place}"), "a decision with another number")

    def _goes_on(self, state: State, record: Entries) -> bool:
        """Whether the workflow goes on from where the record is.

        A lost workflow's worker may have written what the new one does not know, or holds otherwise: then the new
        one is started again, or its next batch forks and the case stops. Nothing else may bring this about.
        """
        is_behind = self.store.case(state).entry < len(record)
        here = [entry for entry in state.outbox if self.store.entry(entry).number <= len(record)]
        collides = any(record[self.store.entry(entry).number - 1] != entry for entry in here)
        goes_on = not (state.alarm or is_behind or collides)
        require("I16", goes_on or state.losses, "workflow and record went apart though nothing was lost")
        return goes_on

    def _workflow_and_record(self, state: State, record: Entries, log: Entries) -> None:
        if (state.case, log) not in self._agreeing:
            require("I16", self.store.folded(log) == self.store.case(state), "the workflow's case is not what happened")
            self._agreeing.add((state.case, log))
        if not state.outbox and not state.sending:
            require("I16", log == record, "at rest the record lacks something the workflow knows")

    def _sign_log(self, state: State, record: Entries) -> None:
        key = (state.intents, state.signatures, record, state.outbox)
        if not state.intents or key in self._sign_logs:
            return
        self._sign_logs.add(key)
        for lines in (state.intents, state.signatures):
            require("I1", len({line.decision for line in lines}) == len(lines), "two labels for one decision")
            for line in lines:
                self._may_be_signed(record[: line.read], line.decision)
        intended = {(line.decision, line.label) for line in state.intents}
        signed = {(line.decision, line.label) for line in state.signatures}
        require("I6", signed <= intended, "something was signed that was not intended")
        reopened = self._story(record).reopened & {decision for decision, _ in signed}
        require("I1", not reopened, "a decision was set aside that a label was signed for")
        for event in self.store.events(record + state.outbox):
            if isinstance(event, ev.LabelIssued):
                issued = (event.label.decision_number, int(event.label.id))
                require("I6", issued in signed, "a label was issued that was not signed")

    def _may_be_signed(self, read: Entries, decision: str) -> None:
        story = self._story(read)
        taken = story.decision
        granted = taken is not None and taken.number == decision and taken.outcome == Outcome.GRANTED
        require("I1", granted, "something was signed for which the record has no grant")
        tied = story.relied_on & story.interested
        require("I14", not tied, f"signed on what {', '.join(sorted(tied))} did, whose interest was on record")


def _check_round(act: Act | None, event: Event) -> None:
    """A ballot or a countersignature is recorded for the round that whoever sent it named, and for no other."""
    if isinstance(act, CastBallot) and isinstance(event, ev.BallotCast):
        require("I5", act.round == event.ballot.round, "a ballot counts in another round than it was sent for")
    if isinstance(act, Countersign) and isinstance(event, ev.Countersigned):
        same = act.round == event.countersignature.round
        require("I5", same, "somebody is vouched for in another round than was said")
