"""What answers would lead to, computed by the rules that judge applications; no case, no record (II-2.5)."""

from collections.abc import Iterator, Mapping

from schemas.case import SchemePin
from schemas.errors import Unacceptable
from schemas.scheme import GateOutcome, Scheme, SchemeRules, Text, Tier
from schemas.self_check import (
    CriterionFound,
    FeeFound,
    GateFound,
    LimitFound,
    PointsFound,
    SelfCheck,
    SelfCheckAnswers,
    TimesFound,
)
from workflows.rules.requirements import Requirement, requirements
from workflows.rules.risk import assess_tier, counted_scores, gate_outcomes

_BARRING = (GateOutcome.OUT_OF_SCOPE, GateOutcome.REFUSE)
_GATE_ANSWERS = frozenset({"yes", "no", "unknown"})


def self_check(scheme: Scheme, given: SelfCheckAnswers) -> SelfCheck:
    """Return what the answers lead to.

    Raises:
        Unacceptable: `unknown_gate`, `gate_unreadable`, `unknown_statement`, or as `assess_tier` and `requirements`.
    """
    rules = scheme.rules
    _check_known(rules, given)
    assessment = assess_tier(rules, given.answers, given.gates)
    limits = tuple(_limits(scheme, assessment.applied, given.gates))
    asked = requirements(
        rules, tier=assessment.tier, roles=given.roles, answers=given.answers, statements=_stated(given)
    )
    outcomes = gate_outcomes(rules, given.gates)
    return SelfCheck(
        scheme=SchemePin(id=rules.id, version=rules.version, digest=scheme.digest),
        roles=given.roles,
        gates=tuple(_gates(scheme, given.gates, outcomes)),
        barred_by=next((gate for wanted in _BARRING for gate, found in outcomes.items() if found == wanted), None),
        questions=tuple(_points(scheme, given)),
        assessment=assessment,
        tier_name=scheme.texts.tiers[assessment.tier].name,
        band=rules.scoring.bands[assessment.band],
        greatest_sum=len(rules.questions) * rules.scoring.scale.max,
        capped=min([assessment.band, *(limit.tier for limit in limits if limit.kind == "cap")]),
        limits=limits,
        criteria=tuple(_criterion(scheme, one, assessment.tier) for one in asked),
        reviewers=rules.tiers[assessment.tier].reviewers.count,
        neutral_third_party=rules.tiers[assessment.tier].neutral_third_party,
        times=_times(rules, assessment.tier),
        fee=_fee(scheme, assessment.tier),
    )


def _check_known(rules: SchemeRules, given: SelfCheckAnswers) -> None:
    """Refuse what the scheme does not ask: a slip of the pen would count as unknown, and nobody would see it."""
    gates = {gate.id: gate for gate in rules.gates}
    foreign = sorted(set(given.gates) - set(gates))
    if foreign:
        raise Unacceptable("unknown_gate", f"The scheme has no gate {', '.join(foreign)}.")
    for gate, answer in given.gates.items():
        if gates[gate].kind == "yes_no" and answer not in _GATE_ANSWERS:
            raise Unacceptable("gate_unreadable", f"The gate {gate} is answered yes, no or unknown.")
    foreign = sorted(set(given.statements) - set(rules.statements))
    if foreign:
        raise Unacceptable("unknown_statement", f"The form has no statement {', '.join(foreign)}.")


def _stated(given: SelfCheckAnswers) -> dict[str, int]:
    return {name: int(value) for name, value in given.statements.items() if value != "unknown"}


def _gates(scheme: Scheme, answers: Mapping[str, str], outcomes: Mapping[str, GateOutcome]) -> Iterator[GateFound]:
    for gate in scheme.rules.gates:
        yield GateFound(
            id=gate.id,
            article=gate.article,
            text=scheme.texts.gates[gate.id],
            answer=answers.get(gate.id),
            outcome=outcomes.get(gate.id),
        )


def _points(scheme: Scheme, given: SelfCheckAnswers) -> Iterator[PointsFound]:
    for question, points in counted_scores(scheme.rules, given.answers).items():
        known = given.answers.get(question) not in {None, "unknown"}
        yield PointsFound(id=question, text=scheme.texts.questions[question].text, points=points, known=known)


def _limits(scheme: Scheme, applied: tuple[str, ...], answers: Mapping[str, str]) -> Iterator[LimitFound]:
    scoring = scheme.rules.scoring
    caps = {cap.id: cap for cap in scoring.caps}
    floors = {floor.id: floor for floor in scoring.floors}
    gates = {gate.id: gate for gate in scheme.rules.gates}
    for rule in applied:
        if rule in gates:
            outcome = gates[rule].outcome(answers.get(rule, "unknown"))
            assert outcome is not None
            assert outcome.tier is not None
            why, when = scheme.texts.gates[rule], answers.get(rule, "unknown")
            yield LimitFound(id=rule, kind="gate", tier=outcome.tier, when=when, why=why)
        elif rule in caps:
            cap = caps[rule]
            yield LimitFound(id=rule, kind="cap", tier=cap.at_most, when=str(cap.when), why=_why(scheme, rule))
        else:
            floor = floors[rule]
            yield LimitFound(id=rule, kind="floor", tier=floor.at_least, when=str(floor.when), why=_why(scheme, rule))


def _why(scheme: Scheme, rule: str) -> Text:
    return scheme.texts.whys[rule]


def _criterion(scheme: Scheme, asked: Requirement, tier: Tier) -> CriterionFound:
    rule, words = scheme.rules.criteria[asked.criterion], scheme.texts.criteria[asked.criterion]
    return CriterionFound(
        id=rule.id,
        title=words.title,
        requirement=words.requirement,
        status=asked.status.value,
        mandatory=asked.mandatory,
        source=asked.source,
        evidence=asked.evidence,
        evidence_rule=asked.evidence_rule,
        short_form=rule.short_form_low and tier == Tier.LOW,
        area=rule.area,
        judged_by=scheme.rules.areas[rule.area],
        roles=rule.roles,
    )


def _times(rules: SchemeRules, tier: Tier) -> TimesFound:
    of_tier = rules.tiers[tier]
    return TimesFound(
        working_days=of_tier.sla_working_days,
        evidence_days=rules.clocks.evidence_stage_days[tier],
        validity_months=of_tier.validity_months,
        surveillance_every_months=of_tier.surveillance.every_months,
    )


def _fee(scheme: Scheme, tier: Tier) -> FeeFound:
    fees = scheme.rules.fees
    return FeeFound(amount=fees.amounts[tier], currency=fees.currency, owed=scheme.texts.fees.owed)
