"""What a self-check says is what an application would meet: the same rules, and every reason with it."""

from typing import Any

import pytest

from schemas.scheme import GateOutcome, Tier
from schemas.self_check import SelfCheck, SelfCheckAnswers
from tests.builders import TIER_ANSWERS, Walk, scheme
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.evidence import missing, requirements_of
from workflows.rules.self_check import self_check

RULES = scheme().rules
BOTH = ("developer", "operator")
PASSING = {"G1": "yes", "G2": "no", "G3": "yes", "G4": "no", "G5": "None known."}


def found(tier: Tier = Tier.LOW, **changes: Any) -> SelfCheck:
    given = {
        "roles": BOTH,
        "gates": PASSING,
        "answers": dict(zip(RULES.questions, TIER_ANSWERS[tier], strict=True)),
        "statements": {"groups_people": False},
    }
    return self_check(scheme(), SelfCheckAnswers.model_validate({**given, **changes}))


@pytest.mark.parametrize("tier", list(Tier))
def test_it_finds_the_tier_and_the_requirements_that_an_application_meets(tier: Tier) -> None:
    case = Walk(tier).to_intake().case
    check = found(tier)

    assert check.assessment == case.assessment
    assert [(one.id, one.status, one.mandatory, one.source) for one in check.criteria] == [
        (one.criterion, one.status, one.mandatory, one.source) for one in requirements_of(case, RULES)
    ]
    assert tuple(one.id for one in check.with_status("to_be_shown", mandatory=True)) == missing(case, RULES)


@pytest.mark.parametrize("tier", list(Tier))
def test_it_tells_times_and_fee_of_the_tier(tier: Tier) -> None:
    check, rules = found(tier), RULES.tiers[tier]

    assert check.times.working_days == rules.sla_working_days
    assert check.times.evidence_days == RULES.clocks.evidence_stage_days[tier]
    assert check.times.validity_months == rules.validity_months
    assert (check.fee.amount, check.fee.currency) == (RULES.fees.amounts[tier], RULES.fees.currency)
    assert check.fee.owed == scheme().texts.fees.owed


def test_the_tier_is_derived_step_by_step_each_with_its_reason() -> None:
    check = found(answers={**dict.fromkeys(RULES.questions, 0), "Q3": 3, "Q8": 2})

    assert (check.assessment.base, check.assessment.band, check.band) == (5, Tier.LOW, RULES.scoring.bands[Tier.LOW])
    assert check.greatest_sum == len(RULES.questions) * RULES.scoring.scale.max
    assert [(limit.id, limit.kind, limit.tier) for limit in check.limits] == [
        ("F1", "floor", Tier.HIGH),
        ("F3", "floor", Tier.CRITICAL),
    ]
    assert [limit.why for limit in check.limits] == [scheme().texts.whys["F1"], scheme().texts.whys["F3"]]
    assert check.limits[1].when == "Q3 == 3 and Q8 >= 2"
    assert check.assessment.tier == Tier.CRITICAL


def test_a_cap_holds_the_band_down() -> None:
    reach_alone = {"Q4": 3, "Q5": 3, "Q8": 3, "Q9": 2, "Q10": 3, "Q11": 2, "Q12": 1}
    check = found(answers={**dict.fromkeys(RULES.questions, 0), **reach_alone})

    assert (check.assessment.band, check.capped, check.assessment.tier) == (Tier.HIGH, Tier.MEDIUM, Tier.MEDIUM)
    assert [(limit.id, limit.kind) for limit in check.limits] == [("C1", "cap")]


def test_what_is_not_answered_counts_as_the_worst_and_is_said_to() -> None:
    nothing = found(gates={}, answers={}, statements={})
    some = found(answers={"Q1": 0, "Q2": "unknown", "Q3": None})

    assert nothing.assessment.base == nothing.greatest_sum
    assert nothing.assessment.tier == Tier.CRITICAL
    assert [one.id for one in some.questions if one.known] == ["Q1"]
    assert {one.points for one in some.questions if not one.known} == {RULES.scoring.scale.max}


def test_a_statement_that_is_unknown_is_worse_than_no() -> None:
    answers = {**dict.fromkeys(RULES.questions, 0), "Q9": 1}

    asked = [
        {one.id for one in found(answers=answers, statements=stated).with_status("to_be_shown", mandatory=True)}
        for stated in ({"groups_people": False}, {"groups_people": "unknown"}, {})
    ]

    assert asked[1] == asked[2] > asked[0]
    assert asked[1] - asked[0] == {"I-1.4-01", "I-1.4-03"}


@pytest.mark.parametrize(
    ("answer", "outcome", "barred"),
    [
        ({"G1": "no"}, GateOutcome.OUT_OF_SCOPE, "G1"),
        ({"G2": "yes"}, GateOutcome.REFUSE, "G2"),
        ({"G2": "unknown"}, GateOutcome.ASK, None),
        ({"G3": "no"}, GateOutcome.START_ACCESSION, None),
        ({"G4": "yes"}, GateOutcome.AT_LEAST_CRITICAL, None),
        ({"G5": " "}, GateOutcome.ASK, None),
    ],
)
def test_each_gate_tells_what_it_leads_to(answer: dict[str, str], outcome: GateOutcome, barred: str | None) -> None:
    given = {gate: said for gate, said in {**PASSING, **answer}.items() if said.strip()}
    check = found(gates=given)

    (gate,) = answer
    assert {one.id: one.outcome for one in check.gates} == dict.fromkeys(PASSING) | {gate: outcome}
    assert check.barred_by == barred


def test_a_gate_that_raises_the_tier_stands_last_in_its_derivation() -> None:
    check = found(gates={**PASSING, "G4": "yes"})

    assert (check.assessment.band, check.assessment.tier) == (Tier.LOW, Tier.CRITICAL)
    assert check.limits[-1].id == "G4"
    assert check.limits[-1].why == scheme().texts.gates["G4"]


def test_criteria_of_another_role_are_told_apart_with_whose_they_are() -> None:
    others = found(Tier.CRITICAL, roles=["developer"]).with_status("not_applicable_by_role")

    assert others
    assert {one.roles for one in others} == {("operator",)}


def test_a_short_form_is_named_in_the_low_tier_only() -> None:
    short = {rule.id for rule in RULES.criteria.values() if rule.short_form_low}

    assert {one.id for one in found().criteria if one.short_form} == {
        rule.id for rule in RULES.criteria_of(Tier.LOW) if rule.id in short
    }
    assert not any(one.short_form for one in found(Tier.MEDIUM).criteria)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": ["bystander"]}, "unknown_role"),
        ({"gates": {"G99": "yes"}}, "unknown_gate"),
        ({"gates": {"G1": "perhaps"}}, "gate_unreadable"),
        ({"answers": {"Q99": 0}}, "unknown_question"),
        ({"answers": {"Q1": 4}}, "answer_out_of_scale"),
        ({"statements": {"is_kind": True}}, "unknown_statement"),
    ],
)
def test_what_the_scheme_does_not_ask_is_refused_and_not_taken_for_unknown(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        found(**changes)
