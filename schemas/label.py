"""The label in words: what is signed, what is printed, what was issued, and the two answers about it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from schemas.added_later import added_later
from schemas.identifiers import Moment, Name

LabelId = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{16}$")]
"""Public id of a label: 10 random bytes in Crockford base32 (`schemas.label_number`)."""

Token = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,600}$")]
"""A signed label in base36, as the QR carries it."""

SubjectDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
"""First 12 bytes of the digest that binds a label to one build of one version, in hexadecimal digits."""

Kid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
"""First 4 bytes of a key's RFC 7638 thumbprint, in hexadecimal digits."""

StatusIndex = Annotated[int, Field(ge=0, lt=2**32)]
"""Place in the status lists: shard * 2^17 + place."""

Tier = Literal["low", "medium", "high", "critical"]


class Authenticity(StrEnum):
    """Is the token ours and unaltered? Says nothing about whether the label still stands."""

    AUTHENTIC = "authentic"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    NOT_IN_LOG = "not_in_log"
    KEY_NOT_IN_USE = "key_not_in_use"


class Standing(StrEnum):
    """Is the label in force now? Answered from the register or a signed list, never from the token alone."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENDED_BY_HOLDER = "ended_by_holder"
    UNKNOWN_NUMBER = "unknown_number"
    COULD_NOT_CHECK = "could_not_check"

    @property
    def is_final(self) -> bool:
        """Whether a label never leaves it again."""
        return self in FINAL_STANDINGS


FINAL_STANDINGS = frozenset(
    {
        Standing.WITHDRAWN,
        Standing.LAPSED,
        Standing.EXPIRED,
        Standing.SUPERSEDED,
        Standing.ENDED_BY_HOLDER,
    }
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LabelStatement(_Frozen):
    """What is signed; `labels.signing` writes it as CWT claims.

    Attributes:
        id: the claim `cti`.
        expires_at: the claim `exp`: last second of the last day (UTC), whole seconds.
        subject_digest: binds the label to one build, see `labels.signing.subject_digest`.
        name_version: the product's label name and its version with one space between.
        holder: in the token only where it fits the printed size.
    """

    id: LabelId
    expires_at: Moment
    tier: Tier
    status_index: StatusIndex
    subject_digest: SubjectDigest
    name_version: str = Field(min_length=1, max_length=120)
    holder: str | None = Field(default=None, min_length=1, max_length=200)

    @field_validator("expires_at")
    @classmethod
    def _whole_seconds(cls, moment: Moment) -> Moment:
        if moment.microsecond:
            raise ValueError("the end of a label is a whole second")
        return moment


class LabelFacts(_Frozen):
    """What the picture says; the names of scheme and tier come from the scheme, in the picture's language.

    Attributes:
        token: what the standard form carries in its QR.
        ends_on: last day on which the label can be in force.
        url: address of the register, `https://v.example.eu`; the QR adds token or id.
    """

    id: LabelId
    token: Token
    product: Name
    version: str = Field(min_length=1, max_length=60)
    holder: Name
    issuer: Name
    scheme_title: Name
    tier_name: str = Field(min_length=1, max_length=60)
    issued_on: date
    ends_on: date
    url: str = Field(pattern=r"^https?://", max_length=200)
    language: Literal["en", "ru"] = "en"


class IssuedLabel(_Frozen):
    """A label as the signer returns it and the record keeps it.

    Attributes:
        decision_number: number of the one decision behind it.
        issued_at: when the decision was taken that it attests.
        case_entry: number of the last entry of the case that the signer had read when it checked the grant.
    """

    id: LabelId
    token: Token
    kid: Kid
    decision_number: str = Field(min_length=1, max_length=64)
    status_index: StatusIndex
    subject_digest: SubjectDigest
    name_version: str = Field(min_length=1, max_length=120)
    tier: Tier
    holder: str = Field(min_length=1, max_length=200)
    issued_at: Moment
    expires_at: Moment
    case_entry: int | None = added_later(None, ge=1)

    @property
    def statement(self) -> LabelStatement:
        """What its token has to say; whether the token names the holder too, only the token tells."""
        shared = LabelStatement.model_fields.keys() - {"holder"}
        return LabelStatement(**{name: getattr(self, name) for name in shared})
