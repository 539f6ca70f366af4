"""What happens outside cases: organisations enter the Register, schemes are adopted, people get roles."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from schemas.identifiers import Digest, Identifier, Line, MatterId, Moment, Name, Word
from schemas.people import Role


class RecordEvent(BaseModel):
    """One fact of a stream that is no case."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    version: int = 1
    at: Moment
    actor: Identifier


class ParticipantEntered(RecordEvent):
    """An organisation joined the Code and stands in the Register (Code, II-2.4)."""

    kind: Literal["participant_entered"] = "participant_entered"
    organisation: Identifier
    name: Name
    country: Name
    roles: tuple[Word, ...] = Field(min_length=1, max_length=8)
    ethics_officer: Line | None = None
    officer_contact: Line | None = None


class SchemeAdopted(RecordEvent):
    """A scheme version is in force for new cases; the whole scheme is in the body."""

    kind: Literal["scheme_adopted"] = "scheme_adopted"
    scheme: Name
    scheme_version: Name
    digest: Digest
    content: dict[str, JsonValue]


class PersonAdmitted(RecordEvent):
    """A person may sign in, with these roles; their name and address live outside the record."""

    kind: Literal["person_admitted"] = "person_admitted"
    person: Identifier
    roles: tuple[Role, ...] = Field(min_length=1, max_length=8)
    organisation: Identifier | None = None
    areas: tuple[Word, ...] = Field(default=(), max_length=8)


class AttemptRefused(RecordEvent):
    """An act was refused; its content is not kept.

    Attributes:
        application: the case, or the matter, in which it was refused.
    """

    kind: Literal["attempt_refused"] = "attempt_refused"
    act: Word
    application: MatterId | None
    code: Word


RecordEvents = Annotated[
    ParticipantEntered | SchemeAdopted | PersonAdmitted | AttemptRefused, Field(discriminator="kind")
]

RECORD_EVENTS: TypeAdapter[RecordEvents] = TypeAdapter(RecordEvents)
