"""The part of a story in which people vote, and in which what they voted is counted, set aside or carried out."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from schemas import events as ev
from schemas.canonical import digest_of
from schemas.case import Countersignature, TierConfirmation
from schemas.decision import Decision, Round
from schemas.review import Result
from schemas.scheme import SchemeRules, Tier
from schemas.signed_acts import Countersigned, Receipt
from schemas.stages import Choice, Outcome, Verdict
from tests.explorer.violation import require

SIGNED_SINCE = 3
FOURTH = 4
HALF = Fraction(1, 2)


@dataclass
class Votes:
    """Who votes on what, by whose work, and what follows.

    Attributes:
        seated: members of the Commission; `substitutes` those elected to step in.
        clocks: every deadline with an effect that runs now, by the name of its clock.
        declared: who declared that they have no interest.
        reported: whose interest was reported and waits for a second person, and by whom.
        planned: reviewers whose findings count.
        recommended: the manifest on which the rapporteur recommended, None while nobody has.
        reported_on: the manifest on which the third party last signed its report.
        looked_up: who recorded each lookup, in the editions that know it.
        joined: substitutes who stepped in.
        left: who ever left an electorate of this case.
        was_counted: the last round closed with a quorum.
        is_spent: no decision may rest on the last round any more.
        has_run_out: some of the evidence had expired when a decision was reopened.
        reopened: numbers of decisions that were set aside.
    """

    rules: SchemeRules
    seated: frozenset[str]
    substitutes: frozenset[str] = frozenset()
    edition: int = 1
    tier: Tier = Tier.LOW
    gate: str | None = None
    manifest: str | None = None
    clocks: dict[str, datetime] = field(default_factory=dict)
    interested: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    reported: dict[str, str] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    planned: set[str] = field(default_factory=set)
    lead: str | None = None
    confirmed: TierConfirmation | None = None
    disputed: Tier | None = None
    results: tuple[Result, ...] = ()
    rapporteur: str | None = None
    recommended: str | None = None
    third_party: str | None = None
    reported_on: str | None = None
    looked_up: dict[str, str] = field(default_factory=dict)
    is_heard: bool = False
    asked_to_be_heard: bool = False
    round: Round | None = None
    was_disputed: bool = False
    joined: tuple[str, ...] = ()
    ballots: dict[str, Choice] = field(default_factory=dict)
    recused: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    countersigned: dict[tuple[str, int], Countersignature] = field(default_factory=dict)
    is_open: bool = False
    was_counted: bool = False
    is_spent: bool = False
    has_run_out: bool = False
    sent_back: int = 0
    decision: Decision | None = None
    reopened: set[str] = field(default_factory=set)
    is_refused: bool = False
    released_by: str | None = None

    @property
    def base(self) -> set[str]:
        """The electorate of the last round less those who left it."""
        return {*self.round.electorate, *self.joined} - self.recused if self.round else set()

    @property
    def counted(self) -> dict[str, Choice]:
        """The ballots of the last round that count."""
        return {member: choice for member, choice in self.ballots.items() if member in self.base}

    @property
    def behind(self) -> set[str]:
        """Everyone by whose work there is something to vote on."""
        others = {self.rapporteur, self.third_party, self.lead}
        return {*self.planned, *self.looked_up.values(), *(one for one in others if one is not None)}

    @property
    def relied_on(self) -> set[str]:
        """Everyone a label would rest on."""
        return {*self.counted, *self.behind, *([self.released_by] if self.released_by else ())}

    @property
    def needs_release(self) -> bool:
        """Whether a second person releases the label."""
        return self.tier == Tier.CRITICAL

    @property
    def waits_in_vain(self) -> bool:
        """Whether a grant stands that no label can follow from, so that it is to be reopened.

        While the signer has its order, what it reads decides: it signed before an interest was found, or it refuses.
        """
        if self.decision is None or self.decision.outcome != Outcome.GRANTED:
            return False
        is_ordered = self.released_by or not self.needs_release
        return self.is_refused or (not is_ordered and not self.relied_on.isdisjoint(self.interested))

    def _check_declared(self, person: str, what: str) -> None:
        require("I14", person in self.declared, f"{what} by somebody who declared nothing")

    def _has_interest(self, person: str) -> None:
        self.interested.add(person)
        self.declared.discard(person)
        self.asked.discard(person)
        if person == self.rapporteur and self.decision is None and self.edition > 1:
            self.recommended = None

    def _figures(self) -> tuple[int, int | None, Fraction | None, Fraction | None]:
        """Return the least base, the least present as a number or a share, and the share in favour; None is *more."""
        if self.was_disputed:
            size = self.rules.common.tier_dispute.group_size
            return size, size, None, None
        figures = self.rules.tiers[self.tier].decision
        quorum = Fraction(figures.quorum) if figures.quorum else None
        majority = None if figures.majority == "simple" else Fraction(figures.majority)
        return self.rules.common.recusal.base_min[self.tier], figures.members_present_min, quorum, majority

    def _has_quorum(self) -> bool:
        least, present_min, quorum, _ = self._figures()
        base, present = len(self.base), len(self.counted)
        wanted = quorum * base if quorum is not None else present_min or 0
        return base >= least and present >= wanted

    def _carries(self, choice: Choice) -> bool:
        majority = self._figures()[-1]
        share = self._share(choice)
        return share > HALF if majority is None else share >= majority

    def _share(self, choice: Choice) -> Fraction:
        return Fraction(sum(one == choice for one in self.counted.values()), max(len(self.counted), 1))

    # A round

    def _round_opened(self, event: ev.RoundOpened) -> None:
        vote = event.round
        require("I2", not self.is_open, "a round was opened while one was open")
        require("I2", self.decision is None, "a round was opened after the decision")
        require("I3", vote.manifest_digest == self.manifest, "a round was opened on another manifest")
        require("I2", set(vote.electorate) <= self.seated, "somebody votes who is not seated")
        drawn_from = self.seated if vote.seed else self.substitutes
        require("I2", set(vote.reserves) <= drawn_from, "somebody may step in who was not elected")
        people = {*vote.electorate, *vote.reserves}
        require("I14", not people & self.interested, "somebody with an interest may vote")
        require("I2", not people & self.left, "somebody may vote again who left a round of this case")
        require("I2", (vote.origin is not None) == (self.edition >= SIGNED_SINCE), "a round of ballots nobody signs")
        if vote.proposed_tier is None:
            self._check_object(vote)
        self.round, self.ballots, self.recused, self.joined = vote, {}, set(), ()
        self.is_open, self.is_spent, self.was_counted = True, False, False
        self.was_disputed = vote.proposed_tier is not None and self.disputed is not None
        self.clocks["round"] = vote.closes_at

    def _check_object(self, vote: Round) -> None:
        require("I2", self.is_heard or not self.asked_to_be_heard, "a round before who asked to be heard was heard")
        if self.gate is not None:
            return
        require("I3", self.recommended == self.manifest, "a round without a recommendation on its manifest")
        require("I3", set(self.results) <= set(vote.results), "a round on other results than the findings came to")
        if self.rules.tiers[self.tier].neutral_third_party == "required" and self.edition >= FOURTH:
            require("I3", self.reported_on == self.manifest, "a round on a report about another manifest")
        if self.edition > 1:
            require("I14", not self.behind & self.interested, "a round on the work of somebody with an interest")

    def _member_recused(self, event: ev.MemberRecused) -> None:
        require("I2", self.is_open and event.member in self.base, "somebody left who was not there")
        self.recused.add(event.member)
        self.left.add(event.member)

    def _substitute_drawn(self, event: ev.SubstituteDrawn) -> None:
        vote = self.round
        assert vote is not None
        waiting = [one for one in vote.reserves if one not in self.joined]
        require("I2", self.is_open and waiting[:1] == [event.member], "somebody stepped in before their turn")
        require("I2", len(self.base) < self._figures()[0], "somebody stepped in though the base was large enough")
        self.joined = (*self.joined, event.member)

    def _countersigned(self, event: ev.Countersigned) -> None:
        given, vote = event.countersignature, self.round
        voters = {*vote.electorate, *vote.reserves} if vote is not None else set()
        require("I2", given.by == event.actor != given.person, "somebody vouched for themselves")
        require("I2", event.actor not in voters, "somebody who votes vouched for another")
        key = (given.person, given.round)
        require("I5", key not in self.countersigned, "somebody was vouched for twice")
        self.countersigned[key] = given

    def _check_signed(self, invariant: str, person: str, receipt: Receipt | None) -> None:
        """What a person signs has a receipt, and where another vouches for them, that one did so before."""
        vote = self.round
        assert vote is not None
        require(invariant, (receipt is not None) == (vote.origin is not None), "an act without its receipt")
        if isinstance(receipt, Countersigned):
            given = self.countersigned.get((person, vote.number))
            stated = (receipt.countersigner, receipt.countersigned_at)
            require(invariant, given and (given.by, given.at) == stated, "nobody vouched for whoever acted")

    def _ballot_cast(self, event: ev.BallotCast) -> None:
        ballot, vote = event.ballot, self.round
        assert vote is not None
        require("I5", self.is_open and ballot.round == vote.number, "a ballot for a round that is not open")
        require("I5", ballot.member == event.actor and ballot.member not in self.ballots, "a second ballot")
        require("I2", ballot.member in self.base, "a ballot by somebody outside the electorate")
        self._check_declared(ballot.member, "a ballot")
        require("I15", event.at < vote.closes_at, "a ballot after the round's time")
        same = (ballot.manifest_digest, ballot.scheme_digest) == (self.manifest, vote.scheme_digest)
        require("I3", same, "a ballot on another manifest or scheme")
        if ballot.choice == Choice.GRANT and vote.proposed_tier is None:
            require("I2", self.gate is None, "a ballot for a grant though a gate leaves only a refusal")
            require("I2", not self._fails(vote), "a ballot for a grant though a criterion is not met")
        self._check_signed("I2", event.actor, event.receipt)
        shown = digest_of(event.receipt) if event.receipt is not None else None
        require("I2", ballot.proof == shown, "a ballot that names another receipt")
        self.ballots[ballot.member] = ballot.choice

    def _fails(self, vote: Round) -> bool:
        return any(one.mandatory and one.verdict in {Verdict.PARTLY_MET, Verdict.NOT_MET} for one in vote.results)

    def _round_voided(self, event: ev.RoundVoided) -> None:
        require("I15", self.is_open and self.round and event.round == self.round.number, "a round voided twice")
        require("I14", self.behind & self.interested, "a round was voided though nobody behind it has an interest")
        self.is_open, self.is_spent, self.ballots = False, True, {}
        self.clocks.pop("round", None)

    def _round_closed(self, event: ev.RoundClosed) -> None:
        vote = self.round
        assert vote is not None
        require("I15", self.is_open and event.round == vote.number, "a round closed twice")
        least, may_join = self._figures()[0], set(vote.reserves) - set(self.joined)
        is_short = len(self.base) < least and not may_join
        is_due = event.at >= vote.closes_at or is_short or self.base <= set(self.ballots)
        require("I15", is_due, "a round closed before it was due")
        require("I14", not self.base & self.interested, "somebody with an interest still belonged to the base")
        require("I2", event.tally.quorum_reached == self._has_quorum(), "the quorum was counted otherwise")
        self.is_open, self.was_counted = False, self._has_quorum()
        self.clocks.pop("round", None)

    # What a round amounts to

    def _check_counted(self) -> Round:
        """What follows from votes follows from a round on the label that was counted and not set aside."""
        vote = self.round
        require("I2", vote is not None and not self.is_open, "it was decided while the round was open")
        assert vote is not None
        require("I2", self.was_counted and not self.is_spent, "it was decided by a round that does not count")
        return vote

    def _decision_taken(self, event: ev.DecisionTaken) -> None:
        require("I1", self.decision is None, "a second decision")
        decision, vote = event.decision, self._check_counted()
        require("I1", decision.round == vote.number and vote.proposed_tier is None, "a decision on another round")
        require("I3", decision.manifest_digest == self.manifest, "a decision on another manifest")
        require("I3", decision.scheme_digest == vote.scheme_digest, "a decision by another scheme")
        require("I2", not set(self.counted) & (self.judged | self.asked | {self.third_party}), "an evaluator voted")
        tied = (self.relied_on if self.edition > 1 else set(self.counted)) & self.interested
        require("I14", not tied, "a decision rests on somebody with an interest")
        granted, base = self._carries(Choice.GRANT), len(self.base)
        require("I2", self._has_quorum(), f"decided by {len(self.counted)} of {base}")
        right = granted == (decision.outcome == Outcome.GRANTED)
        require("I2", right, f"{decision.outcome} by a share of {self._share(Choice.GRANT)}")
        if self.edition > 1:
            require("I2", granted or self.is_heard, "refused before the applicant was heard")
        self.decision, self.is_refused = decision, False

    def _check_sent_back(self, event: ev.CaseSentBack) -> None:
        vote = self._check_counted()
        require("I2", event.round == vote.number and vote.proposed_tier is None, "sent back by another round")
        wanted = self._share(Choice.GRANT) == HALF if event.tie else self._carries(Choice.SEND_BACK)
        require("I2", wanted and not self._carries(Choice.GRANT), "sent back by a round that wanted something else")
        limit = self.rules.common.tie.supplements_without_new_application
        require("I5", self.sent_back < limit and self.decision is None, "a case was sent back too often")
        self.sent_back, self.is_spent = self.sent_back + 1, True

    def _check_raised(self, event: ev.TierRaised) -> None:
        steps = event.tier.rank - self.tier.rank
        require("I2", steps > 0, "a tier was lowered")
        if event.cause == "dispute":
            found = self.confirmed
            require("I2", found is not None and found.assessment.tier == event.tier, "raised to what nobody found")
            require("I2", steps <= self.rules.common.tier_dispute.within_tiers, "raised by too much without a vote")
            return
        vote = self._check_counted()
        require("I2", (vote.number, vote.proposed_tier) == (event.round, event.tier), "raised by another round")
        require("I2", self._carries(Choice.GRANT), "raised by a round that did not carry it")
        self.is_spent = True

    def _check_kept(self, event: ev.TierKept) -> None:
        vote = self._check_counted()
        require("I2", event.round == vote.number and vote.proposed_tier, "a tier kept by another round")
        require("I2", not self._carries(Choice.GRANT), "a tier kept against the majority")
        self.is_spent = True

    def _label_released(self, event: ev.LabelReleased) -> None:
        require("I1", self.decision and self.released_by is None, "released without a grant, or twice")
        self._check_signed("I1", event.actor, event.receipt)
        self._check_declared(event.actor, "a release")
        require("I14", event.actor not in {*self.base, *self.behind}, "whoever decides or judges released")
        self.released_by = event.actor

    def _signing_refused(self, _: ev.SigningRefused) -> None:
        require("I1", self.decision is not None, "a signature was refused that no decision asks for")
        self.is_refused = True

    def _decision_reopened(self, event: ev.DecisionReopened) -> None:
        decision = self.decision
        require("I6", decision and decision.number == event.decision, "a decision was reopened that does not stand")
        require("I6", decision and decision.outcome == Outcome.GRANTED, "a refusal was reopened")
        has_cause = self.is_refused or self.has_run_out or self.relied_on & self.interested
        require("I6", has_cause, "a decision was reopened without a cause")
        self.reopened.add(event.decision)
        self.decision, self.released_by, self.is_spent, self.is_refused = None, None, True, False
        if self.rapporteur in self.interested:
            self.recommended = None
