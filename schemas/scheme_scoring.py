"""Gates and scoring: how answers become a risk tier (Code, I-1.5, I-2.1)."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schemas.identifiers import RuleId
from schemas.scheme_terms import Article, PerTier, RuleCondition, SchemePart, Tier


class GateOutcome(StrEnum):
    """What an answer at a gate leads to; `refuse` is a decision with reasons, `out_of_scope` a rule."""

    OUT_OF_SCOPE = "out_of_scope"
    REFUSE = "refuse_prohibited_use"
    ASK = "ask"
    START_ACCESSION = "start_accession"
    AT_LEAST_MEDIUM = "at_least_medium"
    AT_LEAST_HIGH = "at_least_high"
    AT_LEAST_CRITICAL = "at_least_critical"

    @property
    def tier(self) -> Tier | None:
        """The least tier this outcome allows, if it speaks of tiers."""
        return Tier(self.value.removeprefix("at_least_")) if self.value.startswith("at_least_") else None


class GateRule(SchemePart):
    """A question put before the questionnaire, without a score; a `text` gate takes a sentence."""

    id: RuleId
    article: Article
    kind: Literal["yes_no", "text"] = "yes_no"
    if_yes: GateOutcome | None = None
    if_no: GateOutcome | None = None
    if_unknown: GateOutcome | None = None

    @model_validator(mode="after")
    def _asks_what_it_follows_up(self) -> Self:
        if self.kind == "text" and (self.if_yes or self.if_no or self.if_unknown):
            raise ValueError("a gate that takes a sentence has no if_yes, if_no or if_unknown")
        return self

    def outcome(self, answer: str) -> GateOutcome | None:
        """Return what an answer leads to, if to anything: `yes`, `no`, or any other word, which is unknown.

        What nobody said is asked; so is what nobody knows, where the scheme does not say what follows (I-2.3).
        """
        if self.kind == "text":
            return None if answer.strip() else GateOutcome.ASK
        stated = {"yes": self.if_yes, "no": self.if_no}
        return stated.get(answer, self.if_unknown or GateOutcome.ASK)


class Scale(SchemePart):
    """Points of one answer; an unknown answer counts as the most (Code, I-2.3)."""

    min: Literal[0]
    max: int = Field(ge=1, le=9)


class Cap(SchemePart):
    """Holds the band of the sum down; applied before the floors."""

    id: RuleId
    when: RuleCondition
    at_most: Tier


class Floor(SchemePart):
    """Raises the tier, never lowers it: a sum must not hide one severe answer."""

    id: RuleId
    when: RuleCondition
    at_least: Tier


def _seamless(bands: dict[Tier, tuple[int, int]]) -> dict[Tier, tuple[int, int]]:
    start = 0
    for tier in Tier:
        low, high = bands[tier]
        if low != start or high < low:
            raise ValueError(f"the bands leave a gap or overlap: {tier} is [{low}, {high}] and should begin at {start}")
        start = high + 1
    return bands


Bands = Annotated[PerTier[tuple[int, int]], AfterValidator(_seamless)]


class Scoring(SchemePart):
    """How points become a tier: sum, band, caps, floors, in this order."""

    scale: Scale
    bands: Bands
    caps: tuple[Cap, ...] = Field(max_length=20)
    floors: tuple[Floor, ...] = Field(max_length=40)
