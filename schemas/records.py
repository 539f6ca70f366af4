"""What goes into the journal and what comes back: entries, batches and receipts (design, The record)."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from schemas.event import Event
from schemas.identifiers import ActId, Digest, Identifier, Moment, Name, Word


class PendingEntry(BaseModel):
    """An entry before the journal gives it its place in the chain.

    Attributes:
        number: its place in its stream, from 1, dense.
        act_id: the act's idempotency key on the first entry of an act; None on what follows by rule.
        body: the event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    kind: Word
    version: int = Field(ge=1)
    at: Moment
    actor: Identifier
    authn: Word
    request_id: ActId
    act_id: ActId | None = None
    act_digest: Digest | None = None
    body: dict[str, JsonValue]

    @classmethod
    def of(
        cls,
        event: Event,
        number: int,
        *,
        authn: str,
        request_id: str = "none",
        act_id: str | None = None,
        act_digest: str | None = None,
    ) -> Self:
        """Return the entry of an event; the act is named on the first entry of what it brought about."""
        return cls(
            number=number,
            kind=event.kind,
            version=event.version,
            at=event.at,
            actor=event.actor,
            authn=authn,
            request_id=request_id,
            act_id=act_id,
            act_digest=act_digest,
            body=event.model_dump(mode="json"),
        )


class Batch(BaseModel):
    """Entries of one stream that are written together or not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stream: Name
    entries: tuple[PendingEntry, ...] = Field(min_length=1, max_length=100)


class Entry(BaseModel):
    """An entry as hashed: its RFC 8785 bytes are stored as they are (design, The record).

    Attributes:
        act_digest: SHA-256 of the salt of the body and the act's digest, so that nobody guesses a hidden choice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stream: Name
    number: int
    previous: Digest | None
    kind: Word
    version: int
    at: Moment
    actor: Identifier
    authn: Word
    request_id: ActId
    act_id: ActId | None
    act_digest: Digest | None
    body_digest: Digest


class Receipt(BaseModel):
    """What the record says of an act it holds.

    Attributes:
        kind: what the act is recorded as; an act may bring about something else than it is named for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    act_id: ActId
    stream: Name
    number: int
    kind: Word
    digest: Digest
    recorded_at: Moment


class Ack(BaseModel):
    """What the case answers when it has accepted an act; the record follows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act_id: ActId
    digest: Digest
    number: int
