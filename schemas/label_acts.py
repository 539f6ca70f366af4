"""Acts in the life of a label: of its holder, of reviewers, members and the secretariat, and of the engine."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from schemas.added_later import added_later
from schemas.case import ORGANISATIONS_MAX, Score
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Day, Digest, Identifier, ItemId, MatterId, Moment, Name, RuleId, Word
from schemas.label import LabelId
from schemas.label_act import VOTES, LabelAct
from schemas.label_facts import Quarter
from schemas.label_life import ELECTORS_MAX, EVALUATORS_MAX, TOOK_PART_MAX, Because, ReportedInterest, Shares
from schemas.matter import MOTION_ACTS, MatterAct
from schemas.offered_file import OfferedFile
from schemas.review import ON_RECORD_MAX, Finding, Interests
from schemas.scheme_common import ProductPart
from schemas.scheme_terms import Tier
from schemas.surveillance import CarriedOn, CarriedReview, Cause, LiveEvidence
from schemas.withdrawal_acts import (
    AnswerNoticeOfWithdrawal,
    GiveNoticeOfWithdrawal,
    PutScopeToVote,
    PutWithdrawalToVote,
    RecordHolderHearing,
    TakeBackNoticeOfWithdrawal,
)

Number = Annotated[int, Field(ge=1, le=99)]


class BeginLife(LabelAct, CarriedOn):
    """Begin the life of a label that was issued."""

    kind: Literal["begin_life"] = "begin_life"
    by_engine: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"participant"})
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


class Supersede(LabelAct):
    """Let a renewal's new label replace this one."""

    kind: Literal["supersede"] = "supersede"
    by_engine: ClassVar[bool] = True
    successor: LabelId


class EndByLeaving(LabelAct):
    """End the label because its holder left the Code (Code, II-2.1)."""

    kind: Literal["end_by_leaving"] = "end_by_leaving"
    by_engine: ClassVar[bool] = True


class OpenReview(LabelAct):
    """Look at the label again because of a complaint (ISO/IEC 17065, 7.13)."""

    kind: Literal["open_review"] = "open_review"
    by_engine: ClassVar[bool] = True
    complaint: MatterId
    criteria: tuple[CriterionId, ...] = Field(default=(), max_length=100)


class NoteAppeal(LabelAct):
    """Add to the record how an appeal against an act about this label stands; it changes nothing else."""

    kind: Literal["note_appeal"] = "note_appeal"
    by_engine: ClassVar[bool] = True
    appeal: MatterId
    state: Word


class OfferFreshEvidence(LabelAct, OfferedFile):
    """Offer one stored file for criteria of a surveillance."""

    kind: Literal["offer_fresh_evidence"] = "offer_fresh_evidence"
    surveillance: Number


class WithdrawFreshEvidence(LabelAct):
    """Take a fresh item back before handing in."""

    kind: Literal["withdraw_fresh_evidence"] = "withdraw_fresh_evidence"
    surveillance: Number
    item: ItemId


class SubmitSurveillance(LabelAct):
    """Hand in what a surveillance asks for: a declaration, fresh evidence for what has expired, the build in use.

    Attributes:
        answers: to the risk questionnaire, as they are today (scheme, `rescoring`; Code, I-2.1).
        incidents: whether there were any since the surveillance before, where the surveillance asks for a declaration.
        incident_report: where the surveillance asks for one, or there were incidents.
    """

    kind: Literal["submit_surveillance"] = "submit_surveillance"
    surveillance: Number
    declaration: TextRef
    build_digest: Digest | None = None
    answers: dict[RuleId, Score] | None = added_later(None, max_length=50)
    incidents: bool | None = added_later(None)
    incident_report: TextRef | None = added_later(None)
    needs: ClassVar[frozenset[str]] = frozenset({"participant", "complaints", "gates"})


class RepeatChecks(LabelAct):
    """Let the automatic checks of a surveillance run again."""

    kind: Literal["repeat_checks"] = "repeat_checks"
    surveillance: Number
    needs: ClassVar[frozenset[str]] = frozenset({"participant", "complaints"})


class OpenExtraordinarySurveillance(LabelAct):
    """Look at a label again out of turn: it was drawn in a quarter, or an incident became known."""

    kind: Literal["open_extraordinary_surveillance"] = "open_extraordinary_surveillance"
    cause: Literal[Cause.SAMPLE, Cause.INCIDENT]
    quarter: Quarter | None = None
    criteria: tuple[CriterionId, ...] = Field(default=(), max_length=100)
    reasons: TextRef | None = None
    needs: ClassVar[frozenset[str]] = frozenset({"sample"})


class AssignSurveillanceReviewer(LabelAct):
    """Ask an expert to judge a surveillance."""

    kind: Literal["assign_surveillance_reviewer"] = "assign_surveillance_reviewer"
    surveillance: Number
    reviewer: Identifier
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
    needs: ClassVar[frozenset[str]] = frozenset({"named"})


class AnswerSurveillanceAssignment(LabelAct):
    """Say yes or no to judging a surveillance."""

    kind: Literal["answer_surveillance_assignment"] = "answer_surveillance_assignment"
    surveillance: Number
    accepts: bool
    reason: TextRef | None = None


class RelieveSurveillanceReviewer(LabelAct):
    """Relieve, with reasons, a reviewer of a surveillance who does not do what they said yes to."""

    kind: Literal["relieve_surveillance_reviewer"] = "relieve_surveillance_reviewer"
    surveillance: Number
    reviewer: Identifier
    reasons: TextRef
    needs: ClassVar[frozenset[str]] = frozenset({"named"})


class RecordLiveCheck(LabelAct):
    """Record, as a reviewer of a surveillance that asks for it, a check of the system in use.

    Attributes:
        participants: who took part, by function and without names.
        shown: what was run on the system; `observed` what the reviewer saw of it.
    """

    kind: Literal["record_live_check"] = "record_live_check"
    surveillance: Number
    held_on: Day
    participants: TextRef
    shown: TextRef
    observed: TextRef


class JudgeSurveillance(LabelAct):
    """Hand in findings on every criterion of a surveillance, blind to other reviewers."""

    kind: Literal["judge_surveillance"] = "judge_surveillance"
    surveillance: Number
    findings: tuple[Finding, ...] = Field(min_length=1, max_length=100)
    needs: ClassVar[frozenset[str]] = frozenset({"certified"})


class PutMaintainToVote(LabelAct):
    """Let a panel maintain the label after a surveillance."""

    kind: Literal["put_maintain_to_vote"] = "put_maintain_to_vote"
    surveillance: Number
    needs: ClassVar[frozenset[str]] = VOTES | {"participant", "complaints", "judges"}


class ProposeSuspension(LabelAct):
    """Propose to suspend a label at once; a second member confirms it, and one of the two is chair or deputy."""

    kind: Literal["propose_suspension"] = "propose_suspension"
    because: Because
    reasons: TextRef
    restoration: TextRef
    needs: ClassVar[frozenset[str]] = frozenset({"institution"})


class ConfirmSuspension(LabelAct):
    """Suspend a label at once, as the second member."""

    kind: Literal["confirm_suspension"] = "confirm_suspension"
    needs: ClassVar[frozenset[str]] = frozenset({"institution"})


class PutSuspensionToVote(LabelAct):
    """Let the Commission suspend a label by the rule of its tier."""

    kind: Literal["put_suspension_to_vote"] = "put_suspension_to_vote"
    because: Because
    reasons: TextRef
    restoration: TextRef
    needs: ClassVar[frozenset[str]] = VOTES


class PutConfirmationToVote(LabelAct):
    """Let the Commission confirm a suspension before it falls away."""

    kind: Literal["put_confirmation_to_vote"] = "put_confirmation_to_vote"
    needs: ClassVar[frozenset[str]] = VOTES


class PutRestorationToVote(LabelAct):
    """Let the Commission restore a suspended label."""

    kind: Literal["put_restoration_to_vote"] = "put_restoration_to_vote"
    reasons: TextRef
    needs: ClassVar[frozenset[str]] = VOTES | {"participant", "complaints", "judges"}


class ReportChange(LabelAct):
    """Report, as the holder, what changed in the product; a rule says which criteria are evaluated again."""

    kind: Literal["report_change"] = "report_change"
    changed: tuple[ProductPart, ...] = Field(min_length=1, max_length=5)
    statement: TextRef
    build_digest: Digest | None = None


class ReportBuild(LabelAct):
    """Report that another build than the certified one is in use; whoever has a part in the label may."""

    kind: Literal["report_build"] = "report_build"
    build_digest: Digest
    statement: TextRef


class ReportInterest(LabelAct):
    """Report an interest of somebody with a part in the case, found after signing."""

    kind: Literal["report_interest"] = "report_interest"
    person: Identifier
    statement: TextRef


class ConfirmInterest(LabelAct):
    """Confirm, as the second person, a reported interest: it keeps the person out of what is judged and decided."""

    kind: Literal["confirm_interest"] = "confirm_interest"
    person: Identifier


class RejectInterest(LabelAct):
    """Reject, as the second person, a reported interest; the review of the label goes on."""

    kind: Literal["reject_interest"] = "reject_interest"
    person: Identifier
    reasons: TextRef


class AskRenewal(LabelAct):
    """Ask for the renewal of the label, naming the new application, inside the window of the tier."""

    kind: Literal["ask_renewal"] = "ask_renewal"
    new_application: Identifier
    needs: ClassVar[frozenset[str]] = frozenset({"renewal"})


class PutProlongationToVote(LabelAct):
    """Let a panel give a new label for some days, because a renewal asked for in time is not decided."""

    kind: Literal["put_prolongation_to_vote"] = "put_prolongation_to_vote"
    days: int = Field(ge=1, le=366)
    needs: ClassVar[frozenset[str]] = VOTES | {"renewal", "participant", "complaints"}


class EndLabel(LabelAct):
    """End the label, as its holder; there is no way back."""

    kind: Literal["end_label"] = "end_label"
    reasons: TextRef | None = None


LabelLifeAct = Annotated[
    BeginLife
    | Supersede
    | EndByLeaving
    | OpenReview
    | NoteAppeal
    | OfferFreshEvidence
    | WithdrawFreshEvidence
    | SubmitSurveillance
    | RepeatChecks
    | OpenExtraordinarySurveillance
    | AssignSurveillanceReviewer
    | AnswerSurveillanceAssignment
    | RelieveSurveillanceReviewer
    | RecordLiveCheck
    | JudgeSurveillance
    | PutMaintainToVote
    | ProposeSuspension
    | ConfirmSuspension
    | PutSuspensionToVote
    | PutConfirmationToVote
    | PutRestorationToVote
    | GiveNoticeOfWithdrawal
    | TakeBackNoticeOfWithdrawal
    | AnswerNoticeOfWithdrawal
    | RecordHolderHearing
    | PutWithdrawalToVote
    | PutScopeToVote
    | ReportChange
    | ReportBuild
    | ReportInterest
    | ConfirmInterest
    | RejectInterest
    | AskRenewal
    | PutProlongationToVote
    | EndLabel
    | MOTION_ACTS,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(LabelLifeAct)[0])
}
