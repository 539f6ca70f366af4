"""The questionnaire gives the tier (Code, I-2.1): worked examples, precaution, and no way down."""

from functools import cache
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Unacceptable
from schemas.scheme import BUILT_IN, Example, GateOutcome, SchemeRules, Tier
from schemas.scheme_loading import load_scheme
from workflows.rules.risk import Score, assess_tier, counted_scores, gate_outcomes

CLEAN = {"G1": "yes", "G2": "no", "G3": "yes", "G4": "no", "G5": "Consumer law"}
SCHEME = load_scheme(BUILT_IN)
EXAMPLES = SCHEME.examples
DELETABLE = [
    *(cap.id for cap in SCHEME.rules.scoring.caps),
    *(floor.id for floor in SCHEME.rules.scoring.floors),
]


def rules() -> SchemeRules:
    return SCHEME.rules


def answers_of(example: Example) -> dict[str, Score]:
    return dict(zip(rules().questions, example.answers, strict=True))


@cache
def without(rule: str) -> SchemeRules:
    scoring = rules().scoring
    left = {
        "caps": tuple(cap for cap in scoring.caps if cap.id != rule),
        "floors": tuple(floor for floor in scoring.floors if floor.id != rule),
    }
    return rules().model_copy(update={"scoring": scoring.model_copy(update=left)})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name or example.decided_by)
def test_a_worked_example_gives_the_tier_it_names(example: Example) -> None:
    found = assess_tier(rules(), answers_of(example), CLEAN)

    assert found.tier == example.tier
    assert found.base == sum(example.answers)
    assert example.decided_by is None or example.decided_by in found.applied


@pytest.mark.parametrize("rule", DELETABLE)
def test_deleting_any_cap_or_floor_turns_an_example_red(rule: str) -> None:
    red = [one for one in EXAMPLES if assess_tier(without(rule), answers_of(one), CLEAN).tier != one.tier]

    assert rule in {one.decided_by for one in red}


answer_sheets = st.lists(st.integers(0, 3), min_size=12, max_size=12)


@given(answer_sheets, st.integers(0, 11), st.integers(1, 3))
def test_raising_one_answer_never_lowers_the_tier(sheet: list[int], at: int, by: int) -> None:
    raised = [*sheet[:at], min(3, sheet[at] + by), *sheet[at + 1 :]]

    before = assess_tier(rules(), dict(zip(rules().questions, sheet, strict=True)), CLEAN)
    after = assess_tier(rules(), dict(zip(rules().questions, raised, strict=True)), CLEAN)

    assert after.tier >= before.tier


@given(answer_sheets, st.integers(0, 11), st.sampled_from([None, "unknown"]))
def test_an_unknown_answer_counts_as_three_points(
    sheet: list[int], at: int, unknown: Literal["unknown"] | None
) -> None:
    known: dict[str, Score] = dict(zip(rules().questions, sheet, strict=True))
    question = rules().questions[at]

    assert assess_tier(rules(), known | {question: unknown}, CLEAN) == assess_tier(
        rules(), known | {question: 3}, CLEAN
    )


@given(answer_sheets)
def test_the_band_follows_from_the_sum_alone(sheet: list[int]) -> None:
    found = assess_tier(rules(), dict(zip(rules().questions, sheet, strict=True)), CLEAN)

    low, high = rules().scoring.bands[found.band]
    assert low <= sum(sheet) == found.base <= high


def test_no_answers_at_all_is_the_worst_case() -> None:
    found = assess_tier(rules(), {}, CLEAN)

    assert (found.tier, found.base) == (Tier.CRITICAL, 36)
    assert counted_scores(rules(), {}) == dict.fromkeys(rules().questions, 3)


def test_a_floor_is_applied_after_a_cap_and_wins() -> None:
    reach_only = dict.fromkeys(rules().questions, 3) | dict.fromkeys(("Q1", "Q2", "Q3", "Q6", "Q7", "Q12"), 1)

    found = assess_tier(rules(), reach_only, CLEAN)

    assert found.band == Tier.HIGH
    assert found.applied == ("C1", "F6", "F7")
    assert found.tier == Tier.HIGH
    assert assess_tier(without("F7"), reach_only, CLEAN).tier == Tier.MEDIUM


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_remote_biometric_identification_is_critical_whatever_the_answers(answer: str) -> None:
    found = assess_tier(rules(), dict.fromkeys(rules().questions, 0), {**CLEAN, "G4": answer})

    assert (found.tier, found.band, found.applied) == (Tier.CRITICAL, Tier.LOW, ("C1", "G4"))


def test_a_gate_nobody_answered_counts_as_unknown_for_the_tier() -> None:
    assert assess_tier(rules(), dict.fromkeys(rules().questions, 0), {}).tier == Tier.CRITICAL


@pytest.mark.parametrize("score", [-1, 4, True, "3", 1.0])
def test_an_answer_outside_the_scale_is_refused(score: object) -> None:
    with pytest.raises(Unacceptable, match="answer_out_of_scale"):
        assess_tier(rules(), {"Q1": score}, CLEAN)  # type: ignore[dict-item]  # that it is refused is the point


def test_an_answer_to_no_question_of_the_scheme_is_refused() -> None:
    with pytest.raises(Unacceptable, match="unknown_question"):
        assess_tier(rules(), {"Q13": 0}, CLEAN)


def test_clean_gates_lead_nowhere() -> None:
    assert gate_outcomes(rules(), CLEAN) == {}


@pytest.mark.parametrize(
    ("gate", "answer", "outcome"),
    [
        ("G1", "no", GateOutcome.OUT_OF_SCOPE),
        ("G1", "unknown", GateOutcome.ASK),
        ("G2", "yes", GateOutcome.REFUSE),
        ("G2", "unknown", GateOutcome.ASK),
        ("G2", "perhaps", GateOutcome.ASK),
        ("G3", "no", GateOutcome.START_ACCESSION),
        ("G4", "yes", GateOutcome.AT_LEAST_CRITICAL),
        ("G4", "unknown", GateOutcome.AT_LEAST_CRITICAL),
        ("G5", " ", GateOutcome.ASK),
    ],
)
def test_a_gate_leads_where_the_scheme_says(gate: str, answer: str, outcome: GateOutcome) -> None:
    assert gate_outcomes(rules(), {**CLEAN, gate: answer}) == {gate: outcome}


def test_a_gate_without_an_answer_is_asked() -> None:
    assert gate_outcomes(rules(), {}) == dict.fromkeys(("G1", "G2", "G3", "G4", "G5"), GateOutcome.ASK)


def test_gates_follow_the_data_and_not_their_names() -> None:
    swapped = tuple(
        gate.model_copy(update={"if_no": GateOutcome.AT_LEAST_HIGH}) if gate.id == "G1" else gate
        for gate in rules().gates
    )
    changed = rules().model_copy(update={"gates": swapped})

    assert gate_outcomes(changed, {**CLEAN, "G1": "no"}) == {"G1": GateOutcome.AT_LEAST_HIGH}
    assert assess_tier(changed, dict.fromkeys(rules().questions, 0), {**CLEAN, "G1": "no"}).tier == Tier.HIGH
