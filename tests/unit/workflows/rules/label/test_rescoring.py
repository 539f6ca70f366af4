"""The risk is scored again at each surveillance, and a label whose risk outgrew its tier is not maintained (I-2.1)."""

import pytest

from schemas.label_facts import RecordFacts, ScoredFacts
from schemas.scheme import Tier
from tests.builders import SECRETARY, scheme
from tests.label_walk import LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.life import may_put_maintain_to_vote


def answered(*points: int | None) -> dict[str, int | None]:
    return dict(zip(scheme().rules.questions, points, strict=True))


GATES = RecordFacts(scored=ScoredFacts(gates={"G4": "no"}))
LOW, HIGH = (0,) * 12, (3,) * 12


def test_a_surveillance_scores_the_risk_again_by_the_answers_of_today() -> None:
    walk = LabelWalk().to_surveillance().handed_in(around=GATES, answers=answered(*LOW))

    assert walk.state.surveillances[0].submission.rescored.tier == Tier.LOW


@pytest.mark.parametrize("answers", [None, {}, {"Q1": 0}])
def test_without_an_answer_to_every_question_nothing_is_handed_in(answers: dict[str, int] | None) -> None:
    with refused("answers_missing"):
        LabelWalk().to_surveillance().handed_in(around=GATES, answers=answers)


def test_an_answer_outside_its_scale_is_refused() -> None:
    with refused("answer_out_of_scale"):
        LabelWalk().to_surveillance().handed_in(around=GATES, answers=answered(*LOW[1:], 9))


@pytest.mark.parametrize(("answers", "gates"), [(HIGH, "no"), ((None,) * 12, "no"), (LOW, "yes")])
def test_a_label_whose_risk_grew_above_its_tier_is_not_maintained(answers: tuple[int | None, ...], gates: str) -> None:
    around = RecordFacts(scored=ScoredFacts(gates={"G4": gates}))
    walk = LabelWalk().to_surveillance().handed_in(around=around, answers=answered(*answers)).judged()

    with refused("tier_outgrown"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)
    assert may_put_maintain_to_vote(walk.state, SECRETARY, walk.rules).refusal is not None


def test_a_label_whose_risk_fell_is_maintained_in_its_tier() -> None:
    walk = LabelWalk(Tier.HIGH).to_surveillance().handed_in(around=GATES, answers=answered(*LOW)).judged().maintained()

    assert walk.state.tier == Tier.HIGH
    assert walk.state.surveillances[0].outcome == "maintain"


def test_what_was_handed_in_before_anybody_asked_again_is_taken_as_it_was() -> None:
    walk = LabelWalk().to_surveillance().handed_in()

    assert walk.state.surveillances[0].submission.rescored is None
    assert "rescored" not in walk.events[-1].model_dump(mode="json")["submission"]
