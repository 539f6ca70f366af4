"""An extract of the Register of participants: what a participant shows others, signed (Code, II-2.1)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.identifiers import Digest, Identifier, Moment, Name, Word
from schemas.label import Kid

SIGNED_MAX = 8000
"""Characters of a signed extract in base64: 6 kB, twice what the longest statement takes."""

Base64 = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]*$", max_length=SIGNED_MAX)]
"""Base64 for addresses, without padding (RFC 4648, 5)."""


class ExtractStatement(BaseModel):
    """What the Register says of one participant after one entry of its stream; no natural person is in it.

    Attributes:
        status: whether it stands in the Register, or has left.
        officer: whether an ethics officer is named, awaited within the two months, or not named after them (II-2.2).
        entry: number of the entry in the organisation's stream; `as_of` its time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Identifier
    name: Name
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    roles: tuple[Word, ...] = Field(max_length=8)
    status: Literal["entered", "left"]
    entered_at: Moment
    left_at: Moment | None = None
    officer: Literal["named", "awaited", "not_named"]
    has_ethics_commission: bool
    entry: int = Field(ge=1)
    as_of: Moment


class SignedExtract(BaseModel):
    """A statement as the signer signed it.

    Attributes:
        digest: SHA-256 of the statement in RFC 8785 JSON.
        signed: the COSE_Sign1 over that very JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Identifier
    entry: int = Field(ge=1)
    digest: Digest
    kid: Kid
    signed: Base64
