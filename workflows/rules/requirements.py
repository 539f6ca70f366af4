"""What the scheme asks of one applicant, criterion by criterion, and what is still missing (ISO/IEC 17065, 7.4)."""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from schemas.errors import Unacceptable
from schemas.scheme import CriterionRule, SchemeRules, Source, Tier
from workflows.rules.risk import Score, counted_scores


class RequirementStatus(StrEnum):
    """Where the answer to a criterion comes from."""

    ANSWERED_BY_RULE = "answered_by_rule"
    NOT_APPLICABLE_BY_ROLE = "not_applicable_by_role"
    TO_BE_SHOWN = "to_be_shown"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A criterion as it stands for one applicant.

    Attributes:
        mandatory: no label while it is open; otherwise it is recommended.
        source: where the answer stands when a rule answers it.
        evidence: types that can show it; `evidence_rule` tells whether one of them is enough.
    """

    criterion: str
    status: RequirementStatus
    mandatory: bool
    source: Source | None
    evidence: tuple[str, ...]
    evidence_rule: Literal["any_of", "all_of"]


def requirements(
    rules: SchemeRules,
    *,
    tier: Tier,
    roles: Collection[str],
    answers: Mapping[str, Score],
    statements: Mapping[str, int],
) -> tuple[Requirement, ...]:
    """Return every criterion of the tier, sorted by id, with its status for this applicant.

    `statements` are the values the application form states; a missing one counts as unknown.

    Raises:
        Unacceptable: no role, or one the scheme does not know: every criterion would fall away; or as
            `counted_scores`.
    """
    _check_roles(rules, roles)
    unstated = dict.fromkeys(rules.statements, rules.scoring.scale.max)
    values = unstated | dict(statements) | counted_scores(rules, answers)
    return tuple(_requirement(rule, tier, roles, values) for rule in rules.criteria_of(tier))


def missing_evidence(
    asked: Iterable[Requirement], offered: Iterable[tuple[str, Collection[str]]], not_applicable: Container[str]
) -> tuple[str, ...]:
    """Return the mandatory criteria with neither evidence nor a reason why they do not apply.

    `offered` holds, for each item, its evidence type and the criteria it is handed in for. An item counts for
    a criterion only if it has one of the criterion's types.
    """
    shown: dict[str, set[str]] = {}
    for kind, criteria in offered:
        for criterion in criteria:
            shown.setdefault(criterion, set()).add(kind)
    return tuple(
        one.criterion
        for one in asked
        if one.mandatory
        and one.status == RequirementStatus.TO_BE_SHOWN
        and one.criterion not in not_applicable
        and not _is_covered(one, shown.get(one.criterion, set()))
    )


def _check_roles(rules: SchemeRules, roles: Collection[str]) -> None:
    unknown = sorted(set(roles) - set(rules.roles))
    if unknown or not roles:
        named = ", ".join(unknown) or "none"
        raise Unacceptable(
            "unknown_role", f"An applicant holds one or more of {', '.join(rules.roles)}; found {named}."
        )


def _requirement(rule: CriterionRule, tier: Tier, roles: Collection[str], values: Mapping[str, int]) -> Requirement:
    status, source = _status(rule, tier, roles, values)
    return Requirement(
        criterion=rule.id,
        status=status,
        mandatory=rule.is_mandatory,
        source=source,
        evidence=rule.evidence,
        evidence_rule=rule.evidence_rule,
    )


def _status(
    rule: CriterionRule, tier: Tier, roles: Collection[str], values: Mapping[str, int]
) -> tuple[RequirementStatus, Source | None]:
    if not set(rule.roles) & set(roles):
        return RequirementStatus.NOT_APPLICABLE_BY_ROLE, None
    source = rule.answered_by
    if tier == Tier.LOW and rule.answered_by_low and (rule.answered_if is None or rule.answered_if.holds(values)):
        source = rule.answered_by_low
    return (RequirementStatus.ANSWERED_BY_RULE if source else RequirementStatus.TO_BE_SHOWN), source


def _is_covered(requirement: Requirement, kinds: set[str]) -> bool:
    fitting = kinds & set(requirement.evidence)
    return fitting == set(requirement.evidence) if requirement.evidence_rule == "all_of" else bool(fitting)
