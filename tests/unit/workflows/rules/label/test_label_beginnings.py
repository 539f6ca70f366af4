"""What a case hands to the life of its label."""

from datetime import date

import pytest

from schemas.label_acts import BeginLife
from schemas.scheme import Tier
from tests.builders import EXPERTS, Walk, scheme_digest
from tests.label_walk import BUILD, EXPIRING, begin_content, granted
from workflows.rules.label.beginnings import begin_life_content


def test_a_label_knows_who_judged_and_who_decided_its_case() -> None:
    case = granted(Tier.HIGH).case
    content = begin_life_content(case)

    assert content["application"] == case.id
    assert content["decision"] == case.decision.number
    assert set(content["shares"]) == {one.person for one in EXPERTS}
    assert set(content["electors"]) == set(case.rounds[-1].electorate)
    assert content["areas"] == ["ai_technical", "application_domain", "ethics_or_law"]
    assert (content["scheme_digest"], content["build_digest"]) == (scheme_digest(), BUILD)
    assert content["case_items"] == case.items_numbered


def test_a_label_knows_who_left_the_evaluation_of_its_case_and_who_was_drawn_and_left() -> None:
    case = granted(Tier.HIGH).case
    asked = next(iter(case.assignments.values()))
    left = asked.model_copy(update={"reviewer": "zoe", "accepted": False, "left_at": case.lodged_at})
    changes = {"assignments": {**case.assignments, "zoe": left}, "third_party_refused": ("ada",)}
    before, after = begin_life_content(case), begin_life_content(case.model_copy(update=changes))
    known = before.get("evaluators", [])
    assert [one for one in after["evaluators"] if one not in known] == ["zoe", "ada"]


def test_surveillances_draw_from_what_reviewers_found_met() -> None:
    case = granted(Tier.LOW).case
    results = {one.criterion: one for one in case.rounds[-1].results}
    met = begin_life_content(case)["met"]

    assert met == sorted(key for key, one in results.items() if one.source == "review" and one.verdict == "met")
    assert len(met) < len(results)


def test_a_label_carries_on_the_items_that_run_out_and_what_stands_in_for_them() -> None:
    content = begin_content(Tier.LOW, date(2026, 12, 31))
    assert [(one["criteria"], one["expires"]) for one in content["evidence"]] == [([EXPIRING], "2026-12-31")]
    assert begin_content(Tier.LOW)["evidence"] == []


def test_the_seed_changes_with_any_ballot() -> None:
    case = granted(Tier.LOW).case
    vote = case.rounds[-1]
    fewer = vote.model_copy(update={"ballots": dict(list(vote.ballots.items())[1:])})
    other = case.model_copy(update={"rounds": (*case.rounds[:-1], fewer)})
    assert begin_life_content(case)["seed"] != begin_life_content(other)["seed"]


def test_a_case_without_a_label_hands_over_nothing() -> None:
    with pytest.raises(ValueError, match="has no label"):
        begin_life_content(Walk().to_intake().case)


@pytest.mark.parametrize("tier", Tier)
def test_what_is_handed_over_is_the_content_of_the_act(tier: Tier) -> None:
    content = begin_content(tier)
    act = BeginLife.model_validate(
        {**content, "act_id": "one", "matter": "0123456789ABCDEF", "actor": {"person": "engine"}}
    )
    assert {key: value for key, value in act.model_dump(mode="json").items() if key in content} == content
