"""An ethics question that an AI Actor asks the Commission outside any case (Code, I-2.3)."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.clocks import ReminderGiven
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier, MatterId, Moment
from schemas.matter import MOTION_ACTS, MOTION_EVENTS, Matter, MatterAct


class EthicsQuestion(Matter):
    """A question and what becomes of it.

    Attributes:
        may_be_published: the asker agreed to an anonymised publication.
        proposal: the answer a member proposed; `answer` once the Commission carried it.
        published: the anonymised question and answer as everybody reads them.
    """

    text: TextRef
    may_be_published: bool
    due_at: Moment
    proposal: TextRef | None = None
    proposed_by: Identifier | None = None
    answer: TextRef | None = None
    published: TextRef | None = None


class EthicsQuestionAsked(Event):
    """An Actor asked the Commission."""

    kind: Literal["ethics_question_asked"] = "ethics_question_asked"
    question: MatterId
    organisation: Identifier | None
    scheme_digest: Digest | None
    text: TextRef
    may_be_published: bool
    due_at: Moment


class AnswerProposed(Event):
    """A member proposed an answer."""

    kind: Literal["answer_proposed"] = "answer_proposed"
    answer: TextRef


class EthicsQuestionAnswered(Event):
    """The Commission answered: the motion on the proposed answer was carried."""

    kind: Literal["ethics_question_answered"] = "ethics_question_answered"
    answer: TextRef


class AnswerPublished(Event):
    """Question and answer were published without the asker's name."""

    kind: Literal["answer_published"] = "answer_published"
    text: TextRef


EthicsQuestionEvent = Annotated[
    EthicsQuestionAsked | AnswerProposed | EthicsQuestionAnswered | AnswerPublished | ReminderGiven | MOTION_EVENTS,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[EthicsQuestionEvent] = TypeAdapter(EthicsQuestionEvent)


class AskCommission(MatterAct):
    """Ask the Commission an ethics question."""

    kind: Literal["ask_commission"] = "ask_commission"
    text: TextRef
    may_be_published: bool = False


class ProposeAnswer(MatterAct):
    """Propose an answer for the Commission to vote on."""

    kind: Literal["propose_answer"] = "propose_answer"
    answer: TextRef


class PutAnswerToVote(MatterAct):
    """Let the Commission vote on the proposed answer."""

    kind: Literal["put_answer_to_vote"] = "put_answer_to_vote"
    needs: ClassVar[frozenset[str]] = frozenset({"seated", "institution"})


class PublishAnswer(MatterAct):
    """Publish question and answer, anonymised; only with the asker's consent."""

    kind: Literal["publish_answer"] = "publish_answer"
    text: TextRef


EthicsQuestionAct = Annotated[
    AskCommission | ProposeAnswer | PutAnswerToVote | PublishAnswer | MOTION_ACTS,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(EthicsQuestionAct)[0])
}
