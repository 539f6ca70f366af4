"""A correction of the record: a new entry by two different people; nothing in the record is changed or removed."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.clocks import ReminderGiven
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Digest, EntryNumber, Identifier, MatterId, Name
from schemas.matter import Matter, MatterAct, SecondPersonAct


class RecordCorrection(Matter):
    """What is to be read differently, and whether a second person agreed.

    Attributes:
        stream: where the entry stands; `number` its place; `entry_digest` pins it.
        text: what is wrong and how it is to be read.
        confirmed_by: the second person; None until then.
        rejected: the second person's reasons for not agreeing.
    """

    stream: Name
    number: int = Field(ge=1)
    entry_digest: Digest
    text: TextRef
    confirmed_by: Identifier | None = None
    rejected: TextRef | None = None


class CorrectionProposed(Event):
    """Somebody says how an entry is to be read."""

    kind: Literal["correction_proposed"] = "correction_proposed"
    correction: MatterId
    organisation: Identifier | None = None
    stream: Name
    number: int
    entry_digest: Digest
    text: TextRef


class CorrectionConfirmed(Event):
    """A second person agreed: the entry is read so."""

    kind: Literal["correction_confirmed"] = "correction_confirmed"


class CorrectionRejected(Event):
    """A second person did not agree: the entry is read as before."""

    kind: Literal["correction_rejected"] = "correction_rejected"
    reasons: TextRef


RecordCorrectionEvent = Annotated[
    CorrectionProposed | CorrectionConfirmed | CorrectionRejected | ReminderGiven, Field(discriminator="kind")
]
EVENTS: TypeAdapter[RecordCorrectionEvent] = TypeAdapter(RecordCorrectionEvent)


class ProposeCorrection(SecondPersonAct):
    """Say how an entry of the record is to be read.

    Attributes:
        entry_digest: a fact: the digest of the entry as it stands in the record, None when there is none.
        party: a fact: the organisation that the entry concerns, None where it concerns none.
    """

    kind: Literal["propose_correction"] = "propose_correction"
    stream: Name
    number: EntryNumber
    text: TextRef
    entry_digest: Digest | None = None
    party: Identifier | None = None
    own_facts: ClassVar[frozenset[str]] = SecondPersonAct.own_facts | {"entry_digest", "party"}


class ConfirmCorrection(SecondPersonAct):
    """Agree, as the second person."""

    kind: Literal["confirm_correction"] = "confirm_correction"


class RejectCorrection(SecondPersonAct):
    """Disagree, as the second person, with reasons."""

    kind: Literal["reject_correction"] = "reject_correction"
    reasons: TextRef


RecordCorrectionAct = Annotated[ProposeCorrection | ConfirmCorrection | RejectCorrection, Field(discriminator="kind")]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(RecordCorrectionAct)[0])
}
