"""A certification scheme as data: the rules the procedure reads and the texts people read.

    scheme = load_scheme(BUILT_IN)          # schemas.scheme_loading
    scheme.rules.criteria["I-1.3-01"].area  # 'ethics_or_law'
    scheme.texts.tiers[Tier.LOW].name.ru    # 'Низкий риск'

A scheme enters the record as `scheme_adopted` with its digest, and each case stays on the one it began under.
"""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from schemas.canonical import digest_of
from schemas.identifiers import Name, RuleId
from schemas.scheme_criteria import CriterionRule, Source
from schemas.scheme_rules import SchemeRules
from schemas.scheme_scoring import Cap, Floor, GateOutcome, GateRule
from schemas.scheme_terms import Language, SchemePart, Text, Tier
from schemas.scheme_texts import SchemeTexts
from schemas.scheme_tiers import DecidingBody, DecisionRules, TierRules

__all__ = [
    "BUILT_IN",
    "Cap",
    "CriterionRule",
    "DecidingBody",
    "DecisionRules",
    "Example",
    "Floor",
    "GateOutcome",
    "GateRule",
    "Language",
    "Scheme",
    "SchemeRules",
    "SchemeTexts",
    "Source",
    "Text",
    "Tier",
    "TierRules",
]

BUILT_IN: Final = Path(__file__).parent / "schemes" / "ai-ethics-code"
"""Folder of the scheme for the AI Ethics Code."""


class Example(SchemePart):
    """A worked example: answers in the order of the questions, and the tier they must give.

    Attributes:
        decided_by: the cap or floor without which the tier would be another.
    """

    name: Name | None = Field(default=None, exclude_if=lambda name: name is None)
    answers: tuple[Annotated[int, Field(ge=0, le=9)], ...]
    tier: Tier
    decided_by: RuleId | None = Field(default=None, exclude_if=lambda rule: rule is None)


class Scheme(SchemePart):
    """One version of a scheme, whole."""

    rules: SchemeRules
    texts: SchemeTexts
    examples: tuple[Example, ...] = Field(max_length=200)

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything: rules, texts and examples."""
        return digest_of(self)
