"""A complaint that anybody makes without an account: about a label, its misuse, a harm or the body's own work.

ISO/IEC 17065, 7.13; procedure, Complaints and appeals.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from schemas.added_later import added_later
from schemas.clocks import ClockResumed, ClockStopped, ReminderGiven, Stop
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Digest, Identifier, MatterId, Moment, Word
from schemas.label import LabelId
from schemas.matter import DeclareMatterInterests, Matter, MatterAct, MatterInterestsDeclared

QUESTIONS_MAX = 20
CRITERIA_MAX = 30
PUBLIC_REASON_MAX = 500
"""Characters of the reason that the complainant and the statistics are given."""

Number = Annotated[int, Field(ge=1, le=QUESTIONS_MAX)]


class About(StrEnum):
    """What a complaint is about."""

    LABEL = "label"
    MISUSE = "misuse"
    HARM = "harm"
    BODY = "body"


class ComplaintOutcome(StrEnum):
    """What became of a complaint."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def is_upheld(self) -> bool:
        """Whether something follows from it."""
        return self in {ComplaintOutcome.UPHELD, ComplaintOutcome.PARTLY_UPHELD}


class ConcernedFacts(BaseModel):
    """What the record says of the label a complaint names, at the moment an act is sent.

    Attributes:
        is_known: the label stands in the directory.
        holder: the organisation that holds it.
        involved: everyone who took part in its case or in its life, sorted.
        handled: everyone who ever handled the complaint, sorted.
        found_by: who wrote down the findings that stand, None before there are any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_known: bool = False
    holder: Identifier | None = None
    involved: tuple[Identifier, ...] = Field(default=(), max_length=500)
    handled: tuple[Identifier, ...] = Field(default=(), max_length=500)
    found_by: Identifier | None = None


class ComplaintQuestion(BaseModel):
    """What the handler asks the complainant, who reads and answers it with the tracking code.

    Attributes:
        due_at: until when the clock stands still for an answer.
        answered_on: day of the answer; the time of it is nobody's to know (security T39).
        lapsed: the time passed without one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number
    question: TextRef
    asked_at: Moment
    due_at: Moment
    answer: TextRef | None = None
    answered_on: date | None = None
    lapsed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the complainant is waited for."""
        return self.answer is None and not self.lapsed


class ComplaintDecision(BaseModel):
    """How a complaint was decided.

    Attributes:
        public_reason: one or two sentences without anything private, for the complainant.
        criteria: what is to be looked at again where it is upheld.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: ComplaintOutcome
    reasons: TextRef
    public_reason: TextRef
    criteria: tuple[CriterionId, ...] = Field(default=(), max_length=CRITERIA_MAX)
    decided_by: Identifier
    decided_at: Moment


class Complaint(Matter):
    """A complaint and what becomes of it.

    Attributes:
        by_code: whether it has a tracking code that is not its id; the id of one of before is its code.
        reference: another name for it, by which a label's record tells of it: whoever reads that has no code.
        label: the number the complainant gave; `is_known` whether a label has it.
        holder: who holds that label; its people handle and decide nothing here.
        life_at_risk: the complainant says that life or health is at risk.
        due_at: by when the outcome is told.
        stop: since when the clock stands still because the complainant was asked.
        findings: what the handler found, for whoever decides.
        review: what the label's record answered when it was told: `opened`, or a code of refusal.
    """

    reference: Identifier
    about: About
    label: LabelId | None = None
    is_known: bool = False
    holder: Identifier | None = None
    life_at_risk: bool = False
    text: TextRef
    due_at: Moment
    stop: Stop | None = None
    handler: Identifier | None = None
    questions: tuple[ComplaintQuestion, ...] = Field(default=(), max_length=QUESTIONS_MAX)
    findings: TextRef | None = None
    decision: ComplaintDecision | None = None
    review: Word | None = None
    by_code: bool = added_later(default=False)

    @property
    def party(self) -> str | None:
        """The holder of the label: no party that acts here, yet its people decide nothing."""
        return self.holder

    @property
    def open_question(self) -> ComplaintQuestion | None:
        """The question that waits for the complainant."""
        return next((one for one in self.questions if one.is_open), None)

    @property
    def opens_review(self) -> bool:
        """Whether its outcome lets the label be looked at again (7.13)."""
        is_upheld = self.decision is not None and self.decision.outcome.is_upheld
        return is_upheld and self.is_known and self.about != About.BODY


class ComplaintFiled(Event):
    """Somebody complained."""

    kind: Literal["complaint_filed"] = "complaint_filed"
    complaint: MatterId
    reference: Identifier
    scheme_digest: Digest | None
    about: About
    label: LabelId | None = None
    is_known: bool = False
    holder: Identifier | None = None
    life_at_risk: bool = False
    text: TextRef
    due_at: Moment
    by_code: bool = added_later(default=False)


class HandlerAssigned(Event):
    """A person free of any part in it handles the complaint."""

    kind: Literal["handler_assigned"] = "handler_assigned"
    handler: Identifier


class HandlerLeft(Event):
    """The handler declared an interest; another one must be assigned."""

    kind: Literal["handler_left"] = "handler_left"
    handler: Identifier


class ComplainantAsked(Event):
    """The handler asked the complainant."""

    kind: Literal["complainant_asked"] = "complainant_asked"
    number: Number
    question: TextRef
    due_at: Moment


class ComplainantAnswered(Event):
    """The complainant answered, by the tracking code."""

    kind: Literal["complainant_answered"] = "complainant_answered"
    number: Number
    answer: TextRef


class ComplaintQuestionLapsed(Event):
    """The time for an answer passed; the complaint goes on without it."""

    kind: Literal["complaint_question_lapsed"] = "complaint_question_lapsed"
    number: Number


class FindingsRecorded(Event):
    """The handler wrote down what was found."""

    kind: Literal["findings_recorded"] = "findings_recorded"
    findings: TextRef


class ComplaintDecided(Event):
    """Somebody who was not involved decided the complaint (ISO/IEC 17065, 7.13.5)."""

    kind: Literal["complaint_decided"] = "complaint_decided"
    decision: ComplaintDecision


ComplaintEvent = Annotated[
    ComplaintFiled
    | HandlerAssigned
    | HandlerLeft
    | MatterInterestsDeclared
    | ComplainantAsked
    | ComplainantAnswered
    | ComplaintQuestionLapsed
    | FindingsRecorded
    | ComplaintDecided
    | ErrandDone
    | ReminderGiven
    | ClockStopped
    | ClockResumed,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[ComplaintEvent] = TypeAdapter(ComplaintEvent)


class ComplaintAct(MatterAct):
    """What every act in a complaint carries.

    Attributes:
        concerned: facts about the label it names; no part of the content.
    """

    concerned: ConcernedFacts | None = None

    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"concerned"}


class FileComplaint(ComplaintAct):
    """Complain, without an account."""

    kind: Literal["file_complaint"] = "file_complaint"
    by_public: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"concerned"})
    about: About
    label: LabelId | None = None
    life_at_risk: bool = False
    text: TextRef
    by_code: bool = added_later(default=False)


class AssignHandler(ComplaintAct):
    """Let a person handle the complaint who took no part in what it is about."""

    kind: Literal["assign_handler"] = "assign_handler"
    needs: ClassVar[frozenset[str]] = frozenset({"concerned", "named"})
    handler: Identifier


class AskComplainant(ComplaintAct):
    """Ask the complainant a question; the clock stands still until it is answered, for a while."""

    kind: Literal["ask_complainant"] = "ask_complainant"
    question: TextRef


class AnswerAsComplainant(ComplaintAct):
    """Answer the handler's question, by the tracking code."""

    kind: Literal["answer_as_complainant"] = "answer_as_complainant"
    by_public: ClassVar[bool] = True
    number: Number
    answer: TextRef


class RecordFindings(ComplaintAct):
    """Write down, as the handler, what was found."""

    kind: Literal["record_findings"] = "record_findings"
    findings: TextRef


class DecideComplaint(ComplaintAct):
    """Decide the complaint, with reasons and a short public reason."""

    kind: Literal["decide_complaint"] = "decide_complaint"
    needs: ClassVar[frozenset[str]] = frozenset({"concerned"})
    outcome: ComplaintOutcome
    reasons: TextRef
    public_reason: TextRef
    criteria: tuple[CriterionId, ...] = Field(default=(), max_length=CRITERIA_MAX)


ComplaintActs = Annotated[
    FileComplaint
    | AssignHandler
    | DeclareMatterInterests
    | AskComplainant
    | AnswerAsComplainant
    | RecordFindings
    | DecideComplaint,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(ComplaintActs)[0])
}
