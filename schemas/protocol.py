"""A protocol: how a demonstration or an interview becomes evidence (procedure, stage 3; ISO/IEC 17065, 7.4).

A reviewer records it while judging. It lies beside the applicant's items until the findings meet; then the evidence
manifest names it by its digest, and ballots, decision and label rest on it as on any item (decision 65).
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import digest_of
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Day, Identifier, ItemId, Moment, ProtocolId


class ProtocolForm(StrEnum):
    """What a protocol is of."""

    DEMONSTRATION = "demonstration"
    INTERVIEW = "interview"


class Protocol(BaseModel):
    """What was shown or said on one day, and what a reviewer saw of it.

    Attributes:
        participants: who took part, by function and without names.
        criteria: those that it concerns, each the reviewer's to judge.
        shown: what was shown or said; `observed` what the reviewer saw of it.
        item: a file of the manifest that it goes with.
        recorded_by: the reviewer; told to nobody who may not know who reviews.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ProtocolId
    form: ProtocolForm
    held_on: Day
    participants: TextRef
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=20)
    shown: TextRef
    observed: TextRef
    item: ItemId | None = None
    recorded_by: Identifier
    recorded_at: Moment

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical protocol without its author, whom a reader of the digest could find by trying."""
        return digest_of(self.model_dump(mode="json", exclude={"recorded_by"}))
