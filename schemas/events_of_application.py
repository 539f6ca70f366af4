"""What happened in stages 1 to 3: the application, its tier, its evidence, and questions about it."""

from typing import Literal

from pydantic import Field

from schemas.added_later import added_later
from schemas.case import Lodged, TierAssessment, TierConfirmation
from schemas.event import Event
from schemas.evidence import EvidenceItem, Manifest, TextRef
from schemas.identifiers import CriterionId, Identifier, ItemId, Moment, RuleId
from schemas.public_statement import PublicStatement
from schemas.questions import Question
from schemas.scheme_terms import Tier


class ApplicationLodged(Event):
    """An application was lodged and its tier computed."""

    kind: Literal["application_lodged"] = "application_lodged"
    application: Identifier
    lodged: Lodged
    not_applicable: dict[CriterionId, TextRef] = Field(max_length=200)
    assessment: TierAssessment
    edition: int = added_later(1, ge=1, le=99)


class ApplicationAmended(Event):
    """The applicant corrected what the application states; the tier was computed anew."""

    kind: Literal["application_amended"] = "application_amended"
    lodged: Lodged
    not_applicable: dict[CriterionId, TextRef] = Field(max_length=200)
    assessment: TierAssessment


class ApplicationDeclined(Event):
    """The application was declined: by the secretariat with reasons, or by a gate of the scheme."""

    kind: Literal["application_declined"] = "application_declined"
    reasons: TextRef | None = None
    rule: RuleId | None = None


class EvidenceOffered(Event):
    """A stored file was offered."""

    kind: Literal["evidence_offered"] = "evidence_offered"
    item: EvidenceItem


class EvidenceWithdrawn(Event):
    """An item was taken back before the manifest was frozen."""

    kind: Literal["evidence_withdrawn"] = "evidence_withdrawn"
    item: ItemId


class NotApplicableStated(Event):
    """The applicant said why a criterion does not apply, or took that back."""

    kind: Literal["not_applicable_stated"] = "not_applicable_stated"
    criterion: CriterionId
    reason: TextRef | None


class PublicStatementMade(Event):
    """The applicant stated what everybody is to read of limitations and groups, in place of what they stated before."""

    kind: Literal["public_statement_made"] = "public_statement_made"
    statement: PublicStatement


class ApplicationAccepted(Event):
    """The secretariat took the application; the clock for evidence runs."""

    kind: Literal["application_accepted"] = "application_accepted"
    note: TextRef | None
    evidence_due_at: Moment


class ManifestFrozen(Event):
    """What was handed in is frozen; of a later version, by when the reviewers judge what differs."""

    kind: Literal["manifest_frozen"] = "manifest_frozen"
    manifest: Manifest
    evaluation_due_at: Moment | None = added_later(None)


class ReferredToCommission(Event):
    """A gate sends the case straight to the Commission for a reasoned refusal (Code, I-2.4)."""

    kind: Literal["referred_to_commission"] = "referred_to_commission"
    rule: RuleId


class ApplicationWithdrawn(Event):
    """The applicant left the procedure."""

    kind: Literal["application_withdrawn"] = "application_withdrawn"
    reasons: TextRef | None


class ApplicationLapsed(Event):
    """The evidence was not handed in by its clock."""

    kind: Literal["application_lapsed"] = "application_lapsed"


class QuestionAsked(Event):
    """The applicant was asked something."""

    kind: Literal["question_asked"] = "question_asked"
    question: Question


class QuestionAnswered(Event):
    """The applicant answered."""

    kind: Literal["question_answered"] = "question_answered"
    number: int = Field(ge=1, le=99)
    answer: TextRef


class AnswersConfirmed(Event):
    """The lead reviewer said of each answer of the questionnaire what the evidence supports."""

    kind: Literal["answers_confirmed"] = "answers_confirmed"
    confirmation: TierConfirmation


class TierDisputeReferred(Event):
    """Applicant and lead reviewer are two tiers or more apart: a working group decides."""

    kind: Literal["tier_dispute_referred"] = "tier_dispute_referred"
    tier: Tier


class TierKept(Event):
    """The tier stays as it is: no proposal to raise it was carried."""

    kind: Literal["tier_kept"] = "tier_kept"
    round: int


class TierRaised(Event):
    """A higher tier applies; evidence is gathered for it (cause: `dispute` by rule, `commission` by a round)."""

    kind: Literal["tier_raised"] = "tier_raised"
    tier: Tier
    cause: Literal["dispute", "commission"]
    round: int | None = None
    evidence_due_at: Moment
