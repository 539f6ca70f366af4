"""Risk tier and gates (Code, I-1.5, I-2.1): the applicant's answers become a tier by the scheme's data alone."""

from collections.abc import Mapping
from typing import Literal

from schemas.case import TierAssessment
from schemas.errors import Unacceptable
from schemas.scheme import GateOutcome, SchemeRules, Tier
from schemas.scheme_scoring import Scoring

Score = int | Literal["unknown"] | None


def assess_tier(rules: SchemeRules, answers: Mapping[str, Score], gates: Mapping[str, str]) -> TierAssessment:
    """Return the tier: sum, band, caps, then floors and gates, in this order.

    `applied` names every cap, floor and gate whose condition held, whether or not it moved the tier: what an
    outsider needs to compute it again.

    Raises:
        Unacceptable: an answer to no question of the scheme, or outside its scale.
    """
    scores = counted_scores(rules, answers)
    base = sum(scores.values())
    band = _band(rules.scoring, base)
    caps = [cap for cap in rules.scoring.caps if cap.when.holds(scores)]
    floors = [floor for floor in rules.scoring.floors if floor.when.holds(scores)]
    raised = _raised_by_gates(rules, gates)
    capped = min([band, *(cap.at_most for cap in caps)])
    return TierAssessment(
        tier=max([capped, *(floor.at_least for floor in floors), *raised.values()]),
        base=base,
        band=band,
        applied=(*(cap.id for cap in caps), *(floor.id for floor in floors), *raised),
    )


def counted_scores(rules: SchemeRules, answers: Mapping[str, Score]) -> dict[str, int]:
    """Return the points of every question; unknown and missing answers count as the most (Code, I-2.3).

    Raises:
        Unacceptable: as `assess_tier`.
    """
    foreign = sorted(set(answers) - set(rules.questions))
    if foreign:
        raise Unacceptable("unknown_question", f"The scheme has no question {', '.join(foreign)}.")
    return {question: _points(rules, question, answers.get(question)) for question in rules.questions}


def gate_outcomes(rules: SchemeRules, gates: Mapping[str, str]) -> dict[str, GateOutcome]:
    """Return what each gate leads to, by gate id in the scheme's order; gates that let pass are left out.

    `gates` holds `yes`, `no` or `unknown`, or a sentence for a gate that asks for one. A gate without any
    answer is asked, whatever the scheme says of the unknown.
    """
    found = {gate.id: gate.outcome(gates[gate.id]) if gate.id in gates else GateOutcome.ASK for gate in rules.gates}
    return {gate: outcome for gate, outcome in found.items() if outcome is not None}


def _points(rules: SchemeRules, question: str, score: Score) -> int:
    scale = rules.scoring.scale
    if score is None or score == "unknown":
        return scale.max
    if isinstance(score, bool) or not isinstance(score, int) or not scale.min <= score <= scale.max:
        raise Unacceptable(
            "answer_out_of_scale", f"{question} takes {scale.min} to {scale.max} or unknown, not {score!r}."
        )
    return score


def _band(scoring: Scoring, base: int) -> Tier:
    return next(tier for tier in Tier if base <= scoring.bands[tier][1])


def _raised_by_gates(rules: SchemeRules, gates: Mapping[str, str]) -> dict[str, Tier]:
    """Return the least tier each gate sets; for the tier, a gate without an answer is unknown."""
    outcomes = ((gate.id, gate.outcome(gates.get(gate.id, "unknown"))) for gate in rules.gates)
    return {gate: outcome.tier for gate, outcome in outcomes if outcome is not None and outcome.tier is not None}
