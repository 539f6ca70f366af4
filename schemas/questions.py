"""Numbered questions to the applicant; the clock of whoever asked stands still until they are answered (stage 2, 5)."""

from pydantic import BaseModel, ConfigDict, Field

from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Identifier, Moment
from schemas.stages import Stage


class Question(BaseModel):
    """One question to the applicant and its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1, le=99)
    asked_by: Identifier
    stage: Stage
    criteria: tuple[CriterionId, ...] = Field(default=(), max_length=20)
    text: TextRef
    asked_at: Moment
    due_at: Moment
    answer: TextRef | None = None
    answered_at: Moment | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for the applicant."""
        return self.answered_at is None
