"""What the record says around a label at the moment an act is sent: complaints, a renewal, a draw, its gates."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.evidence import EvidenceItem
from schemas.identifiers import Digest, Identifier, ItemId, Moment, Name, RuleId, Word
from schemas.label import LabelId
from schemas.people import PersonFacts

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


class CertifiedFacts(BaseModel):
    """What findings about a label are held against, by the rules of its case (ISO/IEC 17065, 7.4.5 and 7.9).

    Attributes:
        version: of the system that the label names.
        lodged_at: when the application was lodged; what others made before is an earlier result.
        items: evidence that findings cite: of the case's last manifest, or handed in for a label that this one
            carries on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Name
    lodged_at: Moment
    items: dict[ItemId, EvidenceItem] = Field(default_factory=dict, max_length=400)


class RecordFacts(BaseModel):
    """What the record says around a label at the moment an act is sent.

    Attributes:
        open_complaints: complaints about it, or the label that it carries on, that are not decided.
        scored: the gates of its case, for the holder to answer the questionnaire again; None where that is not asked.
        certified: None where findings were handed in before anybody asked.
        judges: those who judged what a vote ends, as they stand now; None where it opened before anybody asked.
        binds_standing: whether a vote that is opened counts for the standing the label has then, and for no other; not
            where it was opened before that was so.
        judges_stay_out: whether who says yes to judging, or leaves after that, decides nothing about the label from
            then on, and who suspends at once judges nothing; not where they did so before that was remembered.
        names_ends: whether a vote names what it ends besides: to maintain, the surveillances whose place the one it
            is on takes; to suspend, confirm or reduce, those that failed by then; to restore, whether what those
            found is answered and the checks of today hold. Not in acts of earlier versions.
        counts_reporters: whether one person reports only so many interests; not where they did before that was so.
        asks_undecided: whether a renewal is asked for by an application that is not decided yet.
        edition: by which the act is judged (`workflows.rules.label.editions`); 0 in acts of before, some of which said
            by the five words above that a rule held for them already.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    open_complaints: int = Field(default=0, ge=0, le=9999)
    renewal: RenewalFacts | None = None
    sample: SampleFacts | None = None
    scored: ScoredFacts | None = added_later(None)
    certified: CertifiedFacts | None = added_later(None)
    judges: dict[Identifier, PersonFacts] | None = added_later(None, max_length=100)
    binds_standing: bool = added_later(default=False)
    judges_stay_out: bool = added_later(default=False)
    names_ends: bool = added_later(default=False)
    counts_reporters: bool = added_later(default=False)
    asks_undecided: bool = added_later(default=False)
    edition: int = added_later(default=0, ge=0, le=99)
