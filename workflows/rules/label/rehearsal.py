"""Who would fail a new scheme version, on which criterion: each label's own case, judged by the new rules."""

from schemas.case import Case
from schemas.rehearsal import RehearsedLabel, Shortfall
from schemas.scheme import SchemeRules
from workflows.rules.case.evaluation import LOOKUP, REVIEW
from workflows.rules.case.findings import PASSING
from workflows.rules.requirements import Requirement, RequirementStatus, missing_evidence, requirements
from workflows.rules.risk import assess_tier

_FOUND = frozenset({REVIEW, LOOKUP})
"""Sources of what people found; every other result is the answer of a rule."""


def rehearse(case: Case, present: SchemeRules, new: SchemeRules) -> RehearsedLabel:
    """Return what the new version would mean for a label.

    Answers to questions that the new version does not have are left out; its new questions count as unknown, that
    is as the worst (Code, I-2.3). Whoever reads this sees the precaution, not a forecast.
    """
    assert case.label is not None
    answers = {key: score for key, score in case.lodged.answers.items() if key in new.questions}
    gates = {key: answer for key, answer in case.lodged.gates.items() if key in {gate.id for gate in new.gates}}
    tier = max(assess_tier(new, answers, gates).tier, case.raised_tier or case.assessment.tier)
    roles = tuple(role for role in case.lodged.roles if role in new.roles) or new.roles
    asked = requirements(new, tier=tier, roles=roles, answers=answers, statements=_statements(case, new))
    failing = {one.criterion: why for one in asked if (why := _shortfall(case, one, present)) is not None}
    return RehearsedLabel(
        label=case.label.id, application=case.id, tier_before=case.tier, tier_after=tier, failing=failing
    )


def _statements(case: Case, new: SchemeRules) -> dict[str, int]:
    return {name: value for name, value in case.lodged.statements.items() if name in new.statements}


def _shortfall(case: Case, asked: Requirement, present: SchemeRules) -> Shortfall | None:
    if not asked.mandatory or asked.status != RequirementStatus.TO_BE_SHOWN:
        return None
    results = case.rounds_on_label[-1].results if case.rounds_on_label else case.results
    judged = {one.criterion: one for one in results}
    if asked.criterion not in present.criteria:
        return Shortfall.NEW_CRITERION
    result = judged.get(asked.criterion)
    if result is None or result.verdict not in PASSING:
        return Shortfall.NOT_JUDGED
    if result.source not in _FOUND:
        return Shortfall.NOT_SHOWN
    offered = [(item.type, item.criteria) for item in case.items.values() if asked.criterion in item.criteria]
    if offered and missing_evidence((asked,), offered, ()):
        return Shortfall.EVIDENCE_NO_LONGER_FITS
    return None
