"""Nonconformities and what becomes of them before the decision (ISO/IEC 17065, 7.4.7; procedure, stage 6)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.identifiers import CriterionId, Identifier, ItemId, Moment


class Grade(StrEnum):
    """How grave a nonconformity is: how long there is to close it."""

    MINOR = "minor"
    MAJOR = "major"


class Difference(BaseModel):
    """What a version of the manifest has under one criterion that an earlier one had not, and the reverse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: CriterionId
    added: tuple[ItemId, ...] = Field(default=(), max_length=200)
    left_out: tuple[ItemId, ...] = Field(default=(), max_length=200)
    reason_changed: bool = False


class Nonconformity(BaseModel):
    """A mandatory criterion that is not met, with the time to close it.

    Attributes:
        grade: of the verdicts that stand, unless the deadline of a minor one has passed (from edition 7 on; before,
            of those it was raised with).
        raised_by: reviewers whose verdict it rests on; empty for a lookup.
        extensions: how often its deadline was moved on reasons; from edition 7 on a case has one extension in all.
        closed_at: when it was found met or not applicable; None while it is open.
        is_past: its last deadline passed with it open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: CriterionId
    grade: Grade
    raised_by: tuple[Identifier, ...] = Field(default=(), max_length=30)
    raised_at: Moment
    due_at: Moment
    extensions: int = Field(default=0, ge=0, le=9)
    closed_at: Moment | None = None
    is_past: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.closed_at is None

    @property
    def is_running(self) -> bool:
        """Whether it stands and there is still time to close it."""
        return self.is_open and not self.is_past
