"""The words schemes are written in: tiers, texts in two languages, and names that must be known."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationInfo

from schemas.conditions import Condition
from schemas.identifiers import RuleId, Word

T = TypeVar("T")
Language = Literal["en", "ru"]


class SchemePart(BaseModel):
    """What every part of a scheme is: frozen, and without unknown keys.

    A scheme stays in the record and in workflow inputs for years. A field added later needs a default, and
    `exclude_if` for that default, so that schemes adopted before keep their JSON and their digest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(StrEnum):
    """Risk tier (Code, I-2.1); `low < medium < high < critical`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Tier).index(self)

    # A StrEnum compares as its text, and "critical" < "low" would be a quiet disaster.
    def __lt__(self, other: str) -> bool:
        return self.rank < Tier(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Tier(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Tier(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Tier(other).rank


Wording = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"\S")]


class Text(SchemePart):
    """A text for people, in each language of the scheme."""

    en: Wording
    ru: Wording

    def in_language(self, language: Language) -> str:
        """Return the text in one language."""
        return self.ru if language == "ru" else self.en


def _every_tier(by_tier: dict[Tier, T]) -> dict[Tier, T]:
    missing = [tier.value for tier in Tier if tier not in by_tier]
    if missing:
        raise ValueError(f"nothing stated for the tier {', '.join(missing)}")
    return by_tier


PerTier = Annotated[dict[Tier, T], AfterValidator(_every_tier)]
"""A value for each of the four tiers."""


def _share(text: str) -> str:
    try:
        share = Fraction(text)
    except ZeroDivisionError:
        raise ValueError("a share of nothing") from None
    if not 0 < share <= 1:
        raise ValueError("a share is more than 0 and at most 1")
    return text


Share = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}/[0-9]{1,3}$"), AfterValidator(_share)]
"""A fraction of the base or of the ballots, such as `2/3`."""


def _more_than_half(share: str) -> str:
    if Fraction(share) <= Fraction(1, 2):
        raise ValueError("a majority is more than half: a tie grants nothing")
    return share


Majority = Literal["simple"] | Annotated[Share, AfterValidator(_more_than_half)]
"""Least share of the ballots that carries; `simple` is whatever is more than half."""

ArticleName = Annotated[str, StringConstraints(pattern=r"^(Preamble|(I|II)-[0-9]\.[0-9]{1,2})$")]
"""An article of the Code with its section: `I-2.1` is not `II-2.1`."""


def _known_in(vocabulary: str, noun: str) -> AfterValidator:
    """Refuse a name that the scheme under reading does not define.

    The loader hands the vocabularies over as validation context; a scheme read back from the record was
    checked before it was adopted, and comes without one.
    """

    def check(value: T, info: ValidationInfo) -> T:
        known = info.context.get(vocabulary) if info.context else None
        names = value.names() if isinstance(value, Condition) else frozenset({str(value)})
        if known is not None and not names <= known:
            raise ValueError(f"unknown {noun} {', '.join(sorted(names - known))}")
        return value

    return AfterValidator(check)


Article = Annotated[ArticleName, _known_in("articles", "article")]
EvidenceType = Annotated[Word, _known_in("evidence_types", "evidence type")]
Area = Annotated[Word, _known_in("areas", "area")]
Role = Annotated[Word, _known_in("roles", "role")]
QuestionId = Annotated[RuleId, _known_in("questions", "question")]
RuleCondition = Annotated[Condition, _known_in("questions", "question")]
AnswerCondition = Annotated[Condition, _known_in("names", "question or statement")]
