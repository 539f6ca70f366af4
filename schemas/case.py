"""The case: everything one certification has come to, folded from its events and carried by its workflow."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.clocks import ClockName, Reminded, Stop
from schemas.correction import Nonconformity
from schemas.decision import Decision, Round
from schemas.errand import ErrandKey
from schemas.evidence import PROTOCOLS_MAX, EvidenceItem, Manifest, TextRef
from schemas.identifiers import (
    CriterionId,
    Digest,
    Identifier,
    ItemId,
    Line,
    Moment,
    Name,
    Paragraph,
    PostalAddress,
    ProtocolId,
    RuleId,
    Word,
)
from schemas.label import IssuedLabel, LabelId
from schemas.protocol import Protocol
from schemas.public_statement import PublicStatement
from schemas.questions import Question
from schemas.review import (
    Assignment,
    Finding,
    InterestReport,
    Interests,
    Plan,
    Proposed,
    Recommendation,
    Result,
    Review,
)
from schemas.scheme import Tier
from schemas.signed_acts import Origin, SignedReport
from schemas.stages import Stage
from schemas.websites import Websites

Score = int | None
"""Points of one answer, 0 to 3; None is *unknown*, which counts as the worst (Code, I-2.3)."""

Statement = Annotated[int, Field(ge=0, le=9)]
"""Value of a statement of the form, on the scale of the answers."""

ORGANISATIONS_MAX = 50


class SystemFacts(BaseModel):
    """The object of certification: one AI system, one version (Code, I-2.8, I-4.1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    label_name: Name
    version: Name
    build_digest: Digest | None = None
    purpose: Paragraph
    deployment: Paragraph
    languages: tuple[Name, ...] = Field(min_length=1, max_length=50)
    websites: Websites = added_later(())


class DeclaredFile(BaseModel):
    """A file that the application announces; what is offered under its name must have this digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Name
    digest: Digest


class SchemePin(BaseModel):
    """The scheme version a case stays on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Name
    version: Name
    digest: Digest


class TierAssessment(BaseModel):
    """How the questionnaire gave the tier (Code, I-2.1); enough to compute it again.

    Attributes:
        base: sum of the points, unknown answers counted as 3.
        band: tier of that sum alone.
        applied: ids of the caps, floors and gates that held for these answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: Tier
    base: int = Field(ge=0)
    band: Tier
    applied: tuple[RuleId, ...] = Field(default=(), max_length=50)


class Lodged(BaseModel):
    """The application as the rules read it; its full text lies beside the evidence under `digest`.

    Attributes:
        organisation_address: as the Register or the application to join has it when the application is sent.
        group: organisations of the applicant's group, as the Register has them when the application is sent.
        kept_away: organisations the applicant named, whose people must not see the case (procedure, People).
        renews: the label of the same holder that a grant replaces.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Identifier
    organisation_name: Name
    country: Name
    reference: Name
    digest: Digest
    scheme: SchemePin
    system: SystemFacts
    roles: tuple[Word, ...] = Field(min_length=1, max_length=8)
    ethics_officer: Line
    gates: dict[RuleId, Line] = Field(max_length=20)
    answers: dict[RuleId, Score] = Field(max_length=50)
    statements: dict[Word, Statement] = Field(default_factory=dict, max_length=20)
    declared: tuple[DeclaredFile, ...] = Field(default=(), max_length=200)
    agreement_accepted: bool
    group: tuple[Identifier, ...] = added_later((), max_length=ORGANISATIONS_MAX)
    kept_away: tuple[Identifier, ...] = added_later((), max_length=ORGANISATIONS_MAX)
    renews: LabelId | None = added_later(None)
    organisation_address: PostalAddress | None = added_later(None)


class TierConfirmation(BaseModel):
    """What the lead reviewer says of each answer of the questionnaire (scheme, `who_answers`).

    Attributes:
        answers: points the evidence supports, of every question.
        rationale: the reason of each answer that differs from the applicant's.
        assessment: the tier these answers give.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: Identifier
    answers: dict[RuleId, Score] = Field(max_length=50)
    rationale: dict[RuleId, TextRef] = Field(default_factory=dict, max_length=50)
    assessment: TierAssessment
    confirmed_at: Moment


class EarlierAnswers(BaseModel):
    """What was answered in an earlier case of the same organisation or system."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    application: Identifier
    answers: dict[RuleId, Score] = Field(max_length=50)


class TierRaise(BaseModel):
    """One step from a tier to a higher one, and what it rests on: enough to check it again before signing.

    Attributes:
        before: the tier the case was judged by until then.
        round: the vote that carried it; None where the rule of disputes raised it.
        disputed: the vote was about what the lead reviewer had found.
        confirmation: what the lead reviewer found, where the rule of disputes raised it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: Tier
    tier: Tier
    round: int | None = None
    disputed: bool = False
    confirmation: TierConfirmation | None = None


class Countersignature(BaseModel):
    """Who vouches that a person acts themselves, without a passkey, in one round."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Identifier
    round: int = Field(ge=1)
    by: Identifier
    at: Moment


class Case(BaseModel):
    """One certification. Only `workflows.rules.case.fold.evolve` makes the next one from an event.

    The rules refuse what would outgrow a maximum here: a case that grew past one could not be read again.

    Attributes:
        edition: of the procedure the case follows, fixed when it is lodged: 1 knows no corrections, questions,
            reminders or confirmations; 2 does; from 3 on ballots and releases are signed; from 4 on a report
            counts only for the evidence it was signed on, findings name theirs, and whoever looked something up
            stands behind it as a reviewer does; from 5 on planning and the opening of a round have clocks too;
            from 6 on the applicant may ask to be heard where the tier's hearing is on request, and states for an
            extended public page what everybody is to read; from 7 on reminders name the secretariat where whoever
            comes next cannot act before it did; grades follow verdicts, the last deadline ends correcting, one
            extension is given in all, nothing is granted on evidence that ran out, what expired has room to be
            replaced, and a case that took all its rounds without a decision ends.
        raised_tier: a higher tier than the computed one, by the rule of disputes or by the Commission; `raises` how.
        disputed_tier: the tier the lead reviewer found, while a working group decides about it.
        tier_kept_in: number of the last round that left the tier as it was.
        stops: clocks that stand still; `due` the deadlines of clocks that were moved, `resumed` since when those run.
        stage_since: when the case came into its stage; None in the first edition.
        manifests: earlier versions of the manifest; `set_aside` items of one that are not in the next.
        bench: experts who are asked when another says no or nothing, in order.
        third_party_pool: people the neutral third party was drawn from; with the seed, anyone can draw again.
        third_party_plan: digest of the plan in force when the pool was drawn from, and `third_party_entry` of the entry
            that approved it, where the seed rests on that.
        third_party_refused: who was drawn and said no, or was relieved; `third_party_drawn_at` when the last was drawn,
            `report_awaited_since` since when a report on the evidence in force can be made by whoever was drawn before.
        third_party_origin: address at which the report is signed, None where it is not; `third_party_signed` how it is.
        third_party_summary: what everybody may read of the report once there is a label.
        interest_reports: interests that others reported, in their order.
        lookups_by: who recorded each lookup; empty in the editions before the fourth.
        round_awaited_since: since when the time to open a round counts; None in the editions before the fifth.
        protocols: what reviewers recorded of demonstrations and interviews; the manifest names those that have met.
        public_statement: for the extended public page, as last stated; `public_statement_handed_in` that of the
            manifest in force, which goes with the label.
        correction_extensions: how often a nonconformity was given more time, whichever it was.
        sent_back: how often the Commission let the applicant supplement the file.
        hearing_due_at: by when the applicant is heard before a decision, once that is called for.
        hearing_asked: what the applicant wants to say, who asked to be heard; None where nobody did.
        reopened: decisions that were set aside before a label was signed.
        signing_refused: why the signer made no label, until something in the case changes.
        errands_done: what other matters were told.
        release_proof: SHA-256 of the canonical receipt of the release, as `Ballot.proof` of a ballot.
        countersigns: who vouched for people that act without a passkey.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Identifier
    entry: int = 0
    stage: Stage
    lodged: Lodged
    lodged_by: Identifier
    lodged_at: Moment
    assessment: TierAssessment
    not_applicable: dict[CriterionId, TextRef] = Field(default_factory=dict, max_length=200)
    evidence: dict[ItemId, EvidenceItem] = Field(default_factory=dict, max_length=300)
    items_numbered: int = 0
    accepted_at: Moment | None = None
    evidence_due_at: Moment | None = None
    manifest: Manifest | None = None
    interests: dict[Identifier, Interests] = Field(default_factory=dict, max_length=120)
    assignments: dict[Identifier, Assignment] = Field(default_factory=dict, max_length=30)
    plan: Plan | None = None
    evaluation_due_at: Moment | None = None
    reviews: dict[Identifier, Review] = Field(default_factory=dict, max_length=30)
    lookups: dict[CriterionId, Finding] = Field(default_factory=dict, max_length=200)
    results: tuple[Result, ...] = Field(default=(), max_length=200)
    third_party: Identifier | None = None
    third_party_report: TextRef | None = None
    rapporteur: Identifier | None = None
    recommendation: Recommendation | None = None
    hearing: TextRef | None = None
    rounds: tuple[Round, ...] = Field(default=(), max_length=12)
    decision: Decision | None = None
    released_by: Identifier | None = None
    label: IssuedLabel | None = None
    reason: TextRef | None = None
    rule: RuleId | None = None
    ended_at: Moment | None = None
    edition: int = Field(default=1, ge=1, le=99)
    raised_tier: Tier | None = None
    disputed_tier: Tier | None = None
    raises: tuple[TierRaise, ...] = Field(default=(), max_length=3)
    tier_kept_in: int = Field(default=0, ge=0)
    confirmation: TierConfirmation | None = None
    questions: tuple[Question, ...] = Field(default=(), max_length=40)
    stops: dict[ClockName, Stop] = Field(default_factory=dict, max_length=60)
    due: dict[ClockName, Moment] = Field(default_factory=dict, max_length=60)
    resumed: dict[ClockName, Moment] = Field(default_factory=dict, max_length=60)
    stage_since: Moment | None = None
    reminded: dict[ClockName, Reminded] = Field(default_factory=dict, max_length=200)
    manifests: tuple[Manifest, ...] = Field(default=(), max_length=30)
    set_aside: tuple[ItemId, ...] = Field(default=(), max_length=300)
    bench: tuple[Proposed, ...] = Field(default=(), max_length=60)
    proposal: TextRef | None = None
    third_party_drawn: Identifier | None = None
    third_party_pool: tuple[Identifier, ...] = Field(default=(), max_length=200)
    third_party_seed: Digest | None = None
    third_party_plan: Digest | None = None
    third_party_entry: Digest | None = None
    third_party_refused: tuple[Identifier, ...] = Field(default=(), max_length=200)
    nonconformities: dict[CriterionId, Nonconformity] = Field(default_factory=dict, max_length=100)
    sent_back: int = Field(default=0, ge=0, le=9)
    correction_extensions: int = Field(default=0, ge=0, le=200)
    hearing_due_at: Moment | None = None
    hearing_waived: bool = False
    reopened: tuple[Decision, ...] = Field(default=(), max_length=12)
    signing_refused: Word | None = None
    errands_done: tuple[ErrandKey, ...] = Field(default=(), max_length=60)
    release_proof: Digest | None = None
    countersigns: tuple[Countersignature, ...] = Field(default=(), max_length=200)
    third_party_origin: Origin | None = None
    third_party_summary: TextRef | None = None
    third_party_signed: SignedReport | None = None
    interest_reports: tuple[InterestReport, ...] = Field(default=(), max_length=8)
    lookups_by: dict[CriterionId, Identifier] = Field(default_factory=dict, max_length=200)
    round_awaited_since: Moment | None = None
    hearing_asked: TextRef | None = None
    third_party_drawn_at: Moment | None = None
    report_awaited_since: Moment | None = None
    protocols: dict[ProtocolId, Protocol] = Field(default_factory=dict, max_length=PROTOCOLS_MAX)
    public_statement: PublicStatement | None = None
    public_statement_handed_in: PublicStatement | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to the case."""
        return self.stage.is_final

    @property
    def scheme_digest(self) -> str:
        """SHA-256 of the scheme the case is pinned to."""
        return self.lodged.scheme.digest

    @property
    def tier(self) -> Tier:
        """The risk tier the case is judged by; it is only ever raised above the computed one."""
        return max(self.assessment.tier, self.raised_tier) if self.raised_tier else self.assessment.tier

    @property
    def items(self) -> dict[str, EvidenceItem]:
        """The evidence as it would be frozen now: all that was offered, less what was set aside since."""
        return {key: item for key, item in self.evidence.items() if key not in self.set_aside}

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Questions that wait for the applicant."""
        return tuple(one for one in self.questions if one.is_open)

    @property
    def open_round(self) -> Round | None:
        """The round in which ballots are taken now, if any."""
        return self.rounds[-1] if self.rounds and self.rounds[-1].is_open else None

    @property
    def rounds_on_label(self) -> tuple[Round, ...]:
        """The rounds in which the Commission votes on the label itself, and not on a higher tier."""
        return tuple(vote for vote in self.rounds if vote.proposed_tier is None)

    def open_report(self, person: str) -> InterestReport | None:
        """Return the report of a person's interest that waits for a second person, if there is one."""
        return next((one for one in self.interest_reports if one.is_open and one.person == person), None)

    def has_declared_none(self, person: str) -> bool:
        """Whether a person declared for this case that they have no interest in it."""
        declared = self.interests.get(person)
        return declared is not None and not declared.has_interest

    def has_interest(self, person: str) -> bool:
        """Whether an interest of a person in this case is on record."""
        declared = self.interests.get(person)
        return declared is not None and declared.has_interest
