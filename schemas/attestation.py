"""What a label attests, in words: the one statement that every export of it is made from (ISO/IEC 17065, 7.7.1)."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.added_later import added_later
from schemas.identifiers import Digest, Moment, Name, PostalAddress, plain
from schemas.label import LabelId, StatusIndex, Tier, Token

STATUS_LIST_BITS = 17
"""A status list holds 2^17 labels; the index of a label is shard * 2^17 + place."""

Address = Annotated[
    str, StringConstraints(pattern=r"^https?://[0-9A-Za-z.\[\]:_~/-]*[0-9A-Za-z\]]$", min_length=9, max_length=200)
]
"""Where the register is reached, with no slash at its end: `https://v.example.eu`."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 code."""

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(plain)]


class Attestation(BaseModel):
    """What the public may know of a label at its issue, and nothing else; no natural person is in it.

    It says what was *issued*. Whether the label still stands is told by the register and the status list.

    Attributes:
        token: the signed label itself, as the QR carries it.
        label_name: the product's name on the label; with `version` it is what the token says.
        build_digest: of the one build that was certified, where that is public.
        country: of the holder; `holder_address` where it published one.
        issuer: name of the body, `issuer_address` its postal address, `register_url` the address of its register.
        granted_on: day (UTC) of the decision.
        expires_at: last second of the last day on which the label can be in force.
        met: mandatory criteria met; `not_applicable` those that do not apply; together they make `total`.
        meaning: the scheme's words for what the label means and what not, filled in.
        status_index: see `STATUS_LIST_BITS`.
        language: of the texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: LabelId
    token: Token
    product: Name
    label_name: Name
    version: Name
    build_digest: Digest | None = None
    holder: Name
    country: Country
    issuer: Name
    register_url: Address
    tier: Tier
    tier_name: Name
    granted_on: date
    expires_at: Moment
    purpose: Words
    deployment: Words
    languages: tuple[Name, ...] = Field(min_length=1, max_length=50)
    scheme_title: Name
    scheme_version: Name
    scheme_digest: Digest
    code_edition: Name
    total: int = Field(ge=1, le=10_000)
    met: int = Field(ge=0)
    not_applicable: int = Field(ge=0)
    decision_number: str = Field(min_length=1, max_length=64)
    meaning: Words
    status_index: StatusIndex
    language: Literal["en", "ru"] = "en"
    holder_address: PostalAddress | None = added_later(None)
    issuer_address: PostalAddress | None = added_later(None)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.met + self.not_applicable != self.total:
            raise ValueError("every mandatory criterion is either met or not applicable")
        if self.expires_at.microsecond:
            raise ValueError("the end of a label is a whole second")
        return self

    @property
    def page(self) -> str:
        """Address of the label's page, which tells its present standing."""
        return f"{self.register_url}/{self.id}"

    @property
    def status_list(self) -> str:
        """Address of the status list that the label is in."""
        return f"{self.register_url}/s/{self.status_index >> STATUS_LIST_BITS}"

    @property
    def status_place(self) -> int:
        """Place of the label in its list."""
        return self.status_index & (1 << STATUS_LIST_BITS) - 1
