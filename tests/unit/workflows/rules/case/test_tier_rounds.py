"""Rounds of the Commission on a higher tier: when they may be held, what they change, and that no tier is lowered."""

import pytest

from schemas.events import TierRaised
from schemas.people import PersonFacts, Role
from schemas.review import Plan
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import (
    APPLICANT,
    AREAS,
    EXPERTS,
    MEMBERS,
    SECRETARY,
    Walk,
    lodged,
    person,
    text,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.procedure import OPEN_TIER_ROUND, due, may

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


@pytest.mark.parametrize("step", ["to_evaluation", "to_recommendation", "to_decision"])
def test_the_commission_may_raise_the_tier_until_it_has_decided(step: str) -> None:
    walk = Walk(Tier.MEDIUM, edition=2)
    getattr(walk, step)()
    walk.proposed(Tier.CRITICAL)
    vote = walk.case.rounds[-1]
    assert (vote.quorum, vote.majority, vote.base_min, vote.seed) == ("1/2", "simple", 5, None)

    walk.voted(*[GRANT] * 7)
    assert (walk.case.tier, walk.case.stage) == (Tier.CRITICAL, Stage.EVIDENCE)
    assert (walk.case.recommendation, walk.case.rapporteur, walk.case.hearing) == (None, None, None)
    assert walk.case.results == ()


def test_a_vote_that_keeps_the_tier_leaves_the_case_where_it_is_and_its_label_is_decided_by_another_round() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_decision().proposed(Tier.HIGH).voted(*[REFUSE] * 7)
    assert (walk.case.stage, walk.case.decision, walk.case.tier) == (Stage.DECISION, None, Tier.MEDIUM)
    assert due(walk.case, walk.now, walk.rules) == ()

    walk.act("open_round", SECRETARY).all_declare().voted(*[GRANT] * 7)
    assert walk.case.stage == Stage.ATTESTATION
    assert walk.case.decision is not None
    assert walk.case.decision.round == 2


def test_a_round_on_the_tier_closes_at_its_time_wherever_the_case_stands() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_evaluation().proposed(Tier.HIGH)
    assert "round" in {clock.name for clock in clocks_of(walk.case, walk.rules)}
    walk.pass_time(days=30)
    assert walk.case.open_round is None
    assert walk.case.tier == Tier.MEDIUM


def test_the_rounds_of_a_case_share_one_counting_and_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_decision().proposed(Tier.HIGH).voted(*[REFUSE] * 7)
    monkeypatch.setattr("workflows.rules.case.rounds.ROUNDS_MAX", 1)
    with refused("too_many_rounds"):
        walk.proposed(Tier.HIGH)
    with refused("too_many_rounds"):
        walk.act("open_round", SECRETARY)


def test_no_round_on_a_tier_without_enough_members() -> None:
    walk = Walk(edition=2, members=2).to_evaluation().confirmed(Tier.HIGH)
    with refused("electorate_too_small"):
        walk.proposed(Tier.HIGH)


@pytest.mark.parametrize("who", [APPLICANT, EDDA, MEMBERS[0], person("olaf", Role.OPERATOR)])
def test_only_the_secretariat_opens_a_round_on_a_tier(who: PersonFacts) -> None:
    with refused("role_missing"):
        disputed().act("open_round", who, proposed_tier=Tier.HIGH)


def test_no_round_on_a_tier_before_the_evaluation_beside_another_round_or_in_the_first_edition() -> None:
    with refused("wrong_stage"):
        Walk(edition=2).to_planning().proposed(Tier.HIGH)
    with refused("round_is_open"):
        disputed().proposed(Tier.HIGH).proposed(Tier.HIGH)
    with refused("round_is_open"):
        Walk(edition=2).to_round().proposed(Tier.HIGH)
    with refused("earlier_edition"):
        Walk().to_evaluation().proposed(Tier.HIGH)
    with refused("round_is_open"):
        in_evaluation().proposed(Tier.MEDIUM).confirmed(Tier.LOW)
    assert may(OPEN_TIER_ROUND, in_evaluation().case, SECRETARY, Walk().rules)
    assert not may(OPEN_TIER_ROUND, in_evaluation().case, EDDA, Walk().rules)


# Nobody lowers a tier


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("proposed", list(Tier))
def test_a_round_proposes_nothing_but_a_higher_tier(tier: Tier, proposed: Tier) -> None:
    walk = in_evaluation(tier)
    if tier == Tier.CRITICAL:
        with refused("no_higher_tier"):
            walk.proposed(proposed)
    elif proposed <= tier:
        with refused("tier_not_higher"):
            walk.proposed(proposed)
    else:
        assert walk.proposed(proposed).case.open_round is not None


@pytest.mark.parametrize("role", list(Role))
def test_no_role_lowers_a_tier_once_the_application_is_accepted(role: Role) -> None:
    own = "org-acme" if role == Role.APPLICANT else None
    somebody = person("somebody", role, organisation=own, areas=AREAS)
    walk = in_evaluation(Tier.HIGH)
    with refused("not_the_lead"):
        walk.act("confirm_answers", somebody, answers=lodged().answers)
    code = "tier_not_higher" if role == Role.SECRETARIAT else "role_missing"
    with refused(code):
        walk.act("open_round", somebody, proposed_tier=Tier.LOW)
    code = "wrong_stage" if role == Role.APPLICANT else "not_the_applicant"
    with refused(code):
        walk.act("amend_application", somebody, lodged=lodged(Tier.LOW))
    assert walk.case.tier == Tier.HIGH


def test_a_fold_never_gives_a_lower_tier_than_the_answers_do() -> None:
    walk = in_evaluation(Tier.HIGH)
    lowering = TierRaised(
        at=walk.now, actor="engine", tier=Tier.LOW, cause="commission", round=1, evidence_due_at=walk.now
    )
    assert walk.take((lowering,)).case.tier == Tier.HIGH


def test_later_answers_that_give_less_never_lower_a_raised_tier() -> None:
    walk = in_evaluation(Tier.MEDIUM).confirmed(Tier.HIGH).with_evidence().act("submit_evidence", APPLICANT)
    walk.staffed(ENZO, areas=("application_domain",))
    walk.act("declare_interests", EMIL, has_interest=True, statement=text())
    other = person("elsa", Role.EXPERT, areas=AREAS)
    walk.staffed(other, areas=("ethics_or_law",)).confirmed(Tier.LOW, by=other)
    assert walk.case.tier == Tier.HIGH
    assert walk.reviewed((*EXPERTS, other), I_1_1_01=Verdict.MET).case.stage == Stage.RECOMMENDATION
