"""Criteria: when each is asked, of whom, who judges it and what can show it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.identifiers import CriterionId
from schemas.scheme_terms import AnswerCondition, Area, Article, EvidenceType, Role, SchemePart, Tier

Basis = Literal["must", "should", "encouraged", "may"]
Source = Literal["register", "questionnaire", "agreement", "application"]


def _is_default(value: object) -> bool:
    """Tell whether an optional field holds what it holds when nobody states it."""
    return value is None or value is False or value == "any_of"


class CriterionRule(SchemePart):
    """When a criterion is asked, of whom, who judges it and what evidence can show it.

    Attributes:
        kind: what this scheme asks; `basis` is how strongly the Code itself speaks.
        evidence: types of evidence; `evidence_rule` tells whether one of them is enough.
        roles: the criterion is not applicable to an applicant who holds none of them (Code, I-2.2, II-1.3).
        answered_by: where the answer stands in every tier, so that no document is asked for.
        answered_by_low: the same in the low tier only, and only if `answered_if` holds.
        short_form_low: a short form is enough in the low tier.
    """

    id: CriterionId
    article: Article
    evidence: tuple[EvidenceType, ...] = Field(min_length=1, max_length=20)
    evidence_rule: Literal["any_of", "all_of"] = Field(default="any_of", exclude_if=_is_default)
    tiers: tuple[Tier, ...] = Field(min_length=1, max_length=4)
    kind: Literal["mandatory", "recommended"]
    basis: Basis
    area: Area
    roles: tuple[Role, ...] = Field(min_length=1, max_length=8)
    answered_by: Source | None = Field(default=None, exclude_if=_is_default)
    answered_by_low: Source | None = Field(default=None, exclude_if=_is_default)
    answered_if: AnswerCondition | None = Field(default=None, exclude_if=_is_default)
    short_form_low: bool = Field(default=False, exclude_if=_is_default)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if not self.id.startswith(f"{self.article}-"):
            raise ValueError(f"criterion {self.id} does not carry the name of its article {self.article}")
        if self.answered_if is not None and self.answered_by_low is None:
            raise ValueError("answered_if without answered_by_low")
        for listed in (self.evidence, self.tiers, self.roles):
            if len(set(listed)) < len(listed):
                raise ValueError(f"stated twice in {', '.join(listed)}")
        return self

    @property
    def is_mandatory(self) -> bool:
        """Whether a label needs this criterion met or justified as not applicable."""
        return self.kind == "mandatory"
