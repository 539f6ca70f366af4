"""What happened in a case: the bodies of its journal entries, and the one way to read them."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from schemas.clocks import ClockResumed, ClockStopped, ReminderGiven
from schemas.errand import ErrandDone
from schemas.events_of_application import (
    AnswersConfirmed,
    ApplicationAccepted,
    ApplicationAmended,
    ApplicationDeclined,
    ApplicationLapsed,
    ApplicationLodged,
    ApplicationWithdrawn,
    EvidenceOffered,
    EvidenceWithdrawn,
    ManifestFrozen,
    NotApplicableStated,
    PublicStatementMade,
    QuestionAnswered,
    QuestionAsked,
    ReferredToCommission,
    TierDisputeReferred,
    TierKept,
    TierRaised,
)
from schemas.events_of_decision import (
    BallotCast,
    CaseSentBack,
    Countersigned,
    DecisionReopened,
    DecisionTaken,
    EvidenceRanOut,
    HearingAskedFor,
    HearingCalled,
    HearingRecorded,
    HearingWaived,
    LabelIssued,
    LabelReleased,
    MemberRecused,
    RapporteurAppointed,
    RecommendationSubmitted,
    RoundClosed,
    RoundOpened,
    RoundsUsedUp,
    RoundVoided,
    SigningRefused,
    SubstituteDrawn,
)
from schemas.events_of_evaluation import (
    AssignmentAnswered,
    AssignmentLapsed,
    CorrectionEnded,
    CorrectionExtended,
    EvaluationClosed,
    InterestsDeclared,
    LookupRecorded,
    NonconformitiesClosed,
    NonconformitiesRaised,
    NonconformityBecameMajor,
    NonconformityPastDeadline,
    NonconformityRegraded,
    PlanApproved,
    ProtocolRecorded,
    ProtocolsEntered,
    ReviewerAssigned,
    ReviewerRelieved,
    ReviewersProposed,
    ReviewSubmitted,
    ThirdPartyDrawn,
    ThirdPartyReportRecorded,
    UndeclaredInterestConfirmed,
    UndeclaredInterestRejected,
    UndeclaredInterestReported,
    VerdictRevised,
)

__all__ = [
    "CASE_EVENTS",
    "AnswersConfirmed",
    "ApplicationAccepted",
    "ApplicationAmended",
    "ApplicationDeclined",
    "ApplicationLapsed",
    "ApplicationLodged",
    "ApplicationWithdrawn",
    "AssignmentAnswered",
    "AssignmentLapsed",
    "BallotCast",
    "CaseEvent",
    "CaseSentBack",
    "ClockResumed",
    "ClockStopped",
    "CorrectionEnded",
    "CorrectionExtended",
    "Countersigned",
    "DecisionReopened",
    "DecisionTaken",
    "ErrandDone",
    "EvaluationClosed",
    "EvidenceOffered",
    "EvidenceRanOut",
    "EvidenceWithdrawn",
    "HearingAskedFor",
    "HearingCalled",
    "HearingRecorded",
    "HearingWaived",
    "InterestsDeclared",
    "LabelIssued",
    "LabelReleased",
    "LookupRecorded",
    "ManifestFrozen",
    "MemberRecused",
    "NonconformitiesClosed",
    "NonconformitiesRaised",
    "NonconformityBecameMajor",
    "NonconformityPastDeadline",
    "NonconformityRegraded",
    "NotApplicableStated",
    "PlanApproved",
    "ProtocolRecorded",
    "ProtocolsEntered",
    "PublicStatementMade",
    "QuestionAnswered",
    "QuestionAsked",
    "RapporteurAppointed",
    "RecommendationSubmitted",
    "ReferredToCommission",
    "ReminderGiven",
    "ReviewSubmitted",
    "ReviewerAssigned",
    "ReviewerRelieved",
    "ReviewersProposed",
    "RoundClosed",
    "RoundOpened",
    "RoundVoided",
    "RoundsUsedUp",
    "SigningRefused",
    "SubstituteDrawn",
    "ThirdPartyDrawn",
    "ThirdPartyReportRecorded",
    "TierDisputeReferred",
    "TierKept",
    "TierRaised",
    "UndeclaredInterestConfirmed",
    "UndeclaredInterestRejected",
    "UndeclaredInterestReported",
    "VerdictRevised",
]

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
    | LabelIssued
    | ApplicationAmended
    | QuestionAsked
    | QuestionAnswered
    | AnswersConfirmed
    | TierDisputeReferred
    | TierKept
    | TierRaised
    | ReviewersProposed
    | AssignmentLapsed
    | ReviewerRelieved
    | ThirdPartyDrawn
    | VerdictRevised
    | NonconformitiesRaised
    | NonconformitiesClosed
    | CorrectionExtended
    | NonconformityBecameMajor
    | NonconformityPastDeadline
    | NonconformityRegraded
    | CorrectionEnded
    | SubstituteDrawn
    | HearingAskedFor
    | HearingCalled
    | HearingWaived
    | CaseSentBack
    | EvidenceRanOut
    | RoundsUsedUp
    | Countersigned
    | RoundVoided
    | DecisionReopened
    | SigningRefused
    | UndeclaredInterestReported
    | UndeclaredInterestConfirmed
    | UndeclaredInterestRejected
    | ReminderGiven
    | ClockStopped
    | ClockResumed
    | ErrandDone
    | ProtocolRecorded
    | ProtocolsEntered
    | PublicStatementMade,
    Field(discriminator="kind"),
]

CASE_EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)
