"""What of a scheme the procedure reads: everything but the long texts; small enough for a workflow's input.

Where the engine knows only one way to follow a rule, the field is a `Literal`: a scheme that asks for another
way is refused when it is read, not ignored when it matters.
"""

from collections.abc import Callable
from typing import Annotated, Final, Literal

from pydantic import Field

from schemas.identifiers import CriterionId, Name, RuleId, Word
from schemas.scheme_clocks import Clocks
from schemas.scheme_common import CommonRules, ThirdPartyRules
from schemas.scheme_criteria import CriterionRule
from schemas.scheme_scoring import GateRule, Scoring
from schemas.scheme_terms import ArticleName, PerTier, SchemePart, Tier
from schemas.scheme_tiers import TierRules

SchemeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Judge = Literal["reviewer", "secretariat"]
"""Who judges the criteria of an area: `secretariat` looks them up in Register, agreement or form."""


ASKED_MAX: Final = 100
"""Criteria asked in one tier: so many a plan, a review, a manifest and the life of a label hold."""


class CodeEdition(SchemePart):
    """The edition of the code of ethics a scheme was made for."""

    id: SchemeId
    edition: Name


class Fees(SchemePart):
    """What a certification costs, in whole units of the currency (ISO 4217 code, or `none`)."""

    currency: Annotated[str, Field(pattern=r"^(none|[A-Z]{3})$")]
    amounts: PerTier[Annotated[int, Field(ge=0)]]


class SchemeRules(SchemePart):
    """Everything of a scheme that a rule reads."""

    id: SchemeId
    version: Name
    code: CodeEdition
    articles: tuple[ArticleName, ...] = Field(max_length=100)
    evidence_types: tuple[Word, ...] = Field(max_length=60)
    areas: dict[Word, Judge]
    roles: tuple[Word, ...] = Field(max_length=8)
    factors: tuple[Word, ...] = Field(max_length=30)
    statements: tuple[Word, ...] = Field(max_length=20)
    criteria: dict[CriterionId, CriterionRule] = Field(max_length=200)
    gates: tuple[GateRule, ...] = Field(max_length=20)
    questions: tuple[RuleId, ...] = Field(min_length=1, max_length=50)
    scoring: Scoring
    tiers: PerTier[TierRules]
    clocks: Clocks
    common: CommonRules
    neutral_third_party: ThirdPartyRules
    fees: Fees

    def criteria_of(self, tier: Tier) -> tuple[CriterionRule, ...]:
        """Return the criteria asked in a tier, sorted by id."""
        return tuple(self.criteria[key] for key in self._where(lambda rule: tier in rule.tiers))

    @property
    def stricter_than_code(self) -> tuple[str, ...]:
        """Mandatory here, encouraged or permitted in the Code: the Commission adopts each by a decision."""
        return self._where(lambda rule: rule.is_mandatory and rule.basis in {"encouraged", "may"})

    @property
    def softer_than_code(self) -> tuple[str, ...]:
        """Recommended here, a must or should in the Code."""
        return self._where(lambda rule: not rule.is_mandatory and rule.basis in {"must", "should"})

    @property
    def not_asked_in_low_tier(self) -> tuple[str, ...]:
        """A must or should in the Code, yet not asked in the low tier (proportionality, Code, I-2.1)."""
        return self._where(lambda rule: Tier.LOW not in rule.tiers and rule.basis in {"must", "should"})

    def _where(self, holds: Callable[[CriterionRule], bool]) -> tuple[str, ...]:
        # Sorted, because canonical JSON keeps no order of keys and a rule must give one answer.
        return tuple(sorted(key for key, rule in self.criteria.items() if holds(rule)))
