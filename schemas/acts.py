"""What a person does: one typed model per act, the same word from the form to the journal.

Fields of an act are its content. What the engine adds (who, under which key, the facts it is judged by)
stands in `Act` and is no part of `digest`: the same act sent again has the same digest.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from schemas.application import Confidentiality, MadeBy
from schemas.application_spelling import RelativeFile
from schemas.canonical import digest_of
from schemas.case import Lodged
from schemas.evidence import COUNT_MAX, TextRef
from schemas.identifiers import ActId, CriterionId, Digest, Identifier, ItemId, Name, RuleId, Word
from schemas.people import ParticipantFacts, PersonFacts
from schemas.review import Finding
from schemas.stages import Choice, Outcome, Verdict

_NOT_CONTENT = frozenset({"act_id", "actor", "authn", "request_id", "people", "seated", "participant"})


class Act(BaseModel):
    """What every act carries.

    Attributes:
        act_id: idempotency key: the same act under the same key is taken once.
        actor: what the record says of the person who acts.
        authn: how they signed in (`session`, `token`).
        people: facts about other people the act names.
        seated: the members of the Commission now, for acts that form an electorate.
        participant: the applicant's place in the Register, for acts that depend on it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    act_id: ActId
    application: Identifier
    actor: PersonFacts
    authn: Word = "session"
    request_id: ActId = "none"
    people: dict[Identifier, PersonFacts] = Field(default_factory=dict, max_length=200)
    seated: tuple[Identifier, ...] = Field(default=(), max_length=200)
    participant: ParticipantFacts | None = None

    needs: ClassVar[frozenset[str]] = frozenset()
    """Which facts the sender must read from the record just before sending: people, seated, participant."""

    @property
    def digest(self) -> str:
        """SHA-256 over the content and the actor's id."""
        content = self.model_dump(mode="json", exclude=set(_NOT_CONTENT))
        return digest_of({"actor": self.actor.person, "content": content})


class LodgeApplication(Act):
    """Lodge a complete application and accept the agreement (stage 1)."""

    kind: Literal["lodge_application"] = "lodge_application"
    lodged: Lodged
    not_applicable: dict[CriterionId, TextRef] = Field(default_factory=dict, max_length=100)


class OfferEvidence(Act):
    """Offer one stored file for some criteria; acceptance turns what is offered into evidence."""

    kind: Literal["offer_evidence"] = "offer_evidence"
    file: RelativeFile
    type: Word
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    made_by: MadeBy
    effective: date
    expires: date | None = None
    covers_version: Name
    confidentiality: Confidentiality
    digest_of_file: Digest
    stored_digest: Digest
    size: int = Field(ge=1, le=COUNT_MAX)
    sealed_with: Name | None = None


class WithdrawEvidence(Act):
    """Take an item back before the manifest is frozen."""

    kind: Literal["withdraw_evidence"] = "withdraw_evidence"
    item: ItemId


class StateNotApplicable(Act):
    """Say why a criterion does not apply, or take that back (reason None)."""

    kind: Literal["state_not_applicable"] = "state_not_applicable"
    criterion: CriterionId
    reason: TextRef | None = None


class AcceptApplication(Act):
    """Take a complete application that is in scope (stage 2)."""

    kind: Literal["accept_application"] = "accept_application"
    note: TextRef | None = None


class DeclineApplication(Act):
    """Decline an application with reasons (stage 2; appealable)."""

    kind: Literal["decline_application"] = "decline_application"
    reasons: TextRef


class SubmitEvidence(Act):
    """Hand in what was gathered: freezes the manifest (stage 3)."""

    kind: Literal["submit_evidence"] = "submit_evidence"


class WithdrawApplication(Act):
    """Leave the procedure; possible until the round closes."""

    kind: Literal["withdraw_application"] = "withdraw_application"
    reasons: TextRef | None = None


class AssignReviewer(Act):
    """Ask an expert to judge the criteria of some areas (stage 4)."""

    kind: Literal["assign_reviewer"] = "assign_reviewer"
    reviewer: Identifier
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class DeclareInterests(Act):
    """Declare interests in this case, or that there are none (ISO/IEC 17065, 4.2)."""

    kind: Literal["declare_interests"] = "declare_interests"
    has_interest: bool
    statement: TextRef | None = None


class AnswerAssignment(Act):
    """Say yes or no to an assignment after seeing the scope."""

    kind: Literal["answer_assignment"] = "answer_assignment"
    accepts: bool
    reason: TextRef | None = None


class ApprovePlan(Act):
    """Approve the evaluation plan; its digest is pinned and evidence opens to the reviewers."""

    kind: Literal["approve_plan"] = "approve_plan"


class RecordLookup(Act):
    """Check a lookup criterion against Register, agreement or form (secretariat)."""

    kind: Literal["record_lookup"] = "record_lookup"
    criterion: CriterionId
    verdict: Verdict
    rationale: TextRef
    cited: tuple[ItemId, ...] = Field(default=(), max_length=50)


class SubmitReview(Act):
    """Hand in all findings at once, blind to the other reviewers (stage 5)."""

    kind: Literal["submit_review"] = "submit_review"
    findings: tuple[Finding, ...] = Field(min_length=1, max_length=100)


class RecordThirdPartyReport(Act):
    """Record the neutral third party's report (Code, I-1.5)."""

    kind: Literal["record_third_party_report"] = "record_third_party_report"
    report: TextRef


class AppointRapporteur(Act):
    """Name the member who reads the results and recommends (stage 7)."""

    kind: Literal["appoint_rapporteur"] = "appoint_rapporteur"
    rapporteur: Identifier
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class SubmitRecommendation(Act):
    """Recommend a grant or a refusal, with reasons (stage 7)."""

    kind: Literal["submit_recommendation"] = "submit_recommendation"
    recommends: Outcome
    reasons: TextRef


class RecordHearing(Act):
    """Record that the applicant was heard, by its protocol (stage 8)."""

    kind: Literal["record_hearing"] = "record_hearing"
    protocol: TextRef


class OpenRound(Act):
    """Open a round of the Commission and freeze its electorate (stage 8)."""

    kind: Literal["open_round"] = "open_round"
    needs: ClassVar[frozenset[str]] = frozenset({"seated", "participant"})


class Recuse(Act):
    """Leave the electorate of the open round (stage 8)."""

    kind: Literal["recuse"] = "recuse"
    reason: TextRef


class CastBallot(Act):
    """Vote; the ballot names round, manifest and scheme (stage 8)."""

    kind: Literal["cast_ballot"] = "cast_ballot"
    round: int = Field(ge=1, le=COUNT_MAX)
    choice: Choice
    manifest_digest: Digest
    scheme_digest: Digest
    grounds: tuple[RuleId, ...] = Field(default=(), max_length=20)
    reasons: TextRef | None = None
    proof: None = None


class ReleaseLabel(Act):
    """Release the signing, as a second person, in the critical tier (stage 9)."""

    kind: Literal["release_label"] = "release_label"


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
    | AnswerAssignment
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
    | ReleaseLabel,
    Field(discriminator="kind"),
]

ACTS: dict[str, type[Act]] = {act.model_fields["kind"].default: act for act in get_args(get_args(CaseAct)[0])}
"""Every act by its kind."""
