"""What happened in a case: the bodies of its journal entries.

Every version ever written stays readable: a new field has a default, a new shape a new `version`.
The first event of an act carries the act; those after it follow by rule and have the actor `engine`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from schemas.case import Lodged, TierAssessment
from schemas.decision import Ballot, Decision, Round, Tally
from schemas.evidence import EvidenceItem, Manifest, TextRef
from schemas.identifiers import CriterionId, Identifier, ItemId, Moment, Name, RuleId
from schemas.label import IssuedLabel
from schemas.people import Role
from schemas.review import Assignment, Finding, Interests, Plan, Recommendation, Result, Review
from schemas.stages import Stage


class Event(BaseModel):
    """One fact; `at` is the time of the case (its workflow), never the time of writing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    version: int = 1
    at: Moment
    actor: Identifier


class ApplicationLodged(Event):
    """An application was lodged and its tier computed."""

    kind: Literal["application_lodged"] = "application_lodged"
    application: Identifier
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


class ApplicationAccepted(Event):
    """The secretariat took the application; the clock for evidence runs."""

    kind: Literal["application_accepted"] = "application_accepted"
    note: TextRef | None
    evidence_due_at: Moment


class ManifestFrozen(Event):
    """What was handed in is frozen."""

    kind: Literal["manifest_frozen"] = "manifest_frozen"
    manifest: Manifest


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


class ReviewerAssigned(Event):
    """An expert was asked to judge some areas."""

    kind: Literal["reviewer_assigned"] = "reviewer_assigned"
    assignment: Assignment


class InterestsDeclared(Event):
    """A person declared their interests for this case, in the role they take in it."""

    kind: Literal["interests_declared"] = "interests_declared"
    interests: Interests
    role: Role


class AssignmentAnswered(Event):
    """An expert said yes or no."""

    kind: Literal["assignment_answered"] = "assignment_answered"
    accepts: bool
    reason: TextRef | None


class PlanApproved(Event):
    """The evaluation plan is fixed."""

    kind: Literal["plan_approved"] = "plan_approved"
    plan: Plan
    evaluation_due_at: Moment


class LookupRecorded(Event):
    """The secretariat checked a lookup criterion."""

    kind: Literal["lookup_recorded"] = "lookup_recorded"
    finding: Finding


class ReviewSubmitted(Event):
    """A reviewer handed in all findings."""

    kind: Literal["review_submitted"] = "review_submitted"
    review: Review


class EvaluationClosed(Event):
    """All findings are in; what each criterion comes to."""

    kind: Literal["evaluation_closed"] = "evaluation_closed"
    results: tuple[Result, ...] = Field(max_length=200)


class ThirdPartyReportRecorded(Event):
    """The neutral third party's report is on file."""

    kind: Literal["third_party_report_recorded"] = "third_party_report_recorded"
    report: TextRef


class RapporteurAppointed(Event):
    """A member was named rapporteur."""

    kind: Literal["rapporteur_appointed"] = "rapporteur_appointed"
    rapporteur: Identifier


class RecommendationSubmitted(Event):
    """The rapporteur recommended."""

    kind: Literal["recommendation_submitted"] = "recommendation_submitted"
    recommendation: Recommendation


class HearingRecorded(Event):
    """The applicant was heard."""

    kind: Literal["hearing_recorded"] = "hearing_recorded"
    protocol: TextRef


class RoundOpened(Event):
    """A round began with this electorate."""

    kind: Literal["round_opened"] = "round_opened"
    round: Round


class MemberRecused(Event):
    """A member left the electorate; a ballot already cast no longer counts."""

    kind: Literal["member_recused"] = "member_recused"
    member: Identifier
    round: int
    reason: TextRef | None


class BallotCast(Event):
    """A member voted; hidden from every reading until the round closes."""

    kind: Literal["ballot_cast"] = "ballot_cast"
    ballot: Ballot


class RoundClosed(Event):
    """The round ended; without quorum there is no decision but a new round."""

    kind: Literal["round_closed"] = "round_closed"
    round: int
    tally: Tally


class DecisionTaken(Event):
    """The Commission decided."""

    kind: Literal["decision_taken"] = "decision_taken"
    decision: Decision
    stage: Stage


class LabelReleased(Event):
    """A label officer released the signing."""

    kind: Literal["label_released"] = "label_released"


class LabelIssued(Event):
    """The signer made the label; the case ends as granted."""

    kind: Literal["label_issued"] = "label_issued"
    label: IssuedLabel
    holder: Name


CaseEvent = Annotated[
    ApplicationLodged
    | ApplicationDeclined
    | EvidenceOffered
    | EvidenceWithdrawn
    | NotApplicableStated
    | ApplicationAccepted
    | ManifestFrozen
    | ReferredToCommission
    | ApplicationWithdrawn
    | ApplicationLapsed
    | ReviewerAssigned
    | InterestsDeclared
    | AssignmentAnswered
    | PlanApproved
    | LookupRecorded
    | ReviewSubmitted
    | EvaluationClosed
    | ThirdPartyReportRecorded
    | RapporteurAppointed
    | RecommendationSubmitted
    | HearingRecorded
    | RoundOpened
    | MemberRecused
    | BallotCast
    | RoundClosed
    | DecisionTaken
    | LabelReleased
    | LabelIssued,
    Field(discriminator="kind"),
]

CASE_EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)
