"""What a person does: one typed model per act, the same word from the form to the journal.

Fields of an act are its content. What the engine adds (who, under which key, the facts it is judged by)
stands in `schemas.act.Act` and is no part of `digest`: the same act sent again has the same digest.
"""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from schemas.act import ActInCase
from schemas.added_later import added_later
from schemas.case import EarlierAnswers, Lodged, Score
from schemas.correction import Grade
from schemas.evidence import COUNT_MAX, PROTOCOLS_CITED_MAX, TextRef
from schemas.evidence_acts import (
    MakePublicStatement,
    OfferEvidence,
    StateNotApplicable,
    SubmitEvidence,
    WithdrawEvidence,
)
from schemas.identifiers import CriterionId, Day, Digest, Identifier, ItemId, ProtocolId, RuleId, Word
from schemas.interest_acts import (
    ConfirmUndeclaredInterest,
    DeclareInterests,
    RejectUndeclaredInterest,
    ReportUndeclaredInterest,
)
from schemas.protocol import ProtocolForm
from schemas.review import Finding, Proposed
from schemas.scheme_terms import Tier
from schemas.signed_acts import Origin, Receipt
from schemas.stages import Choice, Outcome, Verdict


class LodgeApplication(ActInCase):
    """Lodge a complete application and accept the agreement (stage 1)."""

    kind: Literal["lodge_application"] = "lodge_application"
    lodged: Lodged
    not_applicable: dict[CriterionId, TextRef] = Field(default_factory=dict, max_length=100)
    edition: int = Field(default=1, ge=1, le=99)
    own_facts: ClassVar[frozenset[str]] = frozenset({"edition"})


class AmendApplication(ActInCase):
    """Correct what the application states while it is at the intake (stage 2)."""

    kind: Literal["amend_application"] = "amend_application"
    lodged: Lodged
    not_applicable: dict[CriterionId, TextRef] = Field(default_factory=dict, max_length=100)


class AskQuestion(ActInCase):
    """Ask the applicant a numbered question; the asker's clock stands still until it is answered (stage 2, 5)."""

    kind: Literal["ask_question"] = "ask_question"
    text: TextRef
    criteria: tuple[CriterionId, ...] = Field(default=(), max_length=20)


class AnswerQuestion(ActInCase):
    """Answer a numbered question."""

    kind: Literal["answer_question"] = "answer_question"
    number: int = Field(ge=1, le=99)
    answer: TextRef


class ConfirmAnswers(ActInCase):
    """Say of each answer of the questionnaire what the evidence supports; the lead reviewer's (stage 5)."""

    kind: Literal["confirm_answers"] = "confirm_answers"
    answers: dict[RuleId, Score] = Field(max_length=50)
    rationale: dict[RuleId, TextRef] = Field(default_factory=dict, max_length=50)


class AssignReviewers(ActInCase):
    """Ask several experts at once, with who is asked next when one says no or nothing (stage 4)."""

    kind: Literal["assign_reviewers"] = "assign_reviewers"
    reviewers: tuple[Proposed, ...] = Field(min_length=1, max_length=9)
    reserves: tuple[Proposed, ...] = Field(default=(), max_length=40)
    proposal: TextRef | None = None
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class DrawThirdParty(ActInCase):
    """Have the neutral third party drawn from all who are independent (Code, I-1.5).

    Attributes:
        origin: address at which the body lets people sign now; there the report is signed.
        entry: digest of the entry that approved the plan in force. It was salted when it was recorded, so that whoever
            chose the reviewers did not choose it. An act of before brought none.
    """

    kind: Literal["draw_third_party"] = "draw_third_party"
    origin: Origin | None = added_later(None)
    entry: Digest | None = added_later(None)
    needs: ClassVar[frozenset[str]] = frozenset({"people"})
    own_facts: ClassVar[frozenset[str]] = frozenset({"origin", "entry"})


class ReviseVerdict(ActInCase):
    """Change one's own verdict once, with a reason, after the reviewers saw each other's (stage 5)."""

    kind: Literal["revise_verdict"] = "revise_verdict"
    criterion: CriterionId
    verdict: Verdict
    grade: Grade | None = None
    reason: TextRef
    cited: tuple[ItemId, ...] = Field(default=(), max_length=50)
    reliance: TextRef | None = None
    protocols: tuple[ProtocolId, ...] = added_later((), max_length=PROTOCOLS_CITED_MAX)


class SubmitCorrection(ActInCase):
    """Hand in what was corrected: freezes the next version of the manifest (stage 6)."""

    kind: Literal["submit_correction"] = "submit_correction"


class ExtendCorrection(ActInCase):
    """Ask, with reasons, for the one extension of a nonconformity's deadline (stage 6)."""

    kind: Literal["extend_correction"] = "extend_correction"
    criterion: CriterionId
    reasons: TextRef


class EndCorrection(ActInCase):
    """Go on with nonconformities open (stage 6)."""

    kind: Literal["end_correction"] = "end_correction"


class AskForHearing(ActInCase):
    """Ask to be heard before the Commission decides, with what there is to say (stages 7 and 8)."""

    kind: Literal["ask_for_hearing"] = "ask_for_hearing"
    statement: TextRef


class WaiveHearing(ActInCase):
    """Do without a hearing that was called (stage 8)."""

    kind: Literal["waive_hearing"] = "waive_hearing"


class AcceptApplication(ActInCase):
    """Take a complete application that is in scope (stage 2)."""

    kind: Literal["accept_application"] = "accept_application"
    note: TextRef | None = None
    earlier: tuple[EarlierAnswers, ...] = Field(default=(), max_length=2)
    """What was answered last time, as the record has it."""
    needs: ClassVar[frozenset[str]] = frozenset({"earlier"})
    own_facts: ClassVar[frozenset[str]] = frozenset({"earlier"})


class DeclineApplication(ActInCase):
    """Decline an application with reasons (stage 2; appealable)."""

    kind: Literal["decline_application"] = "decline_application"
    reasons: TextRef


class WithdrawApplication(ActInCase):
    """Leave the procedure; possible until the round closes."""

    kind: Literal["withdraw_application"] = "withdraw_application"
    reasons: TextRef | None = None


class AssignReviewer(ActInCase):
    """Ask an expert to judge the criteria of some areas (stage 4)."""

    kind: Literal["assign_reviewer"] = "assign_reviewer"
    reviewer: Identifier
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class AnswerAssignment(ActInCase):
    """Say yes or no to an assignment after seeing the scope."""

    kind: Literal["answer_assignment"] = "answer_assignment"
    accepts: bool
    reason: TextRef | None = None


class RelieveReviewer(ActInCase):
    """Relieve, with reasons, a reviewer or a drawn third party who does not do what they said yes to."""

    kind: Literal["relieve_reviewer"] = "relieve_reviewer"
    person: Identifier
    reasons: TextRef
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class ApprovePlan(ActInCase):
    """Approve the evaluation plan; its digest is pinned and evidence opens to the reviewers."""

    kind: Literal["approve_plan"] = "approve_plan"


class RecordLookup(ActInCase):
    """Check a lookup criterion against Register, agreement or form (secretariat)."""

    kind: Literal["record_lookup"] = "record_lookup"
    criterion: CriterionId
    verdict: Verdict
    rationale: TextRef
    cited: tuple[ItemId, ...] = Field(default=(), max_length=50)


class SubmitReview(ActInCase):
    """Hand in all findings at once, blind to the other reviewers (stage 5).

    Attributes:
        manifest_digest: of the evidence they were written on; required from edition 4 of the procedure on.
    """

    kind: Literal["submit_review"] = "submit_review"
    findings: tuple[Finding, ...] = Field(min_length=1, max_length=100)
    manifest_digest: Digest | None = added_later(None)


class RecordProtocol(ActInCase):
    """Record a demonstration or an interview, so that it becomes evidence (stages 3 and 5).

    Attributes:
        participants: who took part, by function and without names, a line each.
        criteria: those that it concerns, of which the reviewer owes a finding now.
        shown: what was shown or said; `observed` what the reviewer saw of it.
        item: a file of the manifest that it goes with.
    """

    kind: Literal["record_protocol"] = "record_protocol"
    form: ProtocolForm
    held_on: Day
    participants: TextRef
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=20)
    shown: TextRef
    observed: TextRef
    item: ItemId | None = None


class RecordThirdPartyReport(ActInCase):
    """Record the neutral third party's report (Code, I-1.5).

    Attributes:
        summary: of the report, published with the label.
        proof: what shows that the third party signed both; its signature was verified before the act is sent.
    """

    kind: Literal["record_third_party_report"] = "record_third_party_report"
    report: TextRef
    summary: TextRef | None = added_later(None)
    proof: Receipt | None = added_later(None)


class AppointRapporteur(ActInCase):
    """Name the member who reads the results and recommends (stage 7)."""

    kind: Literal["appoint_rapporteur"] = "appoint_rapporteur"
    rapporteur: Identifier
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class SubmitRecommendation(ActInCase):
    """Recommend a grant or a refusal, with reasons (stage 7)."""

    kind: Literal["submit_recommendation"] = "submit_recommendation"
    recommends: Outcome
    reasons: TextRef


class RecordHearing(ActInCase):
    """Record that the applicant was heard, by its protocol (stage 8)."""

    kind: Literal["record_hearing"] = "record_hearing"
    protocol: TextRef


class OpenRound(ActInCase):
    """Open a round of the Commission and freeze its electorate: on the label, or on a higher tier (stage 8).

    Attributes:
        origin: address at which the body lets people sign now; frozen in the round.
    """

    kind: Literal["open_round"] = "open_round"
    proposed_tier: Tier | None = added_later(None)
    origin: Origin | None = added_later(None)
    needs: ClassVar[frozenset[str]] = frozenset({"seated", "participant", "institution"})
    own_facts: ClassVar[frozenset[str]] = frozenset({"origin"})


class Recuse(ActInCase):
    """Leave the electorate of the open round (stage 8)."""

    kind: Literal["recuse"] = "recuse"
    reason: TextRef


class CastBallot(ActInCase):
    """Vote; the ballot names round, manifest and scheme (stage 8).

    Attributes:
        proof: what shows that the member cast it; its signature was verified before the act is sent.
    """

    kind: Literal["cast_ballot"] = "cast_ballot"
    round: int = Field(ge=1, le=COUNT_MAX)
    choice: Choice
    manifest_digest: Digest
    scheme_digest: Digest
    grounds: tuple[RuleId, ...] = Field(default=(), max_length=20)
    reasons: TextRef | None = None
    dissent: TextRef | None = added_later(None)
    proof: Receipt | None = None
    needs: ClassVar[frozenset[str]] = frozenset({"institution"})


class Countersign(ActInCase):
    """Vouch that a member or the label officer, who has no passkey at hand, acts themselves (stages 8 and 9)."""

    kind: Literal["countersign"] = "countersign"
    person: Identifier
    round: int = Field(ge=1, le=COUNT_MAX)


class ReleaseLabel(ActInCase):
    """Release the signing, as a second person, in the critical tier (stage 9).

    Attributes:
        proof: what shows that the officer released it.
    """

    kind: Literal["release_label"] = "release_label"
    proof: Receipt | None = added_later(None)


CaseAct = Annotated[
    LodgeApplication
    | OfferEvidence
    | WithdrawEvidence
    | StateNotApplicable
    | AcceptApplication
    | DeclineApplication
    | SubmitEvidence
    | WithdrawApplication
    | AssignReviewer
    | DeclareInterests
    | ReportUndeclaredInterest
    | ConfirmUndeclaredInterest
    | RejectUndeclaredInterest
    | AnswerAssignment
    | RelieveReviewer
    | ApprovePlan
    | RecordLookup
    | SubmitReview
    | RecordThirdPartyReport
    | AppointRapporteur
    | SubmitRecommendation
    | RecordHearing
    | OpenRound
    | Recuse
    | CastBallot
    | ReleaseLabel
    | Countersign
    | AskQuestion
    | AnswerQuestion
    | AmendApplication
    | ConfirmAnswers
    | AssignReviewers
    | DrawThirdParty
    | SubmitCorrection
    | ExtendCorrection
    | EndCorrection
    | AskForHearing
    | WaiveHearing
    | ReviseVerdict
    | RecordProtocol
    | MakePublicStatement,
    Field(discriminator="kind"),
]

ACTS: dict[str, type[ActInCase]] = {act.model_fields["kind"].default: act for act in get_args(get_args(CaseAct)[0])}
"""Every act by its kind."""
