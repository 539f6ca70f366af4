"""Rules that hold in every tier: who may not act, how votes count, how a label is watched and taken back."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.added_later import added_later
from schemas.identifiers import Word
from schemas.scheme_terms import Article, PerTier, SchemePart

Verifiably = Literal["verifiably"]
Count = Annotated[int, Field(ge=1, le=99)]


class Recusal(SchemePart):
    """A recused member leaves the base; below its least size substitutes are drawn."""

    leaves_base: Literal[True]
    base_min: PerTier[Count]
    below_base_min: Literal["draw_substitutes"]


class AppealPool(SchemePart):
    """The people appeals are decided by."""

    apart_from: Literal["commission"]
    seats_min: Count
    drawn: Verifiably


class Tie(SchemePart):
    """What a tie means."""

    outcome: Literal["not_granted"]
    supplements_without_new_application: int = Field(ge=0, le=9)


class Suspension(SchemePart):
    """Who suspends a label, and when that falls away by itself (void after: see the clocks)."""

    by: tuple[Literal["chair_or_deputy"], Literal["one_more_member"]]
    effect: Literal["immediate"]
    unless: Literal["confirmed_by_commission"]


class SurveillanceSample(SchemePart):
    """The random sample of surveillance."""

    random_sample_percent_of: Literal["labels_of_the_tier_per_quarter"]
    criteria_each: Count
    drawn: Verifiably


class SurveillanceJudges(SchemePart):
    """Who judges a surveillance."""

    reviewers: PerTier[Count]
    maintain: Literal["panel_of_three"]
    anything_else: Literal["rule_of_the_tier"]


class UndecidedRenewal(SchemePart):
    """What a panel may do for a renewal asked for in time; the token's own end is never stretched."""

    prolonged_by: Literal["panel_of_three"]
    gives: Literal["new_label"]


class Dispute(SchemePart):
    """Expert and applicant differ on the tier: by how much, and what follows.

    Attributes:
        group_size: members of the Commission's working group, drawn verifiably.
    """

    within_tiers: Count
    within: Literal["higher_tier_applies"]
    beyond: Literal["working_group"]
    group_size: Count = added_later(3)


ProductPart = Literal["purpose", "deployment", "languages", "model", "data"]
"""What of a certified product can change; `model` is also another build of it."""


class Reevaluation(SchemePart):
    """Which criteria are evaluated again when a part of the product changes: those of these articles."""

    part: ProductPart
    articles: tuple[Article, ...] = Field(min_length=1, max_length=40)


AutomaticCheck = Literal[
    "evidence_not_expired",
    "register_entry_in_force",
    "officer_named",
    "build_digest_as_certified",
    "no_open_complaint",
]
Published = Literal["tier", "score_of_each_answer", "floors_applied", "scored_at", "questionnaire_version"]
Rescoring = Literal["application", "significant_change", "surveillance", "harm_incident"]


class CommonRules(SchemePart):
    """Rules that hold in every tier."""

    combine_rule: Literal["worst_of"]
    majority_of: Literal["ballots_cast_with_abstentions"]
    tie: Tie
    no_conditional_label: Literal[True]
    recusal: Recusal
    third_party_and_substitutes_drawn: Verifiably
    appeal_pool: AppealPool
    appeal_does_not_restore_label: Literal[True]
    suspension: Suspension
    withdrawal_at_once_where: Literal["life_or_health_at_risk"]
    surveillance_sample: SurveillanceSample
    surveillance_automatic_checks: tuple[AutomaticCheck, ...]
    surveillance_judged_by: SurveillanceJudges
    renewal_undecided_at_the_end: UndecidedRenewal
    tier_dispute: Dispute
    tier_rescored_at: tuple[Rescoring, ...]
    tier_published: tuple[Published, ...]
    tier_override: Literal["commission_may_raise"]
    change_reevaluates: tuple[Reevaluation, ...] = added_later((), max_length=5)
    """Where nothing is stated for a part, every criterion that was met is evaluated again."""


class ThirdPartyRules(SchemePart):
    """The neutral third party of critical applications (Code, I-1.5, last paragraph)."""

    either: tuple[Word, ...] = Field(min_length=1, max_length=5)
    paid_work_months_before_and_after: int = Field(ge=0, le=240)
    reviewers_do_not_count: Literal[True]
