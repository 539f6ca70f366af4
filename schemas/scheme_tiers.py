"""What the tier of a case changes: reviewers, decision, times, validity, surveillance."""

from enum import StrEnum
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from schemas.added_later import added_later
from schemas.scheme_clocks import Days
from schemas.scheme_terms import Area, EvidenceType, Majority, SchemePart, Share

MONTHS_OF_A_YEAR: Final = 12
VALID_MONTHS_MAX: Final = 24
"""So long a label is valid at most: what comes about later never does."""


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
    majority: Majority
    hearing: Literal["on_request", "required"] | None = None
    separate_opinions_published: bool = False

    @model_validator(mode="after")
    def _has_one_quorum(self) -> Self:
        if (self.quorum is None) == (self.members_present_min is None):
            raise ValueError("state either quorum or members_present_min")
        return self


class SlaWorkingDays(SchemePart):
    """Working days each step may take."""

    application_review: Days = Field(ge=1)
    evaluation: Days = Field(ge=1)
    decision: Days = Field(ge=1)


class SurveillanceAsk(StrEnum):
    """What a surveillance of a tier contains besides fresh evidence, sample and automatic checks (decision 68).

    Attributes:
        DECLARATION: the holder declares whether there were incidents.
        INCIDENT_REPORT: the holder reports on incidents and how they are watched for, also where there were none.
        TEST_RESULTS: the holder hands in tests made since the surveillance before.
        LIVE_CHECK: each reviewer checks the system in use, and records it before judging.
        THIRD_PARTY_YEARLY: a neutral third party reports once a year; every certification of the tier has its report,
            so that no label of the tier may be valid for longer than a year.
    """

    DECLARATION = "declaration"
    INCIDENT_REPORT = "incident_report"
    TEST_RESULTS = "test_results"
    LIVE_CHECK = "live_check"
    THIRD_PARTY_YEARLY = "third_party_yearly"


class SurveillanceRules(SchemePart):
    """How often a label is looked at again, at what, and how many labels of the tier are sampled in a quarter.

    Attributes:
        asks: what it contains besides; nothing in versions of a scheme from before this was asked.
        test_results: types of evidence that are results of tests.
    """

    every_months: int = Field(ge=1, le=VALID_MONTHS_MAX)
    random_sample_percent: int = Field(ge=0, le=100)
    asks: tuple[SurveillanceAsk, ...] = added_later((), max_length=5)
    test_results: tuple[EvidenceType, ...] = added_later((), max_length=20)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if len({*self.asks}) < len(self.asks) or len({*self.test_results}) < len(self.test_results):
            raise ValueError("stated twice in asks or test_results")
        if (SurveillanceAsk.TEST_RESULTS in self.asks) != bool(self.test_results):
            raise ValueError("state in test_results which evidence counts where asks has test_results, and only there")
        return self


class TierRules(SchemePart):
    """What the tier changes."""

    reviewers: ReviewerRules
    reviews_per_criterion: int = Field(ge=1, le=9)
    neutral_third_party: Literal["not_required", "recommended", "required"]
    decision: DecisionRules
    sla_working_days: SlaWorkingDays
    validity_months: int = Field(ge=1, le=VALID_MONTHS_MAX)
    surveillance: SurveillanceRules
    appeal_panel: int = Field(ge=1, le=99)
    public_page: Literal["standard", "extended"]

    @property
    def judges_per_criterion(self) -> int:
        """How many judge one criterion: `reviews_per_criterion`, or all reviewers where the tier has fewer."""
        return min(self.reviews_per_criterion, self.reviewers.count)

    @model_validator(mode="after")
    def _has_its_third_party_yearly(self) -> Self:
        if SurveillanceAsk.THIRD_PARTY_YEARLY in self.surveillance.asks and (
            self.neutral_third_party != "required" or self.validity_months > MONTHS_OF_A_YEAR
        ):
            raise ValueError(
                "third_party_yearly needs neutral_third_party: required and validity_months of at most 12: "
                "the third party reports in every certification"
            )
        return self
