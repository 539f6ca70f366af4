"""What every vote is: an electorate frozen when it opens, ballots hidden until it closes (ISO/IEC 17065, 7.6)."""

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier, Moment, Name


class Voice(StrEnum):
    """What a ballot counts as."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAIN = "abstain"
    SEND_BACK = "send_back"


class Cast(BaseModel, ABC):
    """One member's ballot in one vote.

    Attributes:
        dissent: a separate opinion, for publication where the scheme says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: Identifier
    round: int = Field(ge=1)
    reasons: TextRef | None = None
    dissent: TextRef | None = added_later(None)
    cast_at: Moment

    @property
    @abstractmethod
    def voice(self) -> Voice:
        """What the ballot counts as."""


class Tally(BaseModel):
    """The figures of a closed vote.

    Attributes:
        base: members of the electorate who did not recuse themselves.
        present: ballots cast, abstentions included.
        in_favour: ballots for what was proposed.
        send_back: ballots to let the applicant supplement the file first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: int = Field(ge=0)
    present: int = Field(ge=0)
    in_favour: int = Field(ge=0)
    against: int = Field(ge=0)
    abstain: int = Field(ge=0)
    send_back: int = added_later(0, ge=0)
    quorum_reached: bool
    majority_reached: bool


B = TypeVar("B", bound=Cast)


class Vote(BaseModel, Generic[B]):
    """One vote: the electorate is frozen when it opens.

    Attributes:
        seed: digest the panel and its substitutes were drawn with; None where nothing was drawn.
        pool: people the panel was drawn from, sorted; with the seed, anyone can draw it again.
        reserves: substitutes in the order in which they step in when the base falls below its least.
        quorum: least share of the base that must vote, or least number of members where it has no slash.
        majority: least share of the ballots cast that must be in favour, or `simple`: more than half.
        base_min: least base without which there is no decision.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    opened_at: Moment
    closes_at: Moment
    electorate: tuple[Identifier, ...] = Field(max_length=200)
    seed: Digest | None = None
    pool: tuple[Identifier, ...] = Field(default=(), max_length=200)
    reserves: tuple[Identifier, ...] = added_later((), max_length=200)
    base_min: int = Field(ge=1)
    quorum: Name
    majority: Name
    ballots: dict[Identifier, B] = Field(default_factory=dict, max_length=200)
    recused: tuple[Identifier, ...] = Field(default=(), max_length=200)
    closed_at: Moment | None = None
    tally: Tally | None = None

    @property
    def is_open(self) -> bool:
        """Whether ballots are still taken."""
        return self.closed_at is None

    @property
    def base(self) -> tuple[str, ...]:
        """The electorate less those who recused themselves."""
        return tuple(member for member in self.electorate if member not in self.recused)
