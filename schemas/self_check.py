"""The self-check anyone can run before applying: answers in, what they lead to out; nothing of it is kept (II-2.5).

found = self_check(scheme, SelfCheckAnswers(roles=("developer",), answers={"Q1": 0}))  # workflows.rules.self_check
found.assessment.tier      # Tier.CRITICAL: what is not answered counts as the worst
found.fee.amount           # what a certification in this tier costs
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict

from schemas.application_spelling import Flag, GateAnswer
from schemas.case import SchemePin, TierAssessment
from schemas.identifiers import CriterionId, RuleId, Word
from schemas.scheme import GateOutcome, Source, Text, Tier
from schemas.scheme_clocks import Days
from schemas.scheme_rules import Judge
from schemas.scheme_terms import ArticleName
from schemas.scheme_tiers import SlaWorkingDays

Points = Annotated[int, Strict()] | Literal["unknown"] | None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SelfCheckAnswers(_Part):
    """What a person answers. Whatever is left out, or unknown, counts as the worst (Code, I-2.3).

    Attributes:
        roles: AI Actor roles held (II-1.3); at least one, or every criterion would fall away.
        gates: yes, no or unknown by gate, or a sentence where the gate takes one.
        answers: points by question.
        statements: what the application form states besides.
    """

    roles: tuple[Word, ...] = Field(min_length=1, max_length=8)
    gates: dict[RuleId, GateAnswer] = Field(default_factory=dict, max_length=20)
    answers: dict[RuleId, Points] = Field(default_factory=dict, max_length=50)
    statements: dict[Word, Flag | Literal["unknown"]] = Field(default_factory=dict, max_length=20)


class GateFound(_Part):
    """What the answer at a gate leads to; `outcome` is None where it lets pass."""

    id: RuleId
    article: ArticleName
    text: Text
    answer: str | None
    outcome: GateOutcome | None


class PointsFound(_Part):
    """The points a question adds to the sum; `known` is false where it counts as the worst for want of an answer."""

    id: RuleId
    text: Text
    points: int
    known: bool


class LimitFound(_Part):
    """A cap, floor or gate whose condition held: it holds the tier down to, or up to at least, `tier`."""

    id: RuleId
    kind: Literal["cap", "floor", "gate"]
    tier: Tier
    when: str
    why: Text


class CriterionFound(_Part):
    """A criterion of the tier as it stands for these answers.

    Attributes:
        status: `answered_by_rule`, `not_applicable_by_role` or `to_be_shown`.
        source: where the answer stands when a rule answers it.
        evidence: types that can show it; `evidence_rule` tells whether one of them is enough.
        short_form: a short form is enough in this tier.
        roles: whose criterion it is.
    """

    id: CriterionId
    title: Text
    requirement: Text
    status: Word
    mandatory: bool
    source: Source | None
    evidence: tuple[Word, ...]
    evidence_rule: Literal["any_of", "all_of"]
    short_form: bool
    area: Word
    judged_by: Judge
    roles: tuple[Word, ...]


class TimesFound(_Part):
    """How long the steps of the tier take, and how long its label holds."""

    working_days: SlaWorkingDays
    evidence_days: Days
    validity_months: int
    surveillance_every_months: int


class FeeFound(_Part):
    """What a certification in the tier costs, in whole units of the currency (`none`: it costs nothing)."""

    amount: int
    currency: str
    owed: Text


class SelfCheck(_Part):
    """What the answers lead to, with all an outsider needs to compute it again.

    Attributes:
        barred_by: the gate for which no label can be granted, None where there is none.
        band: least and greatest sum of the band that the sum falls into; `greatest_sum` is the greatest there is.
        capped: the tier after the caps; floors and gates only raise it from there.
        limits: caps, floors and gates whose condition held, in the order in which they are applied.
    """

    scheme: SchemePin
    roles: tuple[Word, ...]
    gates: tuple[GateFound, ...]
    barred_by: RuleId | None
    questions: tuple[PointsFound, ...]
    assessment: TierAssessment
    tier_name: Text
    band: tuple[int, int]
    greatest_sum: int
    capped: Tier
    limits: tuple[LimitFound, ...]
    criteria: tuple[CriterionFound, ...]
    reviewers: int
    neutral_third_party: Literal["not_required", "recommended", "required"]
    times: TimesFound
    fee: FeeFound

    def with_status(self, status: str, *, mandatory: bool | None = None) -> tuple[CriterionFound, ...]:
        """Return the criteria with a status; of one kind, or of both."""
        return tuple(one for one in self.criteria if one.status == status and mandatory in {None, one.mandatory})
