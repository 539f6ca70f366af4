"""What every act carries, whatever it is done in: who, under which key, and the facts it is judged by."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.canonical import digest_of
from schemas.identifiers import ActId, Identifier, Moment, Word
from schemas.people import InstitutionFacts, ParticipantFacts, PersonFacts

_NOT_CONTENT: dict[str, Any] = {
    "act_id": True,
    "actor": True,
    "authn": True,
    "institution": True,
    "participant": True,
    "people": True,
    "request_id": True,
    "seated": True,
    "sent_at": True,
    "lodged": {"group": True},  # a fact of the Register within the application, which may change before a repeat
}


class Act(BaseModel):
    """What every act carries.

    Attributes:
        act_id: idempotency key: the same act under the same key is taken once.
        actor: what the record says of the person who acts.
        authn: how they signed in (`session`, `token`).
        people: facts about other people the act names.
        seated: the members of the Commission now, for acts that form an electorate.
        participant: the applicant's place in the Register, for acts that depend on it.
        institution: who holds which seat, for acts that depend on it.
        sent_at: when it was sent to its case or matter, which takes it soon after or not at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    act_id: ActId
    actor: PersonFacts
    authn: Word = "session"
    request_id: ActId = "none"
    people: dict[Identifier, PersonFacts] = Field(default_factory=dict, max_length=200)
    seated: tuple[Identifier, ...] = Field(default=(), max_length=200)
    participant: ParticipantFacts | None = None
    institution: InstitutionFacts | None = None
    sent_at: Moment | None = added_later(None)

    needs: ClassVar[frozenset[str]] = frozenset()
    """Which facts the sender must read from the record just before sending, by the names of the fields above."""

    own_facts: ClassVar[frozenset[str]] = frozenset()
    """Fields of this kind of act that the sender fills from the record: no part of the content."""

    @property
    def subject(self) -> str:
        """The id of the case or matter the act is done in."""
        raise TypeError(f"{self.kind} is done in nothing")

    @property
    def digest(self) -> str:
        """SHA-256 over the content and the actor's id."""
        content = self.model_dump(mode="json", exclude={**_NOT_CONTENT, **dict.fromkeys(self.own_facts, True)})
        return digest_of({"actor": self.actor.person, "content": content})


class ActInCase(Act):
    """What every act in a certification carries."""

    application: Identifier

    @property
    def subject(self) -> str:
        """The application."""
        return self.application
