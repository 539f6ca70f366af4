"""Stage 5: confirming the answers, what raises a tier, and that nobody lowers one."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.case import TierConfirmation
from schemas.events import TierRaised
from schemas.people import PersonFacts, Role
from schemas.review import Plan
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import (
    APPLICANT,
    AREAS,
    EXPERTS,
    MEMBERS,
    SECRETARY,
    TIER_ANSWERS,
    Walk,
    lodged,
    person,
    text,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.interests import is_confirmed
from workflows.rules.case.procedure import due

EDDA, EMIL, ENZO = EXPERTS
GRANT, REFUSE, ABSTAIN = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN


def in_evaluation(tier: Tier = Tier.LOW) -> Walk:
    return Walk(tier, edition=2).to_evaluation()


def disputed() -> Walk:
    """The lead reviewer found high risk where the applicant stated low."""
    return in_evaluation().confirmed(Tier.HIGH)


def plan_of(walk: Walk) -> Plan:
    assert walk.case.plan is not None
    return walk.case.plan


def kinds(walk: Walk, number: int) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


# The lead reviewer and what they confirm


def test_the_lead_reviewer_is_the_one_of_ethics_and_law_and_of_several_the_first_by_id() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_planning()
    walk.staffed(EDDA, EMIL)
    assert walk.case.assignments["emil"].areas == ("ethics_or_law",)
    assert plan_of(walk).lead == "emil"

    several = Walk(Tier.MEDIUM, edition=2).to_planning().staffed(ENZO, EMIL, EDDA, areas=AREAS[:2])
    assert plan_of(several).lead == "edda"


def test_the_plans_digest_holds_the_lead_and_the_first_edition_knows_none() -> None:
    first, second = plan_of(Walk().to_evaluation()), plan_of(in_evaluation())
    assert (first.lead, second.lead) == (None, "edda")
    assert first.digest != second.digest
    assert first.criteria == second.criteria


def test_the_confirmed_answers_are_kept_with_the_tier_they_give() -> None:
    walk = in_evaluation(Tier.MEDIUM)
    answers = {**walk.case.lodged.answers, "Q1": 0}
    walk.act("confirm_answers", walk.lead(), answers=answers, rationale={"Q1": text("Only a game.")})

    found = walk.case.confirmation
    assert isinstance(found, TierConfirmation)
    assert (found.reviewer, found.answers, found.rationale) == (
        walk.lead().person,
        answers,
        {"Q1": text("Only a game.")},
    )
    assert found.assessment.base == walk.case.assessment.base - 1
    assert walk.case.assessment == Walk(Tier.MEDIUM).to_intake().case.assessment


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers": {}}, "answer_missing"),
        ({"answers": {**lodged().answers, "Q99": 1}}, "unknown_question"),
        ({"rationale": {"Q99": text()}}, "unknown_question"),
        ({"answers": {**lodged().answers, "Q1": 1}}, "rationale_missing"),
        ({"answers": {**lodged().answers, "Q1": None}, "rationale": {"Q2": text()}}, "rationale_missing"),
        ({"answers": {**lodged().answers, "Q1": 4}, "rationale": {"Q1": text()}}, "answer_out_of_scale"),
    ],
)
def test_a_confirmation_answers_every_question_and_explains_every_other_answer(
    changes: dict[str, Any], code: str
) -> None:
    with refused(code):
        in_evaluation().act("confirm_answers", EDDA, **{"answers": lodged().answers, **changes})


@pytest.mark.parametrize("who", [EMIL, SECRETARY, APPLICANT, MEMBERS[0]])
def test_nobody_but_the_lead_reviewer_confirms(who: PersonFacts) -> None:
    with refused("not_the_lead"):
        in_evaluation().confirmed(Tier.LOW, by=who)


def test_the_answers_are_confirmed_once_and_by_someone_free_of_interests() -> None:
    with refused("already_confirmed"):
        in_evaluation().confirmed().confirmed(Tier.LOW)

    walk = in_evaluation(Tier.MEDIUM).confirmed()
    walk.act("declare_interests", EMIL, has_interest=True, statement=text())
    assert not is_confirmed(walk.case)
    with refused("has_interest"):
        walk.confirmed(Tier.LOW, by=EMIL)
    walk.staffed(ENZO, areas=("ethics_or_law",)).confirmed(by=ENZO)
    assert is_confirmed(walk.case)


def test_the_evaluation_closes_only_when_the_answers_are_confirmed() -> None:
    walk = in_evaluation()
    walk.act("submit_review", EDDA, findings=walk.findings("edda"))
    assert walk.case.stage == Stage.EVALUATION

    walk.confirmed()
    assert kinds(walk, 2) == ["answers_confirmed", "evaluation_closed"]

    first = Walk().to_evaluation()
    assert first.act("submit_review", EDDA, findings=first.findings("edda")).case.stage == Stage.RECOMMENDATION


# Disputes


@pytest.mark.parametrize("stated", list(Tier))
@pytest.mark.parametrize("found", list(Tier))
def test_one_tier_higher_applies_at_once_two_are_referred_and_lower_changes_nothing(stated: Tier, found: Tier) -> None:
    walk = in_evaluation(stated).confirmed(found)
    steps = found.rank - stated.rank

    if steps == 1:
        assert kinds(walk, 2) == ["answers_confirmed", "tier_raised"]
        assert (walk.case.tier, walk.case.stage) == (found, Stage.EVIDENCE)
    elif steps > 1:
        assert "tier_dispute_referred" in kinds(walk, 3)
        assert (walk.case.tier, walk.case.disputed_tier, walk.case.stage) == (stated, found, Stage.EVALUATION)
    else:
        assert walk.events[-1].kind == "answers_confirmed"
        assert (walk.case.tier, walk.case.stage) == (stated, Stage.EVALUATION)


def test_a_raise_begins_again_at_the_evidence_with_the_clock_of_the_higher_tier() -> None:
    walk = in_evaluation().pass_time(days=5).confirmed(Tier.MEDIUM)
    days = walk.rules.clocks.evidence_stage_days[Tier.MEDIUM]

    (clock,) = clocks_of(walk.case, walk.rules)
    assert (clock.name, clock.started_at) == ("evidence", walk.now)
    assert clock.due_at == walk.now + timedelta(days=days)
    assert (walk.case.plan, walk.case.results, walk.case.raised_tier) == (None, (), Tier.MEDIUM)
    assert walk.pass_time(days=days).case.stage == Stage.LAPSED


def test_after_a_raise_evidence_is_handed_in_again_and_reviews_handed_in_stand() -> None:
    walk = in_evaluation()
    walk.act("submit_review", EDDA, findings=walk.findings("edda"))
    walk.confirmed(Tier.MEDIUM)
    judged = {finding.criterion for finding in walk.case.reviews["edda"].findings}
    with refused("evidence_incomplete"):
        walk.act("submit_evidence", APPLICANT)

    walk.with_evidence().act("submit_evidence", APPLICANT)
    assert walk.case.stage == Stage.PLANNING
    assert walk.case.manifest is not None
    assert (walk.case.manifest.version, len(walk.case.manifests)) == (2, 1)
    with refused("reviewers_missing"):
        walk.act("approve_plan", SECRETARY)
    walk.staffed(EMIL, areas=("ai_technical",))

    plan = plan_of(walk)
    assert set(plan.criteria["edda"]) == judged
    assert not judged & set(plan.criteria["emil"])
    assert plan.lead == "edda"
    walk.reviewed()
    assert walk.case.stage == Stage.RECOMMENDATION


def test_a_raised_case_is_decided_by_the_rules_of_the_higher_tier() -> None:
    walk = in_evaluation().confirmed(Tier.MEDIUM).with_evidence().act("submit_evidence", APPLICANT)
    walk.staffed(EMIL, areas=("ai_technical",)).reviewed().recommended().act("open_round", SECRETARY)
    vote = walk.case.rounds[-1]
    assert (vote.quorum, vote.seed, len(vote.electorate)) == ("1/2", None, 7)


def test_in_a_dispute_the_reviewers_clock_stands_still_and_the_evaluation_cannot_close() -> None:
    walk = disputed()
    assert walk.case.stops["evaluation"].stopped_at == walk.now
    walk.act("submit_review", EDDA, findings=walk.findings("edda"))
    assert walk.case.stage == Stage.EVALUATION


def test_an_answer_to_a_question_does_not_set_the_clock_going_during_a_dispute() -> None:
    walk = in_evaluation().asked(EDDA)
    walk.confirmed(Tier.HIGH).answered()
    assert "evaluation" in walk.case.stops
    assert due(walk.case, walk.now + timedelta(days=400), walk.rules) == ()


# The working group


def test_a_working_group_of_three_is_drawn_verifiably_and_votes_on_the_tier_that_was_found() -> None:
    walk = disputed().proposed(Tier.HIGH)
    vote = walk.case.rounds[0]

    assert (vote.proposed_tier, vote.results) == (Tier.HIGH, ())
    assert (len(vote.electorate), vote.base_min, vote.quorum, vote.majority) == (3, 3, "3", "simple")
    assert vote.seed is not None
    assert set(vote.electorate) | set(vote.reserves) == set(vote.pool) == {one.person for one in walk.members}


def test_another_confirmation_draws_another_working_group_and_nobody_can_choose_it_alone() -> None:
    seeds = set()
    for words in ("One reason.", "Another reason."):
        walk = in_evaluation()
        answers = dict(zip(walk.rules.questions, TIER_ANSWERS[Tier.HIGH], strict=True))
        walk.act("confirm_answers", EDDA, answers=answers, rationale=dict.fromkeys(answers, text(words)))
        seeds.add(walk.proposed(Tier.HIGH).case.rounds[0].seed)
    assert len(seeds) == 2


def test_a_majority_of_the_working_group_raises_the_tier() -> None:
    walk = disputed().proposed(Tier.HIGH).voted(GRANT, REFUSE, GRANT)
    assert kinds(walk, 3) == ["ballot_cast", "round_closed", "tier_raised"]
    raised = walk.events[-1]
    assert isinstance(raised, TierRaised)
    assert (raised.cause, raised.round, raised.actor) == ("commission", 1, "engine")
    assert (walk.case.tier, walk.case.stage, walk.case.disputed_tier) == (Tier.HIGH, Stage.EVIDENCE, None)


@pytest.mark.parametrize("choices", [(REFUSE, REFUSE, GRANT), (GRANT, ABSTAIN, ABSTAIN), (GRANT, REFUSE, ABSTAIN)])
def test_without_a_majority_the_tier_is_kept_and_the_evaluation_goes_on(choices: tuple[Choice, ...]) -> None:
    walk = disputed().pass_time(days=2).proposed(Tier.HIGH).pass_time(days=1)
    left = walk.case.stops["evaluation"].due_at
    walk.voted(*choices)

    assert kinds(walk, 3) == ["round_closed", "tier_kept", "clock_resumed"]
    assert (walk.case.tier, walk.case.disputed_tier, walk.case.stops) == (Tier.LOW, None, {})
    assert walk.case.due["evaluation"] > left
    walk.reviewed()
    assert walk.case.stage == Stage.RECOMMENDATION


def test_without_a_quorum_nothing_is_decided_and_another_working_group_is_drawn() -> None:
    walk = disputed().proposed(Tier.HIGH).voted(GRANT, GRANT).pass_time(days=30)
    assert walk.case.rounds[0].tally is not None
    assert not walk.case.rounds[0].tally.quorum_reached
    assert (walk.case.tier, walk.case.disputed_tier) == (Tier.LOW, Tier.HIGH)

    walk.proposed(Tier.HIGH).voted(GRANT, GRANT, GRANT)
    assert walk.case.tier == Tier.HIGH


def test_a_vote_on_the_tier_is_no_decision_on_the_label() -> None:
    walk = disputed().proposed(Tier.HIGH).voted(GRANT, GRANT, GRANT)
    assert walk.case.decision is None
    assert "decision_taken" not in {event.kind for event in walk.events}


def test_in_a_dispute_the_vote_is_about_the_tier_that_was_found() -> None:
    with refused("another_tier_disputed"):
        disputed().proposed(Tier.CRITICAL)


def test_a_member_tied_to_the_case_or_reviewing_it_is_not_drawn_and_does_not_vote() -> None:
    both = person("member-z", Role.COMMISSIONER, Role.EXPERT, areas=AREAS)
    walk = Walk(edition=2).to_planning()
    walk.members = (*MEMBERS[:5], both)
    walk.act("assign_reviewer", SECRETARY, reviewer="member-z", areas=("ethics_or_law",))
    walk.act("declare_interests", both, has_interest=False).act("answer_assignment", both, accepts=True)
    walk.act("approve_plan", SECRETARY).confirmed(Tier.HIGH, by=both).act("open_round", SECRETARY, proposed_tier="high")

    assert "member-z" not in walk.case.rounds[0].pool
    with refused("reviewed_and_decides"):
        walk.ballot(both, GRANT)


def test_nobody_sends_back_on_a_tier_and_no_grounds_are_asked_for() -> None:
    walk = disputed().proposed(Tier.HIGH)
    voter = walk.voters()[0]
    with refused("no_such_choice"):
        walk.ballot(voter, Choice.SEND_BACK)
    assert walk.ballot(voter, REFUSE).case.rounds[0].ballots[voter.person].choice == REFUSE


def test_the_dispute_ends_with_the_interest_of_whoever_raised_it_once_another_has_confirmed() -> None:
    walk = in_evaluation(Tier.MEDIUM)
    walk.confirmed(Tier.CRITICAL)
    walk.act("declare_interests", EMIL, has_interest=True, statement=text())
    walk.staffed(ENZO, areas=("ethics_or_law",)).confirmed(by=ENZO)
    assert (walk.case.disputed_tier, walk.case.stops) == (None, {})
