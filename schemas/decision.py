"""Rounds, ballots and the decision (ISO/IEC 17065, 7.6; procedure, stage 8)."""

from pydantic import BaseModel, ConfigDict, Field

from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier, Moment, Name, RuleId
from schemas.review import Result
from schemas.stages import Choice, Outcome


class Ballot(BaseModel):
    """One member's vote in one round; it names all it was cast on.

    Attributes:
        grounds: criteria or rules a ballot to refuse rests on.
        proof: the member's own signature over the ballot; None while ballots are not signed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: Identifier
    round: int = Field(ge=1)
    choice: Choice
    manifest_digest: Digest
    scheme_digest: Digest
    grounds: tuple[RuleId, ...] = Field(default=(), max_length=20)
    reasons: TextRef | None = None
    cast_at: Moment
    proof: None = None


class Tally(BaseModel):
    """The figures of a closed round.

    Attributes:
        base: members of the electorate who did not recuse themselves.
        present: ballots cast, abstentions included.
        in_favour: ballots to grant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: int = Field(ge=0)
    present: int = Field(ge=0)
    in_favour: int = Field(ge=0)
    against: int = Field(ge=0)
    abstain: int = Field(ge=0)
    quorum_reached: bool
    majority_reached: bool


class Round(BaseModel):
    """One vote of the Commission: the electorate is frozen when it opens.

    Attributes:
        seed: digest the panel was drawn with; None where the whole Commission votes.
        pool: members the panel was drawn from, sorted; with the seed, anyone can draw it again.
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
    base_min: int = Field(ge=1)
    quorum: Name
    majority: Name
    manifest_digest: Digest
    scheme_digest: Digest
    results: tuple[Result, ...] = Field(max_length=200)
    ballots: dict[Identifier, Ballot] = Field(default_factory=dict, max_length=200)
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


class Decision(BaseModel):
    """What the Commission decided, with all an outsider needs to recompute it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Name
    outcome: Outcome
    round: int
    tally: Tally
    quorum: Name
    majority: Name
    manifest_digest: Digest
    scheme_digest: Digest
    grounds: tuple[RuleId, ...] = Field(default=(), max_length=200)
    decided_at: Moment
