"""What must hold in every state, by the numbers of the security notes; judged from the entries, not by the rules.

I1   a label has one decision behind it, a grant that was recorded before it; a decision has one label at most
I2   a decision rests on a quorum and the majority of ballots by seated members who are free to decide
I3   evidence, ballots, round and decision name one manifest and one scheme
I5   an act is recorded once, whatever was sent twice; a member has one ballot in a round; one key, one act
I6   what has ended stays as it is; intent, signature and label come in this order
I14  nothing is signed on what somebody with a known interest voted, judged or recommended; members with one leave
I15  a clock does its work once, not before it is due, and no act slips in after it
I16  workflow and record agree: what the workflow knows is what is recorded and what waits to be
"""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from schemas import events as ev
from schemas.decision import Round
from schemas.event import Event
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Choice, Outcome
from tests.explorer.state import Entries, State, Store

ENDS = (ev.ApplicationDeclined, ev.ApplicationWithdrawn, ev.ApplicationLapsed, ev.LabelIssued)


class Violation(Exception):  # noqa: N818  # the word of the explorer
    """An invariant does not hold."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


def require(invariant: str, holds: object, what: str) -> None:
    """Raise unless something holds."""
    if not holds:
        raise Violation(invariant, what)


@dataclass
class Story:
    """What a stream of events tells, event by event."""

    rules: SchemeRules
    seated: frozenset[str]
    has_ended: bool = False
    manifest: str | None = None
    tier: Tier = Tier.LOW
    evidence_due_at: datetime | None = None
    interested: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    planned: set[str] = field(default_factory=set)
    rapporteur: str | None = None
    third_party: str | None = None
    released_by: str | None = None
    round: Round | None = None
    ballots: dict[str, Choice] = field(default_factory=dict)
    recused: set[str] = field(default_factory=set)
    is_open: bool = False
    decision: ev.DecisionTaken | None = None
    labels: int = 0

    @property
    def base(self) -> set[str]:
        """The electorate of the last round less those who left it."""
        return set(self.round.electorate) - self.recused if self.round else set()

    @property
    def counted(self) -> dict[str, Choice]:
        """The ballots of the last round that count."""
        return {member: choice for member, choice in self.ballots.items() if member in self.base}

    @property
    def relied_on(self) -> set[str]:
        """Everyone a label would rest on."""
        others = {self.rapporteur, self.third_party, self.released_by}
        return {*self.counted, *self.planned, *(one for one in others if one is not None)}

    def tell(self, event: Event) -> None:
        """Take the next event; raise if it may not come here."""
        require("I6", not self.has_ended, f"{event.kind} after the case had ended")
        self.has_ended = isinstance(event, ENDS)
        reader = getattr(self, f"_{event.kind}", None)
        if reader is not None:
            reader(event)

    def _application_lodged(self, event: ev.ApplicationLodged) -> None:
        self.tier = event.assessment.tier

    def _application_accepted(self, event: ev.ApplicationAccepted) -> None:
        self.evidence_due_at = event.evidence_due_at

    def _application_lapsed(self, event: ev.ApplicationLapsed) -> None:
        due_at = self.evidence_due_at
        require("I15", due_at is not None and self.manifest is None, "lapsed without a clock that ran")
        require("I15", due_at is not None and event.at >= due_at, "lapsed before it was due")

    def _evidence_offered(self, event: ev.EvidenceOffered) -> None:
        require("I15", self.evidence_due_at is None or event.at < self.evidence_due_at, "evidence came too late")
        require("I3", self.manifest is None, "evidence came after the manifest was frozen")

    def _manifest_frozen(self, event: ev.ManifestFrozen) -> None:
        require("I3", self.manifest is None, "the manifest was frozen twice")
        self.manifest = event.manifest.digest

    def _reviewer_assigned(self, event: ev.ReviewerAssigned) -> None:
        self.asked.add(event.assignment.reviewer)

    def _assignment_answered(self, event: ev.AssignmentAnswered) -> None:
        if not event.accepts:
            self.asked.discard(event.actor)

    def _plan_approved(self, event: ev.PlanApproved) -> None:
        self.planned = set(event.plan.criteria)

    def _review_submitted(self, event: ev.ReviewSubmitted) -> None:
        require("I5", event.review.reviewer not in self.judged, "a reviewer handed in twice")
        self.judged.add(event.review.reviewer)

    def _third_party_report_recorded(self, event: ev.ThirdPartyReportRecorded) -> None:
        self.third_party = event.actor

    def _recommendation_submitted(self, event: ev.RecommendationSubmitted) -> None:
        self.rapporteur = event.recommendation.rapporteur

    def _interests_declared(self, event: ev.InterestsDeclared) -> None:
        if event.interests.has_interest:
            self.interested.add(event.interests.person)
            self.asked.discard(event.interests.person)

    def _round_opened(self, event: ev.RoundOpened) -> None:
        require("I2", not self.is_open, "a round was opened while one was open")
        require("I2", self.decision is None, "a round was opened after the decision")
        require("I3", event.round.manifest_digest == self.manifest, "a round was opened on another manifest")
        require("I2", set(event.round.electorate) <= self.seated, "somebody votes who is not seated")
        require("I14", not set(event.round.electorate) & self.interested, "somebody with an interest may vote")
        self.round, self.ballots, self.recused, self.is_open = event.round, {}, set(), True

    def _member_recused(self, event: ev.MemberRecused) -> None:
        require("I2", self.is_open and event.member in self.base, "somebody left who was not there")
        self.recused.add(event.member)

    def _ballot_cast(self, event: ev.BallotCast) -> None:
        ballot, vote = event.ballot, self.round
        assert vote is not None
        require("I5", self.is_open and ballot.round == vote.number, "a ballot for a round that is not open")
        require("I5", ballot.member == event.actor and ballot.member not in self.ballots, "a second ballot")
        require("I2", ballot.member in self.base, "a ballot by somebody outside the electorate")
        require("I15", event.at < vote.closes_at, "a ballot after the round's time")
        same = (ballot.manifest_digest, ballot.scheme_digest) == (self.manifest, vote.scheme_digest)
        require("I3", same, "a ballot on another manifest or scheme")
        self.ballots[ballot.member] = ballot.choice

    def _round_closed(self, event: ev.RoundClosed) -> None:
        vote = self.round
        assert vote is not None
        require("I15", self.is_open and event.round == vote.number, "a round closed twice")
        least = self.rules.common.recusal.base_min[self.tier]
        is_due = event.at >= vote.closes_at or len(self.base) < least or self.base <= set(self.ballots)
        require("I15", is_due, "a round closed before it was due")
        require("I14", not self.base & self.interested, "somebody with an interest still belonged to the base")
        self.is_open = False

    def _decision_taken(self, event: ev.DecisionTaken) -> None:
        require("I1", self.decision is None, "a second decision")
        decision, vote = event.decision, self.round
        require("I2", vote is not None and not self.is_open, "a decision while the round was open")
        assert vote is not None
        self.decision = event
        require("I1", decision.round == vote.number, "a decision on another round")
        require("I3", decision.manifest_digest == self.manifest, "a decision on another manifest")
        require("I3", decision.scheme_digest == vote.scheme_digest, "a decision by another scheme")
        require("I2", not set(self.counted) & (self.judged | self.asked | {self.third_party}), "an evaluator voted")
        require("I14", not set(self.counted) & self.interested, "somebody with an interest was counted")
        self._check_arithmetic(decision.outcome)

    def _check_arithmetic(self, outcome: Outcome) -> None:
        figures, base = self.rules.tiers[self.tier].decision, len(self.base)
        least = self.rules.common.recusal.base_min[self.tier]
        present = len(self.counted)
        quorum = Fraction(figures.quorum) * base if figures.quorum else figures.members_present_min or 0
        require("I2", base >= least and present >= quorum, f"decided by {present} of {base}")
        share = Fraction(sum(choice == Choice.GRANT for choice in self.counted.values()), present)
        granted = share > Fraction(1, 2) if figures.majority == "simple" else share >= Fraction(figures.majority)
        require("I2", granted == (outcome == Outcome.GRANTED), f"{outcome} by a share of {share}")

    def _label_released(self, event: ev.LabelReleased) -> None:
        self.released_by = event.actor

    def _label_issued(self, event: ev.LabelIssued) -> None:
        decision = self.decision.decision if self.decision else None
        granted = decision is not None and decision.outcome == Outcome.GRANTED
        require("I1", granted, "a label without a grant")
        require("I1", decision and event.label.decision_number == decision.number, "a label of another decision")
        self.labels += 1
        require("I1", self.labels == 1, "a second label")


@dataclass
class Invariants:
    """Judges states; what was judged once is not judged again."""

    store: Store
    rules: SchemeRules
    seated: frozenset[str]
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
            self._story(log)
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
        found = self._streams.get(entries)
        if found is None:
            found = self._streams[entries] = Story(self.rules, self.seated)
            keys = [key for key in (self.store.entry(entry).act_id for entry in entries) if key is not None]
            require("I5", len(keys) == len(set(keys)), "an act stands in the stream twice")
            for place, entry in enumerate(entries, start=1):
                require("I16", self.store.entry(entry).number == place, "a number is missing or stands twice")
                event = self.store.event(entry)
                found.tell(event)
                if isinstance(event, ev.DecisionTaken):
                    require("I1", event.decision.number.endswith(f"/{place}"), "a decision with another number")
        return found

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
        for event in self.store.events(record + state.outbox):
            if isinstance(event, ev.LabelIssued):
                issued = (event.label.decision_number, int(event.label.id))
                require("I6", issued in signed, "a label was issued that was not signed")

    def _may_be_signed(self, read: Entries, decision: str) -> None:
        story = self._story(read)
        taken = story.decision.decision if story.decision else None
        granted = taken is not None and taken.number == decision and taken.outcome == Outcome.GRANTED
        require("I1", granted, "something was signed for which the record has no grant")
        tied = story.relied_on & story.interested
        require("I14", not tied, f"signed on what {', '.join(sorted(tied))} did, whose interest was on record")
