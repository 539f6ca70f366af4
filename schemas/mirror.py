"""What stands in a mirror beside the files of the register: what was mirrored, each label, the Register.

A mirror proves itself (`labels.mirror`): nothing here is believed because it is written here.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.identifiers import Digest, Moment, Name
from schemas.label import Kid, LabelId, Standing, Tier, Token
from schemas.label_life import Because
from schemas.public_facts import PublicFacts, SeatIn
from schemas.public_log import IssueStatement, ParticipantStatement, StandingStatement


def _inside(path: str) -> str:
    if (
        any(part in {"", ".", ".."} for part in path.split("/"))
        or "\\" in path
        or ":" in path
        or not path.isprintable()
    ):
        raise ValueError("a file of a mirror lies in its folder")
    return path


MirrorPath = Annotated[str, Field(max_length=200), AfterValidator(_inside)]
"""Where a file lies in the folder of the mirror: steps with slashes between, none of which leads out of it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Manifest(_Part):
    """What was mirrored, and the digest of every file: whoever carried the folder sees what was damaged on the way.

    Attributes:
        origin: name of the log.
        public_url: address of the register; status lists say it.
        exported_at: when the mirror was made.
        as_of: the moment it tells of: when witnesses had seen the log, and when the newest status list was signed.
        size: of the log; `root` its root in hexadecimal digits.
        files: SHA-256 of each file, by its path; the manifest itself is not among them.
    """

    format: Literal["certify-mirror/1"] = "certify-mirror/1"
    origin: Name
    public_url: str = Field(max_length=200)
    exported_at: Moment
    as_of: Moment
    size: int = Field(ge=1)
    root: Digest
    files: dict[MirrorPath, Digest]


class MirroredStep(_Part):
    """One step of a label, as the log says it; version 1 is its issue."""

    version: int = Field(ge=1)
    standing: Standing
    because: Because
    at: Moment
    successor: LabelId | None = Field(default=None, exclude_if=lambda value: value is None)


class MirroredLabel(_Part):
    """What the public may know of a label: its answer for programs, less what changes with the day or the reader.

    Attributes:
        number: as printed.
        standing: of the last step; past `expires_at` a label that is not ended yet is expired.
        holder_seats: where people of the holder sat in the body when the mirror was made.
    """

    format: Literal["certify-mirror-label/1"] = "certify-mirror-label/1"
    id: LabelId
    number: str
    token: Token
    kid: Kid
    tier: Tier
    holder: Name
    issued_at: Moment
    expires_at: Moment
    standing: Standing
    steps: tuple[MirroredStep, ...] = Field(min_length=1)
    facts: PublicFacts
    holder_seats: tuple[SeatIn, ...] = added_later(())


class MirroredRegister(_Part):
    """The Register of participants as the log says it, by organisation."""

    format: Literal["certify-mirror-register/1"] = "certify-mirror-register/1"
    participants: tuple[ParticipantStatement, ...]


def steps_of(issue: IssueStatement, later: tuple[StandingStatement, ...]) -> tuple[MirroredStep, ...]:
    """Return the steps that the log tells of a label."""
    because = Because.PROLONGED if issue.prolongs is not None else Because.GRANTED
    first = MirroredStep(version=1, standing=Standing.IN_FORCE, because=because, at=issue.issued_at)
    return (first, *(MirroredStep.model_validate(one.model_dump(exclude={"kind", "label"})) for one in later))


def standing_at(standing: Standing, expires_at: datetime, moment: datetime) -> Standing:
    """Return what a recorded standing is at a moment: a term ends whether or not that is recorded yet."""
    return Standing.EXPIRED if not standing.is_final and moment > expires_at else standing
