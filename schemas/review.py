"""What reviewers find, and what their findings amount to (ISO/IEC 17065, 7.4 and 7.5)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.correction import Grade
from schemas.evidence import PROTOCOLS_CITED_MAX, TextRef
from schemas.identifiers import CriterionId, Digest, Identifier, ItemId, Moment, ProtocolId, Word
from schemas.people import Role
from schemas.stages import Outcome, Verdict


class Finding(BaseModel):
    """One reviewer's verdict on one criterion, with the reason and the items it rests on.

    Attributes:
        grade: of the nonconformity that a criterion partly met or not met is.
        reliance: why the maker of an earlier result is relied on (ISO/IEC 17065, 7.4.5).
        manifest: version of the manifest it was judged on.
        protocols: of demonstrations and interviews that it rests on, besides the items cited.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: CriterionId
    verdict: Verdict
    rationale: TextRef
    cited: tuple[ItemId, ...] = Field(default=(), max_length=50)
    grade: Grade | None = added_later(None)
    reliance: TextRef | None = added_later(None)
    manifest: int = added_later(1, ge=1, le=99)
    protocols: tuple[ProtocolId, ...] = added_later((), max_length=PROTOCOLS_CITED_MAX)


class Revision(BaseModel):
    """A verdict that its reviewer changed, once, after the reviewers saw each other's (procedure, stage 5)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: CriterionId
    before: Verdict
    after: Verdict
    reason: TextRef
    revised_at: Moment


class Review(BaseModel):
    """All findings of one reviewer that stand; those judged again on a later manifest replace the earlier ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: Identifier
    submitted_at: Moment
    findings: tuple[Finding, ...] = Field(max_length=100)
    revisions: tuple[Revision, ...] = added_later((), max_length=100)


class ReviewerAgreement(BaseModel):
    """How far the reviewers of one criterion agree.

    Attributes:
        verdicts: how often each verdict was given.
        agreeing: pairs of reviewers with the same verdict, of all `pairs`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: CriterionId
    verdicts: dict[Verdict, int] = Field(max_length=4)
    agreeing: int = Field(ge=0)
    pairs: int = Field(ge=1)


class Result(BaseModel):
    """What a criterion comes to: the worst verdict of its reviewers, or the answer of a rule.

    Attributes:
        source: `review`, `lookup` (secretariat), `role` (not the applicant's role), or where the answer
            stands: `register`, `questionnaire`, `agreement`, `application`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: CriterionId
    verdict: Verdict
    source: Word
    mandatory: bool


class Assignment(BaseModel):
    """A reviewer's place in a case: the areas they are to judge and their yes or no.

    Attributes:
        answer_due_at: by when they say yes or no; silence counts as a no.
        left_at: when they left or were relieved who had said yes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: Identifier
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
    assigned_at: Moment
    accepted: bool | None = None
    answer_due_at: Moment | None = added_later(None)
    left_at: Moment | None = added_later(None)


ON_RECORD_MAX = 120
"""So many interests a label is told of, as so many people declare in one case or about one label."""


class Interests(BaseModel):
    """A declaration of interests for one case (ISO/IEC 17065, 4.2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Identifier
    has_interest: bool
    statement: TextRef | None = None
    declared_at: Moment


class InterestReport(BaseModel):
    """An interest that a person did not declare, as another reported it; a third confirms or rejects it.

    Attributes:
        role: the part that the person has in the case.
        reasons: why it was rejected; None while it is open and where it was confirmed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Identifier
    role: Role
    statement: TextRef
    reported_by: Identifier
    reported_at: Moment
    settled_by: Identifier | None = None
    settled_at: Moment | None = None
    reasons: TextRef | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.settled_at is None

    @property
    def is_confirmed(self) -> bool:
        """Whether a second person confirmed it."""
        return self.settled_at is not None and self.reasons is None


class Plan(BaseModel):
    """The approved evaluation plan: who judges which criteria; its digest is pinned.

    Attributes:
        lead: the reviewer who confirms the answers of the questionnaire against the evidence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria: dict[Identifier, Annotated[tuple[CriterionId, ...], Field(max_length=100)]] = Field(max_length=30)
    lookups: tuple[CriterionId, ...] = Field(default=(), max_length=100)
    digest: Digest
    lead: Identifier | None = added_later(None)


class Recommendation(BaseModel):
    """The rapporteur's advice to the Commission (ISO/IEC 17065, 7.5)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rapporteur: Identifier
    recommends: Outcome
    reasons: TextRef
    submitted_at: Moment


class Proposed(BaseModel):
    """An expert proposed for some areas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: Identifier
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
