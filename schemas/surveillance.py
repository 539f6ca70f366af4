"""Surveillance of a label: why it began, what is looked at, and what came of it (ISO/IEC 17065, 7.9)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.canonical import digest_of
from schemas.case import Score
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Day, Digest, Identifier, ItemId, Moment, Name, RuleId, Word
from schemas.review import Assignment, Review
from schemas.scheme_common import AutomaticCheck
from schemas.scheme_terms import Tier
from schemas.scheme_tiers import SurveillanceAsk
from schemas.stages import Verdict


class Cause(StrEnum):
    """Why a label is looked at again.

    Attributes:
        REGULAR: the tier's months have passed.
        SAMPLE: it was drawn among the labels of its tier in a quarter.
    """

    REGULAR = "regular"
    SAMPLE = "sample"
    CHANGE = "change"
    COMPLAINT = "complaint"
    INCIDENT = "incident"
    INTEREST = "interest"


class LiveEvidence(BaseModel):
    """An item that a label rests on, as far as it can run out.

    Attributes:
        expires: last day on which it counts; None where it does not run out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: ItemId
    type: Word
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    expires: date | None = None


class CheckResult(BaseModel):
    """What an automatic check found in the record; None where there was nothing to compare."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: AutomaticCheck
    holds: bool | None


class Rescored(BaseModel):
    """The risk tier by the answers of today (scheme, `rescoring`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: dict[RuleId, Score] = Field(max_length=50)
    tier: Tier


class Submission(BaseModel):
    """What the holder handed in for a surveillance.

    Attributes:
        build_digest: of the build that is in use now, where there is one.
        items_digest: digest over the fresh items, in the order of their numbers.
        rescored: None where it was handed in before anybody asked.
        incidents: whether there were any since the surveillance before, or since the issue; None where not asked.
        incident_report: what happened and what was done, or how incidents are watched for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    declaration: TextRef
    build_digest: Digest | None = None
    items_digest: Digest
    submitted_by: Identifier
    submitted_at: Moment
    rescored: Rescored | None = added_later(None)
    incidents: bool | None = added_later(None)
    incident_report: TextRef | None = added_later(None)


class CarriedReview(BaseModel):
    """A look at a label that was not over when another one carried it on, which is looked at in its place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cause: Cause
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    about: Name | None = None


class Surveillance(BaseModel):
    """One look at a label, from its opening to its outcome.

    Attributes:
        due_at: when a regular one was due; it is opened by the clock, never before.
        about: what it is about where it is not regular: a quarter, or which change, complaint or interest.
        seed: digest the sample was drawn with; with the criteria met, anyone who reads the record can draw again.
        sample: criteria that were drawn.
        criteria: all criteria that are judged: the sample, those whose evidence ran out, those a change touches.
        renew: criteria that need fresh evidence.
        needs_holder: whether the holder hands something in; an interest found is no matter of theirs.
        asks: what it contains by the scheme, from its opening to its end; those out of turn ask for nothing besides.
        items: fresh items offered for it.
        review_due_at: by when it is judged; `decision_due_at` by when it is decided.
        results: worst verdict of each criterion, once all reviewers handed in.
        outcome: what it ended with, a word of the vote that ended it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1, le=99)
    cause: Cause
    opened_at: Moment
    due_at: Moment | None = None
    about: Name | None = None
    reasons: TextRef | None = None
    seed: Digest
    sample: tuple[CriterionId, ...] = Field(default=(), max_length=100)
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    renew: tuple[CriterionId, ...] = Field(default=(), max_length=100)
    needs_holder: bool = True
    asks: tuple[SurveillanceAsk, ...] = added_later((), max_length=5)
    items: tuple[ItemId, ...] = Field(default=(), max_length=200)
    submission: Submission | None = None
    checks: tuple[CheckResult, ...] = Field(default=(), max_length=9)
    results: dict[CriterionId, Verdict] = Field(default_factory=dict, max_length=100)
    review_due_at: Moment | None = None
    judged_at: Moment | None = None
    decision_due_at: Moment | None = None
    outcome: Word | None = None
    closed_at: Moment | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.closed_at is None

    @property
    def waits_for_holder(self) -> bool:
        """Whether the holder has yet to hand something in."""
        return self.is_open and self.needs_holder and self.submission is None

    @property
    def waits_for_reviewers(self) -> bool:
        """Whether it can be judged and is not."""
        return self.is_open and not self.waits_for_holder and self.judged_at is None


class CarriedOn(BaseModel):
    """What a label goes on with that carries another one on.

    Attributes:
        scope: the reduced scope.
        surveillances: those that were open, each with its clock.
        regular_since: from when the months to each regular surveillance are counted.
        certified_items: number of the last item of the certification; what was handed in after that stands in the place
            of anything that ran out.
        fell_away: when suspensions at once fell away that the Commission did not confirm, by their grounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: TextRef | None = added_later(None)
    surveillances: tuple[Surveillance, ...] = added_later((), max_length=60)
    regular_since: Moment | None = added_later(None)
    certified_items: int | None = added_later(None, ge=0, le=9999)
    fell_away: dict[Word, Moment] = Field(default_factory=dict, max_length=10, exclude_if=lambda one: not one)


class LiveCheck(BaseModel):
    """A reviewer's protocol of a check of the system in use, recorded before they judge (scheme, `asks`).

    Attributes:
        participants: who took part, by function and without names.
        shown: what was run on the system; `observed` what the reviewer saw of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    held_on: Day
    participants: TextRef
    shown: TextRef
    observed: TextRef
    recorded_at: Moment


class ReviewInBrief(BaseModel):
    """What a review comes to whose findings a label carries no longer; the record has them.

    Attributes:
        digest: of the whole review, as a vote is on it.
        verdicts: the criteria of each verdict.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: Digest
    verdicts: dict[Verdict, Annotated[tuple[CriterionId, ...], Field(max_length=100)]] = Field(max_length=9)


class Judging(BaseModel):
    """Who judges a surveillance, what they checked and found; kept apart, because not everybody may know.

    Attributes:
        brief: what the reviews come to whose findings are carried no longer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignments: dict[Identifier, Assignment] = Field(default_factory=dict, max_length=9)
    reviews: dict[Identifier, Review] = Field(default_factory=dict, max_length=9)
    live_checks: dict[Identifier, LiveCheck] = Field(
        default_factory=dict, max_length=9, exclude_if=lambda checks: not checks
    )
    brief: dict[Identifier, ReviewInBrief] = Field(
        default_factory=dict, max_length=9, exclude_if=lambda brief: not brief
    )

    @property
    def judges(self) -> frozenset[str]:
        """Those who said yes and have no interest."""
        return frozenset(person for person, held in self.assignments.items() if held.accepted)

    @property
    def counted(self) -> tuple[Review, ...]:
        """Reviews of those who are still free to judge."""
        return tuple(review for person, review in self.reviews.items() if person in self.judges)

    @property
    def verdicts(self) -> dict[CriterionId, tuple[Verdict, ...]]:
        """What was found of each criterion by those who are still free to judge."""
        whole = [(one.criterion, one.verdict) for review in self.counted for one in review.findings]
        brief = [self.brief[review.reviewer] for review in self.counted if review.reviewer in self.brief]
        told = [(criterion, verdict) for one in brief for verdict, of in one.verdicts.items() for criterion in of]
        found: dict[CriterionId, tuple[Verdict, ...]] = {}
        for criterion, verdict in (*whole, *told):
            found[criterion] = (*found.get(criterion, ()), verdict)
        return found

    @property
    def digests(self) -> tuple[Digest, ...]:
        """Digests of the reviews of those who are still free to judge, in an order that tells nothing."""
        brief = {who: one.digest for who, one in self.brief.items()}
        return tuple(sorted(brief.get(one.reviewer) or digest_of(one) for one in self.counted))
