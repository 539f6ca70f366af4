"""Today's edition under random acts of random people: also the clocks are always told what comes next."""

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from certify.procedure.lodging import EDITION
from schemas.case import Case
from schemas.decision_record import DecisionRecord, record_of
from schemas.scheme import Tier
from schemas.stages import Outcome, Stage
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.test_kernel import SEATED, SEEDS, STEPS, STRAIGHT_ON, Kernel
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.fold_correction import CORRECTION
from workflows.rules.case.hearing import is_heard
from workflows.rules.case.interests import is_confirmed
from workflows.rules.case.procedure import due, next_due_at
from workflows.rules.case.recomputation import recompute
from workflows.rules.case.reopening import rests_on_interest


class WholeKernel(Kernel):
    """One case of today's edition; everyone tries everything, and time passes in steps small and large."""

    straight_on = (
        *STRAIGHT_ON,
        "confirm_answers",
        "draw_third_party",
        "record_third_party_report",
        "release_label",
        "ask_for_hearing",
    )

    @initialize(
        tier=st.sampled_from([Tier.LOW, Tier.LOW, Tier.MEDIUM, Tier.HIGH, Tier.CRITICAL]), step=st.sampled_from(STEPS)
    )
    def begin(self, tier: Tier, step: str) -> None:  # type: ignore[override]  # this edition begins in its own ways
        self.walk = SmallWalk(tier, edition=EDITION)
        self.walk.members = SEATED
        getattr(self.walk, step)()
        self.ended: Case | None = None
        self.highest = self.walk.case.tier

    @rule(days=st.sampled_from([0.5, 3, 4, 7, 31]), seed=SEEDS)
    def time_passes_in_other_steps(self, days: float, seed: int) -> None:
        self.walk.pass_time(days=days)
        self.the_case_goes_on(seed)

    @invariant()
    def a_decision_rests_on_a_quorum_of_members_free_to_decide(self) -> None:
        case = self.walk.case
        if case.decision is None:
            return
        vote = case.rounds[-1]
        assert vote.proposed_tier is None
        assert vote.number == case.decision.round
        assert vote.tally is not None
        assert vote.tally.quorum_reached
        assert (case.decision.outcome == Outcome.GRANTED) == vote.tally.majority_reached
        assert len(vote.base) >= self.walk.rules.common.recusal.base_min[case.tier]

    @invariant()
    def one_manifest_stands_in_evidence_round_ballots_and_decision(self) -> None:
        case = self.walk.case
        if case.decision is not None and case.manifest is not None:
            vote = case.rounds[-1]
            digests = {ballot.manifest_digest for ballot in vote.ballots.values()}
            assert {case.manifest.digest, vote.manifest_digest, case.decision.manifest_digest} | digests == {
                case.manifest.digest
            }

    @invariant()
    def no_round_on_the_label_opens_before_who_asked_to_be_heard_was_heard_or_did_without(self) -> None:
        case = self.walk.case
        if case.hearing_asked is not None and case.open_round is not None and case.open_round.proposed_tier is None:
            assert is_heard(case)

    @invariant()
    def a_decision_is_recomputed_from_its_record(self) -> None:
        if self.walk.events[-1].kind != "decision_taken":
            return
        case = self.walk.case
        record = DecisionRecord.model_validate_json(record_of(case, small()).model_dump_json(), strict=True)
        answer = recompute(record)
        assert answer.agrees or rests_on_interest(case) or not is_confirmed(case), answer.differences
        assert answer.outcome in {record.decision.outcome, None}

    @invariant()
    def nothing_is_due_that_was_not_taken_and_what_comes_next_lies_ahead(self) -> None:
        case, now = self.walk.case, self.walk.now
        assert due(case, now, self.walk.rules) == ()
        following = next_due_at(case, self.walk.rules)
        assert following is None or following > now

    @invariant()
    def a_tier_never_falls_once_the_application_is_accepted(self) -> None:
        case = self.walk.case
        if case.stage == Stage.INTAKE:
            self.highest = case.tier
        assert case.tier >= self.highest
        assert case.tier == (case.raises[-1].tier if case.raises else case.assessment.tier)
        self.highest = case.tier

    @invariant()
    def only_clocks_that_somebody_else_holds_up_stand_still(self) -> None:
        case = self.walk.case
        for clock in clocks_of(case, self.walk.rules):
            if clock.kind == CORRECTION and clock.stopped_at is not None:
                assert case.stage != Stage.CORRECTION, "what was corrected is with the body"
            elif clock.stopped_at is not None:
                assert clock.name in {"intake", "evaluation"}
                assert case.open_questions or case.disputed_tier is not None

    @invariant()
    def each_reminder_is_given_once_for_each_deadline_and_not_before_its_time(self) -> None:
        given = [event for event in self.walk.events if event.kind == "reminder_given"]
        keys = [(one.clock, one.due_at, one.days) for one in given]
        assert len(keys) == len(set(keys))
        assert all((one.due_at - one.at).total_seconds() <= one.days * 86400 for one in given)


WholeKernel.TestCase.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
TestWholeKernel = WholeKernel.TestCase
