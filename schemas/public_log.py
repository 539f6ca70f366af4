"""What the public log says: one entry for every entry of the record, in its order.

Every entry carries the digest of the record's entry, so that nothing private can vanish unseen either; what is public
(procedure, What is public) is said beside it. An entry is written in RFC 8785 JSON.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import canonical_json
from schemas.identifiers import Digest, Identifier, Moment, Name
from schemas.label import Kid, LabelId, Standing, Token
from schemas.label_life import Because
from schemas.voting import Tally


class _Statement(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DecisionStatement(_Statement):
    """The Commission granted a label; refusals are counted, and named nowhere."""

    kind: Literal["decision"] = "decision"
    number: Name
    outcome: Name
    tally: Tally
    quorum: Name
    majority: Name
    manifest_digest: Digest
    scheme_digest: Digest
    decided_at: Moment


class IssueStatement(_Statement):
    """A label was issued; once this entry is in a witnessed log it is in force."""

    kind: Literal["label_issued"] = "label_issued"
    label: LabelId
    token: Token
    decision: Name
    holder: Name
    issued_at: Moment
    expires_at: Moment
    prolongs: LabelId | None = Field(default=None, exclude_if=lambda value: value is None)


class StandingStatement(_Statement):
    """A label took a step; version 1 is its issue.

    Attributes:
        version: counts the steps without a gap.
        at: since when it stands so.
        successor: the label that replaces it.
    """

    kind: Literal["standing"] = "standing"
    label: LabelId
    version: int = Field(ge=2)
    standing: Standing
    because: Because
    at: Moment
    successor: LabelId | None = Field(default=None, exclude_if=lambda value: value is None)


class ParticipantStatement(_Statement):
    """What the Register of participants says of an organisation from now on (Code, II-2.4)."""

    kind: Literal["participant"] = "participant"
    organisation: Identifier
    name: Name
    country: str = Field(max_length=2)
    entered_at: Moment
    left_at: Moment | None = Field(default=None, exclude_if=lambda value: value is None)


class SchemeStatement(_Statement):
    """A scheme version is in force for new cases."""

    kind: Literal["scheme"] = "scheme"
    scheme: Name
    version: Name
    digest: Digest


class KeySetStatement(_Statement):
    """A version of the key set was published.

    Attributes:
        digest: of the signed set as published.
        compromised: keys that it calls compromised for the first time, and since when.
    """

    kind: Literal["key_set"] = "key_set"
    version: int = Field(ge=1)
    digest: Digest
    compromised: dict[Kid, Moment] = Field(default_factory=dict)


Statement = Annotated[
    DecisionStatement | IssueStatement | StandingStatement | ParticipantStatement | SchemeStatement | KeySetStatement,
    Field(discriminator="kind"),
]


class LogEntry(BaseModel):
    """One entry of the public log.

    Attributes:
        digest: of the record's entry.
        statements: what is public of it; a label that another one carries on steps aside in the entry that issues it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: Digest
    statements: tuple[Statement, ...] = Field(default=(), max_length=2, exclude_if=lambda value: not value)

    def as_bytes(self) -> bytes:
        """Return the entry as it is logged and hashed."""
        return canonical_json(self)

    @classmethod
    def from_bytes(cls, content: bytes) -> "LogEntry":
        """Read an entry of the log.

        Raises:
            ValueError: no entry, or not in the one spelling that `as_bytes` writes.
        """
        entry = cls.model_validate_json(content)
        if entry.as_bytes() != content:
            raise ValueError("an entry of the log has one spelling")
        return entry
