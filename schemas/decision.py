"""Rounds, ballots and the decision (ISO/IEC 17065, 7.6; procedure, stage 8)."""

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.identifiers import Digest, Moment, Name, RuleId, Word
from schemas.review import Result
from schemas.scheme_terms import Tier
from schemas.signed_acts import Origin
from schemas.stages import Choice, Outcome
from schemas.voting import Cast, Tally, Voice, Vote

_VOICES = {
    Choice.GRANT: Voice.IN_FAVOUR,
    Choice.REFUSE: Voice.AGAINST,
    Choice.ABSTAIN: Voice.ABSTAIN,
    Choice.SEND_BACK: Voice.SEND_BACK,
}


class Ballot(Cast):
    """One member's vote in one round; it names all it was cast on.

    Attributes:
        grounds: criteria or rules a ballot to refuse rests on.
        proof: SHA-256 of the canonical receipt that shows whose ballot it is (`schemas.signed_acts`); the receipt
            stands in the event. None where the round asks for none.
    """

    choice: Choice
    manifest_digest: Digest
    scheme_digest: Digest
    grounds: tuple[RuleId, ...] = Field(default=(), max_length=20)
    proof: Digest | None = None

    @property
    def voice(self) -> Voice:
        """What the ballot counts as."""
        return _VOICES[self.choice]


class Round(Vote[Ballot]):
    """One vote of the Commission on a case.

    Attributes:
        proposed_tier: the tier that is voted on; None where the label itself is.
        set_aside: why no decision rests on the closed round: what it votes on changed, the applicant is heard
            first or may supplement the file, its decision was reopened, or evidence ran out before it granted.
        origin: address under which ballots of this round, and the release of its label, are signed; None where
            they need not be (edition 3 of the procedure asks for it).
        opinions_public: everybody may read separate opinions on its decision, as its members were told when they
            voted (from edition 5 of the procedure on, where the scheme publishes them).
    """

    manifest_digest: Digest
    scheme_digest: Digest
    results: tuple[Result, ...] = Field(max_length=200)
    proposed_tier: Tier | None = added_later(None)
    set_aside: Word | None = added_later(None)
    origin: Origin | None = added_later(None)
    opinions_public: bool = added_later(default=False)


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
