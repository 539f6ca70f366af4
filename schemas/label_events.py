"""What happens in the life of a label: the bodies of the entries of its stream."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.added_later import added_later
from schemas.case import ORGANISATIONS_MAX
from schemas.clocks import ReminderGiven
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Digest, Identifier, MatterId, Moment, Name, Word
from schemas.label import IssuedLabel, LabelId
from schemas.label_life import (
    ELECTORS_MAX,
    EVALUATORS_MAX,
    TOOK_PART_MAX,
    Because,
    Change,
    Prolongation,
    Proposal,
    ReportedInterest,
    Shares,
    SuspensionProposal,
)
from schemas.matter import MOTION_EVENTS
from schemas.review import ON_RECORD_MAX, Interests
from schemas.scheme_terms import Tier
from schemas.surveillance import CarriedOn, CarriedReview, LiveEvidence
from schemas.surveillance_events import (
    ChecksRepeated,
    FreshEvidenceOffered,
    FreshEvidenceWithdrawn,
    LabelMaintained,
    LabelNotMaintained,
    LiveCheckRecorded,
    SurveillanceAssignmentAnswered,
    SurveillanceAssignmentLapsed,
    SurveillanceEvaluated,
    SurveillanceJudged,
    SurveillanceOpened,
    SurveillanceReviewerAssigned,
    SurveillanceReviewerRelieved,
    SurveillanceSubmitted,
)
from schemas.withdrawal_events import (
    HolderHeard,
    LabelWithdrawn,
    ScopeReduced,
    WithdrawalNoticeAnswered,
    WithdrawalNoticeEnded,
    WithdrawalNoticeGiven,
    WithdrawalNoticeTakenBack,
)


class LabelLifeBegun(Event, CarriedOn):
    """A label was issued and its life begins; all that its rules need of the case stands here.

    Attributes:
        carried_review: as it was handed on before `surveillances` were, each with its clock.
    """

    kind: Literal["label_life_begun"] = "label_life_begun"
    label: LabelId
    application: Identifier
    organisation: Identifier
    tier: Tier
    decision: Name
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
    issued_at: Moment
    expires_at: Moment
    scheme_digest: Digest
    build_digest: Digest | None = None
    evidence: tuple[LiveEvidence, ...] = Field(default=(), max_length=200)
    case_items: int = Field(default=0, ge=0, le=9999)
    shares: Shares = Field(default_factory=dict, max_length=30)
    electors: tuple[Identifier, ...] = Field(default=(), max_length=ELECTORS_MAX)
    met: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    seed: Digest
    prolongs: LabelId | None = None
    carried_review: CarriedReview | None = added_later(None)
    group: tuple[Identifier, ...] = added_later((), max_length=ORGANISATIONS_MAX)
    kept_away: tuple[Identifier, ...] = added_later((), max_length=ORGANISATIONS_MAX)
    reported_interests: tuple[ReportedInterest, ...] = added_later((), max_length=14)
    took_part: tuple[Identifier, ...] = added_later((), max_length=TOOK_PART_MAX)
    evaluators: tuple[Identifier, ...] = added_later((), max_length=EVALUATORS_MAX)
    interests: tuple[Interests, ...] = added_later((), max_length=ON_RECORD_MAX)


class ProposalPut(Event):
    """What the vote that opens now is on."""

    kind: Literal["proposal_put"] = "proposal_put"
    proposal: Proposal


class VoteSetAside(Event):
    """An open vote ended without a count, because the standing it was on changed."""

    kind: Literal["vote_set_aside"] = "vote_set_aside"
    motion: int
    reason: Word


class SuspensionProposed(Event):
    """A member proposed to suspend the label at once.

    Attributes:
        stays_out: whether they judge nothing of the label from then on.
        proposed_by: of whom this replaces the proposal, who judges nothing of it either; None in entries of before.
    """

    kind: Literal["suspension_proposed"] = "suspension_proposed"
    proposal: SuspensionProposal
    stays_out: bool = added_later(default=False)
    proposed_by: Identifier | None = added_later(None)


class LabelSuspended(Event):
    """The label may not be relied on.

    Attributes:
        stays_out: whether its actor, the second member of two, judges nothing of the label from then on.
        proposed_by: whose proposal the second member confirmed, who judges nothing either; None in entries of before.
        ends: the failed surveillances that a vote named; None, as before they were named, for all that failed.
    """

    kind: Literal["label_suspended"] = "label_suspended"
    because: Because
    reasons: TextRef | None = None
    restoration: TextRef | None = None
    void_at: Moment | None = None
    surveillance: int | None = None
    motion: int | None = None
    stays_out: bool = added_later(default=False)
    proposed_by: Identifier | None = added_later(None)
    ends: tuple[int, ...] | None = added_later(None, max_length=60)


class SuspensionConfirmed(Event):
    """The Commission confirmed a suspension; `ends` as of a suspension."""

    kind: Literal["suspension_confirmed"] = "suspension_confirmed"
    motion: int
    ends: tuple[int, ...] | None = added_later(None, max_length=60)


class SuspensionVoided(Event):
    """A suspension fell away, because the Commission did not confirm it."""

    kind: Literal["suspension_voided"] = "suspension_voided"
    because: Because
    motion: int | None = None


class LabelRestored(Event):
    """The Commission restored the label.

    Attributes:
        ends: the surveillances that end with it; None, as before they were named, for all that were judged and passed.
    """

    kind: Literal["label_restored"] = "label_restored"
    reasons: TextRef | None = None
    motion: int
    ends: tuple[int, ...] | None = added_later(None, max_length=60)


class LabelNotRestored(Event):
    """The Commission voted to restore the label, and when the vote closed something that it takes held no more.

    Attributes:
        reason: what held no more, the code of the rule. The label stays suspended; there can be another vote.
    """

    kind: Literal["label_not_restored"] = "label_not_restored"
    motion: int
    reason: Word


class ChangeReported(Event):
    """A change of the product was reported."""

    kind: Literal["change_reported"] = "change_reported"
    change: Change


class ComplaintReferred(Event):
    """A complaint asks for a review; its id is its tracking code, which the holder must not learn."""

    kind: Literal["complaint_referred"] = "complaint_referred"
    complaint: MatterId


class InterestConfirmed(Event):
    """A second person confirmed a reported interest: from now on it keeps the person out."""

    kind: Literal["interest_confirmed"] = "interest_confirmed"
    person: Identifier


class InterestRejected(Event):
    """A second person found nothing in a reported interest; the review it led to goes on."""

    kind: Literal["interest_rejected"] = "interest_rejected"
    person: Identifier
    reasons: TextRef


class InterestReported(Event):
    """An interest of somebody with a part in the case was found after signing."""

    kind: Literal["interest_reported"] = "interest_reported"
    interest: ReportedInterest


class RenewalAsked(Event):
    """The holder asked for a renewal inside the window."""

    kind: Literal["renewal_asked"] = "renewal_asked"
    application: Identifier


class ProlongationDecided(Event):
    """A panel decided to give a new label until the renewal is decided; the signer carries it out."""

    kind: Literal["prolongation_decided"] = "prolongation_decided"
    prolongation: Prolongation


class LabelNotProlonged(Event):
    """A panel voted to prolong the label, and when the vote closed something that it takes held no more.

    Attributes:
        reason: what held no more, the code of the rule. There can be another vote.
    """

    kind: Literal["label_not_prolonged"] = "label_not_prolonged"
    motion: int
    reason: Word


class ProlongationRefused(Event):
    """The signer made no label: the record did not carry the prolongation when it looked."""

    kind: Literal["prolongation_refused"] = "prolongation_refused"
    code: Word


class LabelProlonged(Event):
    """The signer made the new label; it replaces this one."""

    kind: Literal["label_prolonged"] = "label_prolonged"
    label: IssuedLabel


class LabelSuperseded(Event):
    """A renewal gave a new label, which replaces this one."""

    kind: Literal["label_superseded"] = "label_superseded"
    successor: LabelId


class SuccessorNamed(Event):
    """The label had ended before its renewal gave a new one; its page leads there."""

    kind: Literal["successor_named"] = "successor_named"
    successor: LabelId


class LabelExpired(Event):
    """The term of the label ended."""

    kind: Literal["label_expired"] = "label_expired"


class LabelLapsed(Event):
    """A missed surveillance ended the label, as the agreement says."""

    kind: Literal["label_lapsed"] = "label_lapsed"
    surveillance: int


class LabelEnded(Event):
    """The holder ended the label, or left the Code."""

    kind: Literal["label_ended"] = "label_ended"
    because: Because
    reasons: TextRef | None = None


class AppealNoted(Event):
    """An appeal against an act about this label took a step."""

    kind: Literal["appeal_noted"] = "appeal_noted"
    appeal: MatterId
    state: Word


LabelEvent = Annotated[
    LabelLifeBegun
    | SurveillanceOpened
    | FreshEvidenceOffered
    | FreshEvidenceWithdrawn
    | SurveillanceSubmitted
    | ChecksRepeated
    | SurveillanceReviewerAssigned
    | SurveillanceAssignmentAnswered
    | SurveillanceAssignmentLapsed
    | SurveillanceReviewerRelieved
    | LiveCheckRecorded
    | SurveillanceJudged
    | SurveillanceEvaluated
    | LabelMaintained
    | LabelNotMaintained
    | ProposalPut
    | VoteSetAside
    | SuspensionProposed
    | LabelSuspended
    | SuspensionConfirmed
    | SuspensionVoided
    | LabelRestored
    | LabelNotRestored
    | WithdrawalNoticeGiven
    | WithdrawalNoticeTakenBack
    | WithdrawalNoticeAnswered
    | HolderHeard
    | WithdrawalNoticeEnded
    | LabelWithdrawn
    | ScopeReduced
    | ChangeReported
    | ComplaintReferred
    | InterestReported
    | InterestConfirmed
    | InterestRejected
    | RenewalAsked
    | ProlongationDecided
    | LabelNotProlonged
    | ProlongationRefused
    | LabelProlonged
    | LabelSuperseded
    | SuccessorNamed
    | LabelExpired
    | LabelLapsed
    | LabelEnded
    | AppealNoted
    | ErrandDone
    | ReminderGiven
    | MOTION_EVENTS,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[LabelEvent] = TypeAdapter(LabelEvent)
