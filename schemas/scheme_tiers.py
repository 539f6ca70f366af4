"""What the tier of a case changes: reviewers, decision, times, validity, surveillance."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.scheme_terms import Area, SchemePart, Share


class ReviewerRules(SchemePart):
    """How many reviewers of which areas judge a case (procedure, stage 4)."""

    count: int = Field(ge=1, le=9)
    areas: tuple[Area, ...] = Field(min_length=1, max_length=9)
    independent_until_submitted: bool = False


class DecidingBody(StrEnum):
    """Who decides: the Commission, or a panel drawn from it."""

    PANEL = "panel_of_the_commission"
    COMMISSION = "commission"


class DecisionRules(SchemePart):
    """How a case of the tier is decided (procedure, stage 8).

    Attributes:
        quorum: least share of the base that must vote; None where `members_present_min` stands instead.
        majority: least share of the ballots cast, abstentions included; `simple` is more than half.
    """

    body: DecidingBody
    panel_drawn: Literal["verifiably"] | None = None
    members_present_min: int | None = Field(default=None, ge=1, le=99)
    quorum: Share | None = None
    majority: Literal["simple"] | Share
    hearing: Literal["on_request", "required"] | None = None
    separate_opinions_published: bool = False

    @model_validator(mode="after")
    def _has_one_quorum(self) -> Self:
        if (self.quorum is None) == (self.members_present_min is None):
            raise ValueError("state either quorum or members_present_min")
        return self


class SlaWorkingDays(SchemePart):
    """Working days each step may take."""

    application_review: int = Field(ge=1)
    evaluation: int = Field(ge=1)
    decision: int = Field(ge=1)


class SurveillanceRules(SchemePart):
    """How often a label is looked at again, and how many labels of the tier are sampled in a quarter."""

    every_months: int = Field(ge=1)
    random_sample_percent: int = Field(ge=0, le=100)


class TierRules(SchemePart):
    """What the tier changes."""

    reviewers: ReviewerRules
    reviews_per_criterion: int = Field(ge=1, le=9)
    neutral_third_party: Literal["not_required", "recommended", "required"]
    decision: DecisionRules
    sla_working_days: SlaWorkingDays
    validity_months: int = Field(ge=1, le=24)
    surveillance: SurveillanceRules
    appeal_panel: int = Field(ge=1)
    public_page: Literal["standard", "extended"]
