"""What a reading of a case is made of: the same facts as in the case, less whatever names a person."""

from pydantic import BaseModel, ConfigDict

from schemas.case import Score, TierAssessment
from schemas.correction import Difference, Grade
from schemas.decision import Ballot
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Day, Digest, Identifier, ItemId, Moment, ProtocolId, RuleId, Word
from schemas.protocol import Protocol, ProtocolForm
from schemas.questions import Question
from schemas.review import Assignment, Finding, Interests, Proposed, Review, Revision
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage
from schemas.voting import Tally


class ReadingPart(BaseModel):
    """What every part of a reading is."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseClock(ReadingPart):
    """When things happened, and by when the next must; both sides see the same clock."""

    lodged_at: Moment
    accepted_at: Moment | None
    evidence_due_at: Moment | None
    evaluation_due_at: Moment | None
    round_closes_at: Moment | None
    hearing_due_at: Moment | None
    ended_at: Moment | None


class RequirementReading(ReadingPart):
    """What the scheme asks of this applicant under one criterion, and whether something answers it.

    Attributes:
        covered: nothing is missing: evidence of a fitting type, a reason why it does not apply, or a rule.
    """

    criterion: CriterionId
    status: Word
    mandatory: bool
    source: Word | None
    covered: bool


class ReviewReading(ReadingPart):
    """One reviewer's findings; `reviewer` only for those who may know who it was, and for themselves."""

    reviewer: Identifier | None
    findings: tuple[Finding, ...]
    revisions: tuple[Revision, ...] = ()


class NonconformityReading(ReadingPart):
    """A nonconformity without the people who raised it.

    Attributes:
        can_be_corrected: whether what shows its criterion can be changed still, as its last deadline has not passed.
        stands_still: its clock is stopped while the applicant is not the one who is waited for.
    """

    criterion: CriterionId
    grade: Grade
    raised_at: Moment
    due_at: Moment
    extensions: int
    closed_at: Moment | None
    is_past: bool
    can_be_corrected: bool
    stands_still: bool


class VersionReading(ReadingPart):
    """What a version of the manifest changed against the one before.

    Attributes:
        protocols: those that it names and the one before did not.
        handed_in: whether the applicant handed it in; otherwise it differs by protocols alone.
        restated: whether it comes with another statement for the public page.
    """

    version: int
    differences: tuple[Difference, ...]
    protocols: tuple[ProtocolId, ...] = ()
    handed_in: bool = True
    restated: bool = False


class QuestionReading(ReadingPart):
    """A question to the applicant; `asked_by` only for those who may know who takes part, and for themselves."""

    number: int
    stage: Stage
    criteria: tuple[CriterionId, ...]
    text: TextRef
    asked_at: Moment
    due_at: Moment
    answer: TextRef | None
    answered_at: Moment | None
    asked_by: Identifier | None

    @classmethod
    def of(cls, question: Question, *, with_name: bool) -> "QuestionReading":
        """Return what is shown of a question."""
        return cls(**{**dict(question), "asked_by": question.asked_by if with_name else None})


class ProtocolReading(ReadingPart):
    """A protocol; `recorded_by` only for those who may know who takes part, and for its reviewer.

    Attributes:
        digest: by which the manifest names it.
        in_force: the manifest in force names it; before findings meet it is its reviewer's alone.
    """

    id: ProtocolId
    form: ProtocolForm
    held_on: Day
    participants: TextRef
    criteria: tuple[CriterionId, ...]
    shown: TextRef
    observed: TextRef
    item: ItemId | None
    recorded_at: Moment
    digest: Digest
    in_force: bool
    recorded_by: Identifier | None

    @classmethod
    def of(cls, protocol: Protocol, *, in_force: bool, with_name: bool) -> "ProtocolReading":
        """Return what is shown of a protocol."""
        shown = {**dict(protocol), "digest": protocol.digest, "in_force": in_force}
        return cls(**{**shown, "recorded_by": protocol.recorded_by if with_name else None})


class ConfirmationReading(ReadingPart):
    """What the lead reviewer said of the answers, and the tier these give; who that is, the participants tell."""

    answers: dict[RuleId, Score]
    rationale: dict[RuleId, TextRef]
    assessment: TierAssessment
    confirmed_at: Moment


class TierStep(ReadingPart):
    """One raise of the tier: by a round of the Commission, or without one by the rule of disputes."""

    before: Tier
    tier: Tier
    round: int | None


class RecommendationReading(ReadingPart):
    """What the rapporteur recommended."""

    recommends: Outcome
    reasons: TextRef
    submitted_at: Moment


class BallotReading(ReadingPart):
    """One ballot of a closed round."""

    member: Identifier
    choice: Choice
    grounds: tuple[RuleId, ...]
    reasons: TextRef | None
    dissent: TextRef | None

    @classmethod
    def of(cls, ballot: Ballot) -> "BallotReading":
        """Return what is shown of a ballot."""
        return cls(
            member=ballot.member,
            choice=ballot.choice,
            grounds=ballot.grounds,
            reasons=ballot.reasons,
            dissent=ballot.dissent,
        )


class RoundReading(ReadingPart):
    """A round: how many voted always, how they voted only once it is closed.

    Attributes:
        base: how many may vote; `cast` how many did; `recused` how many left the electorate.
        set_aside: why no decision rests on it.
        ballots: None where the choices are not for this reader, or for nobody yet.
        electorate: None where people are not for this reader; likewise `voted`.
        proposed_tier: the higher tier that is voted on, None where the label is.
    """

    number: int
    opened_at: Moment
    closes_at: Moment
    closed_at: Moment | None
    base: int
    cast: int
    recused: int
    quorum: str
    majority: str
    manifest_digest: Digest
    scheme_digest: Digest
    tally: Tally | None
    set_aside: Word | None
    ballots: tuple[BallotReading, ...] | None
    electorate: tuple[Identifier, ...] | None
    voted: tuple[Identifier, ...] | None
    proposed_tier: Tier | None


class OwnPart(ReadingPart):
    """What the reader is and did in the case.

    Attributes:
        criteria: those the plan gives the reader to judge; `outstanding` those they owe a finding for now.
        has_voted: in the open round; how is shown to nobody before it closes.
        is_lead: confirms the answers of the questionnaire.
    """

    assignment: Assignment | None
    interests: Interests | None
    criteria: tuple[CriterionId, ...]
    outstanding: tuple[CriterionId, ...]
    review: Review | None
    is_rapporteur: bool
    is_elector: bool
    has_voted: bool
    is_lead: bool


class InterestReportReading(ReadingPart):
    """An interest that somebody did not declare, as another reported it.

    Attributes:
        reported_by: not told of a reviewer to who may not know that they are one.
        reasons: why it was rejected.
        goes_on: nobody had settled it as the label was issued; it waits for a second person at the label.
        may_settle: whether the reader may confirm or reject it.
    """

    person: Identifier
    statement: TextRef
    reported_by: Identifier | None
    reported_at: Moment
    settled_by: Identifier | None
    settled_at: Moment | None
    reasons: TextRef | None
    is_open: bool
    goes_on: bool
    may_settle: bool


class Participants(ReadingPart):
    """Who takes part, for those who keep the case and those who audit it.

    Attributes:
        bench: experts who are asked next, in order; `proposal` explains whom the rules of matching propose.
        third_party_drawn: who was drawn as neutral third party, whether or not the report is in.
    """

    lodged_by: Identifier
    assignments: tuple[Assignment, ...]
    interests: tuple[Interests, ...]
    criteria: dict[Identifier, tuple[CriterionId, ...]]
    plan_digest: Digest | None
    reviews_from: tuple[Identifier, ...]
    third_party: Identifier | None
    rapporteur: Identifier | None
    released_by: Identifier | None
    lead: Identifier | None
    bench: tuple[Proposed, ...]
    proposal: TextRef | None
    third_party_drawn: Identifier | None
