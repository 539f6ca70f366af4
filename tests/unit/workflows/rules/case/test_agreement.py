"""How far reviewers agree: pairs with the same verdict, of all pairs, per criterion and over all."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from schemas.review import Finding, Review
from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import EXPERTS, START, Walk, text
from workflows.rules.case.agreement import agreement, overall

FIRST = "I-1.1-01"


def judged_by(*verdicts: Verdict) -> tuple[int, int]:
    """The figures of one criterion with these verdicts."""
    names = [f"reviewer-{number}" for number in range(len(verdicts))]
    reviews = {
        name: Review(
            reviewer=name,
            submitted_at=START,
            findings=(Finding(criterion=FIRST, verdict=verdict, rationale=text()),),
        )
        for name, verdict in zip(names, verdicts, strict=True)
    }
    case = Walk().to_evaluation().case
    assert case.plan is not None
    plan = case.plan.model_copy(update={"criteria": dict.fromkeys(names, (FIRST,))})
    figures = agreement(case.model_copy(update={"plan": plan, "reviews": reviews}))
    assert sum(figures[0].verdicts.values()) == len(verdicts)
    return figures[0].agreeing, figures[0].pairs


@given(st.lists(st.sampled_from(Verdict), min_size=2, max_size=5))
def test_agreement_counts_every_pair_of_reviewers_once(verdicts: list[Verdict]) -> None:
    pairs = list(combinations(verdicts, 2))
    assert judged_by(*verdicts) == (sum(one == other for one, other in pairs), len(pairs))


def test_two_who_agree_and_two_who_do_not() -> None:
    assert judged_by(Verdict.MET, Verdict.MET) == (1, 1)
    assert judged_by(Verdict.MET, Verdict.PARTLY_MET) == (0, 1)
    assert judged_by(Verdict.MET, Verdict.MET, Verdict.NOT_MET) == (1, 3)


def test_a_criterion_of_one_reviewer_has_no_figures() -> None:
    assert agreement(Walk(edition=2).to_recommendation().case) == ()
    assert overall(()) == (0, 0)


def test_over_all_criteria_the_pairs_add_up() -> None:
    walk = Walk(Tier.HIGH, edition=2).to_evaluation()
    assert walk.case.plan is not None
    shared = next(one for one in walk.case.plan.criteria["edda"] if one in walk.case.plan.criteria["emil"])
    edda = [one.model_copy(update={"verdict": Verdict.PARTLY_MET}) if one.criterion == shared else one
            for one in walk.findings("edda")]  # fmt: skip
    walk.confirmed().act("submit_review", EXPERTS[0], findings=tuple(edda))
    walk.reviewed()

    figures = {one.criterion: one for one in agreement(walk.case)}
    assert figures[shared].verdicts == {Verdict.MET: 1, Verdict.PARTLY_MET: 1}
    agreeing, pairs = overall(figures.values())
    assert (pairs - agreeing, figures[shared].agreeing) == (1, 0)


def test_who_left_the_plan_counts_no_more() -> None:
    walk = Walk(Tier.HIGH, edition=2).to_recommendation()
    before = len(agreement(walk.case))
    assert walk.case.plan is not None
    plan = walk.case.plan.model_copy(update={"criteria": {"edda": walk.case.plan.criteria["edda"]}})
    assert before > len(agreement(walk.case.model_copy(update={"plan": plan}))) == 0
