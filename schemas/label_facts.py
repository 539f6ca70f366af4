"""What the record says around a label at the moment an act is sent: complaints, a renewal, a draw, its gates."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.identifiers import Digest, Identifier, RuleId, Word
from schemas.label import LabelId

Quarter = Annotated[str, Field(pattern=r"^20[0-9]{2}-Q[1-4]$")]


class RenewalFacts(BaseModel):
    """What the record says of the application that is to renew a label.

    Attributes:
        renews: the label it names when it was lodged.
        is_decided: whether nothing more can come of it, or its label is decided on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    application: Identifier
    organisation: Identifier
    renews: LabelId | None = None
    is_decided: bool = False


class SampleFacts(BaseModel):
    """The draw among the labels of a tier in a quarter, as the record gives it.

    Attributes:
        seed: digest it was drawn with.
        is_drawn: whether this label is in the sample.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quarter: Quarter
    seed: Digest
    is_drawn: bool


class ScoredFacts(BaseModel):
    """What a tier rests on besides the answers of today.

    Attributes:
        gates: `yes`, `no` or `unknown` by gate, as the application had them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gates: dict[RuleId, Word] = Field(max_length=20)


class RecordFacts(BaseModel):
    """What the record says around a label at the moment an act is sent.

    Attributes:
        open_complaints: complaints about it that are not decided.
        scored: the gates of its case, for the holder to answer the questionnaire again; None where that is not asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    open_complaints: int = Field(default=0, ge=0, le=9999)
    renewal: RenewalFacts | None = None
    sample: SampleFacts | None = None
    scored: ScoredFacts | None = added_later(None)
