"""What one case or matter has to tell another: an act of the engine, sent until it is answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from schemas.event import Event
from schemas.identifiers import MatterId, Word

ErrandKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}(/[0-9A-Za-z.-]{1,80}){0,2}$")]
"""Names an errand within the case or matter that runs it; the same key is the same errand."""


class Errand(BaseModel):
    """One act to be sent to another matter.

    Attributes:
        to: kind of the matter, the first part of its streams.
        subject: its id.
        act: kind of the act, one that only the engine may do.
        content: the fields of the act.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: ErrandKey
    to: Word
    subject: MatterId
    act: Word
    content: dict[str, JsonValue] = Field(default_factory=dict, max_length=30)


class ErrandAnswer(BaseModel):
    """How the other matter answered: taken, or refused with a code.

    Attributes:
        key: of the errand that this answers; None in answers of earlier versions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: ErrandKey | None = None
    refused: Word | None = None


class ErrandDone(Event):
    """Another matter was told, and took it or refused it."""

    kind: Literal["errand_done"] = "errand_done"
    key: ErrandKey
    refused: Word | None = None
