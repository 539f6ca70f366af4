"""Stage 4: who is asked, their yes or no, and how the criteria are shared out."""

from collections import Counter

import pytest

from schemas.canonical import digest_of
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import AREAS, EXPERTS, ORGANISATION, SECRETARY, Walk, person
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import assignment
from workflows.rules.case.assignment import criteria_by_reviewer
from workflows.rules.case.evaluation import to_be_judged
from workflows.rules.requirements import RequirementStatus, requirements

EDDA, EMIL, ENZO = EXPERTS
ASKED = {"reviewer": "edda", "areas": ("ethics_or_law",)}


def experts(number: int) -> tuple[str, ...]:
    return tuple(f"expert-{place}" for place in range(number))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"roles": (Role.COMMISSIONER,)}, "role_missing"),
        ({"organisation": ORGANISATION}, "own_organisation"),
        ({"roles": (Role.EXPERT, Role.NEUTRAL_THIRD_PARTY)}, "is_third_party"),
        ({"areas": ("ai_technical",)}, "not_competent"),
    ],
)
def test_an_expert_who_is_not_free_or_not_competent_is_not_asked(facts: dict[str, object], code: str) -> None:
    with refused(code):
        Walk().to_planning().act("assign_reviewer", SECRETARY, **ASKED, people={"edda": EDDA.model_copy(update=facts)})


def test_an_unknown_expert_or_an_area_the_tier_does_not_ask_for_is_refused() -> None:
    walk = Walk().to_planning()
    with refused("unknown_person"):
        walk.act("assign_reviewer", SECRETARY, **{**ASKED, "reviewer": "nobody"})
    with refused("area_not_needed"):
        walk.act("assign_reviewer", SECRETARY, reviewer="edda", areas=("ai_technical",))


def test_an_expert_is_asked_once_and_answers_once_after_declaring() -> None:
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, **ASKED)
    with refused("already_assigned"):
        walk.act("assign_reviewer", SECRETARY, **ASKED)
    with refused("interests_not_declared"):
        walk.act("answer_assignment", EDDA, accepts=True)

    walk.act("declare_interests", EDDA, has_interest=False).act("answer_assignment", EDDA, accepts=True)
    assert walk.case.assignments["edda"].accepted is True
    with refused("already_answered"):
        walk.act("answer_assignment", EDDA, accepts=True)


def test_an_expert_may_say_no_without_declaring_and_take_a_yes_back_before_the_plan() -> None:
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, **ASKED).act("answer_assignment", EDDA, accepts=False)
    assert walk.case.assignments["edda"].accepted is False
    with refused("not_assigned"):
        walk.act("answer_assignment", EDDA, accepts=False)
    with refused("not_assigned"):
        walk.act("answer_assignment", EMIL, accepts=False)

    walk.act("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",))
    walk.act("declare_interests", EMIL, has_interest=False).act("answer_assignment", EMIL, accepts=True)
    walk.act("answer_assignment", EMIL, accepts=False)
    with refused("reviewers_missing"):
        walk.act("approve_plan", SECRETARY)


def test_more_experts_than_a_case_can_carry_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "ASKED_MAX", 1)
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, **ASKED)
    with refused("too_many_reviewers"):
        walk.act("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",))


@pytest.mark.parametrize("tier", list(Tier))
def test_the_plan_waits_for_the_tiers_number_of_reviewers_and_for_each_of_its_areas(tier: Tier) -> None:
    wanted = Walk(tier).rules.tiers[tier].reviewers
    with refused("reviewers_missing"):
        Walk(tier).to_planning().staffed(*EXPERTS[: wanted.count - 1])
    if len(wanted.areas) > 1:
        with refused("reviewers_missing"):
            Walk(tier).to_planning().staffed(*EXPERTS[: wanted.count], areas=wanted.areas[:1])


@pytest.mark.parametrize("tier", list(Tier))
def test_every_mandatory_criterion_to_be_shown_gets_exactly_the_tiers_number_of_reviews(tier: Tier) -> None:
    walk = Walk(tier).to_evaluation()
    plan, lodged = walk.case.plan, walk.case.lodged
    assert plan is not None
    asked = requirements(
        walk.rules, tier=tier, roles=lodged.roles, answers=lodged.answers, statements=lodged.statements
    )
    shown = {one.criterion for one in asked if one.mandatory and one.status == RequirementStatus.TO_BE_SHOWN}

    given = Counter(criterion for share in plan.criteria.values() for criterion in share)
    assert {*given, *plan.lookups} == shown
    assert set(given.values()) == {walk.rules.tiers[tier].reviews_per_criterion}
    assert not set(given) & set(plan.lookups)
    assert all(len(set(share)) == len(share) for share in plan.criteria.values())


@pytest.mark.parametrize("tier", list(Tier))
def test_each_criterion_goes_to_a_reviewer_of_its_area_where_the_tier_has_one(tier: Tier) -> None:
    case = Walk(tier).to_evaluation().case
    rules = Walk(tier).rules
    assert case.plan is not None
    for criterion in to_be_judged(case, rules, lookup=False):
        area = rules.criteria[criterion].area
        judges = [who for who, share in case.plan.criteria.items() if criterion in share]
        if area in rules.tiers[tier].reviewers.areas:
            assert any(area in case.assignments[who].areas for who in judges), criterion


@pytest.mark.parametrize("number", range(3, 8))
def test_reviewers_of_the_same_areas_get_equal_shares(number: int) -> None:
    walk = Walk(Tier.HIGH).to_planning()
    walk.staffed(*(person(name, Role.EXPERT, areas=AREAS) for name in experts(number)), areas=AREAS)
    assert walk.case.plan is not None
    sizes = [len(share) for share in walk.case.plan.criteria.values()]
    assert max(sizes) - min(sizes) <= 1


def test_sharing_out_rests_on_the_case_alone_and_not_on_the_order_of_the_answers() -> None:
    case = Walk(Tier.HIGH).to_evaluation().case
    turned = case.model_copy(update={"assignments": dict(reversed(case.assignments.items()))})
    assert criteria_by_reviewer(turned, Walk().rules) == criteria_by_reviewer(case, Walk().rules)


def test_a_reviewer_with_nothing_to_judge_is_not_in_the_plan_and_keeps_nobody_waiting() -> None:
    names = experts(9)
    walk = Walk().to_planning().staffed(*(person(name, Role.EXPERT, areas=AREAS) for name in names))
    assert walk.case.plan is not None
    assert walk.case.plan.criteria.keys() == set(names[:8])

    walk.reviewed(by=tuple(person(name, Role.EXPERT, areas=AREAS) for name in names))
    assert walk.case.stage == Stage.RECOMMENDATION


def test_the_plans_digest_names_shares_manifest_and_scheme() -> None:
    case = Walk(Tier.MEDIUM).to_evaluation().case
    assert case.plan is not None
    assert case.manifest is not None
    assert case.plan.digest == digest_of(
        {
            "criteria": {who: list(share) for who, share in case.plan.criteria.items()},
            "lookups": list(case.plan.lookups),
            "manifest": case.manifest.digest,
            "scheme": case.lodged.scheme.digest,
        }
    )


def test_the_criteria_of_someone_who_left_are_never_left_without_a_judge() -> None:
    extra = person("elsa", Role.EXPERT, areas=AREAS)
    walk = Walk().to_planning().staffed(EDDA, EMIL)
    walk.act("submit_review", EMIL, findings=walk.findings("emil"))
    walk.act("declare_interests", EDDA, has_interest=True, statement=ASKED_TO_LEAVE)

    with refused("reviewers_missing"):
        walk.act("approve_plan", SECRETARY)  # Emil is enough for the tier, but handed in a part only
    with refused("already_reviewed"):
        walk.act("answer_assignment", EMIL, accepts=False)
    walk.staffed(extra)
    assert walk.case.plan is not None
    assert walk.case.plan.criteria.keys() == {"emil", "elsa"}


ASKED_TO_LEAVE = {"digest": "0" * 64, "length": 1}
