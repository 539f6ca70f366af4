"""What every matter beside a certification is: a label's life, an appeal, a complaint, an accession, a question.

A matter is folded from its own stream like a case. It can have motions (votes), clocks and declared interests.
"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.act import Act
from schemas.added_later import added_later
from schemas.clocks import ClockName, Reminded
from schemas.event import Event
from schemas.evidence import COUNT_MAX, TextRef
from schemas.identifiers import Digest, Identifier, MatterId, Moment, Word
from schemas.review import Interests
from schemas.voting import Cast, Tally, Voice, Vote


class MotionBallot(Cast):
    """One vote for or against what a motion proposes; it names the digest of what it was cast on."""

    choice: Voice
    object_digest: Digest

    @property
    def voice(self) -> Voice:
        """What the ballot counts as."""
        return self.choice


class Motion(Vote[MotionBallot]):
    """One vote in a matter.

    Attributes:
        subject: what is proposed, a word of the matter: `admit`, `withdraw`, `maintain`.
        object_digest: digest of all that is voted on; every ballot repeats it.
        drawn_from: digest of the entry that opened the matter, with which a panel was drawn; None where none was, and
            in votes of before, whose panels were drawn with the digest of their object.
        carried: whether the closed vote had quorum and majority.
    """

    subject: Word
    object_digest: Digest
    drawn_from: Digest | None = added_later(None)

    @property
    def carried(self) -> bool:
        """Whether what was proposed is decided."""
        return self.tally is not None and self.tally.majority_reached


class Matter(BaseModel):
    """What the state of every matter has.

    Attributes:
        organisation: the party, whose own people decide nothing in it; None where there is none.
        scheme_digest: the scheme version whose figures the matter follows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: MatterId
    entry: int = 0
    organisation: Identifier | None = None
    scheme_digest: Digest | None = None
    opened_by: Identifier
    opened_at: Moment
    interests: dict[Identifier, Interests] = Field(default_factory=dict, max_length=120)
    motions: tuple[Motion, ...] = Field(default=(), max_length=60)
    reminded: dict[ClockName, Reminded] = Field(default_factory=dict, max_length=200)
    ended_at: Moment | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen."""
        return self.ended_at is not None

    @property
    def party(self) -> str | None:
        """The organisation whose own and tied people decide nothing in it."""
        return self.organisation

    @property
    def open_motion(self) -> Motion | None:
        """The motion on which votes are taken now, if any."""
        return self.motions[-1] if self.motions and self.motions[-1].is_open else None

    def last_motion(self, subject: str) -> Motion | None:
        """Return the last motion on a subject."""
        return next((one for one in reversed(self.motions) if one.subject == subject), None)

    def has_declared_none(self, person: str) -> bool:
        """Whether a person declared for this matter that they have no interest in it."""
        declared = self.interests.get(person)
        return declared is not None and not declared.has_interest

    def is_kept_out(self, person: str) -> bool:
        """Whether somebody of an electorate may not vote any more, for an interest or another part."""
        return self.has_interest(person)

    def has_interest(self, person: str) -> bool:
        """Whether a person declared an interest in this matter."""
        declared = self.interests.get(person)
        return declared is not None and declared.has_interest


class MotionOpened(Event):
    """A vote began with this electorate."""

    kind: Literal["motion_opened"] = "motion_opened"
    motion: Motion


class VoteCast(Event):
    """A member voted; hidden from every reading until the motion closes."""

    kind: Literal["vote_cast"] = "vote_cast"
    ballot: MotionBallot


class ElectorLeft(Event):
    """A member left the electorate of the open motion; a ballot already cast no longer counts."""

    kind: Literal["elector_left"] = "elector_left"
    member: Identifier
    motion: int
    reason: TextRef | None = None


class SubstituteSteppedIn(Event):
    """The base fell below its least; the next substitute belongs to the electorate."""

    kind: Literal["substitute_stepped_in"] = "substitute_stepped_in"
    member: Identifier
    motion: int


class MotionClosed(Event):
    """A vote ended; without quorum there is no decision."""

    kind: Literal["motion_closed"] = "motion_closed"
    motion: int
    subject: Word
    tally: Tally


class MatterInterestsDeclared(Event):
    """A person declared their interests in this matter."""

    kind: Literal["matter_interests_declared"] = "matter_interests_declared"
    interests: Interests


MOTION_EVENTS = MotionOpened | VoteCast | ElectorLeft | SubstituteSteppedIn | MotionClosed | MatterInterestsDeclared
"""The events of votes, for the unions of the matters that have them."""


class MatterAct(Act):
    """What every act in a matter carries.

    Attributes:
        scheme_in_force: digest of the scheme, for acts that open a matter; a fact, no part of the content.
        drawn_from: digest of the entry that opened the matter, for acts by which a panel may be drawn; a fact too.
        by_engine: whether only the engine sends it (`schemas.errand`); no person and no token can.
        by_public: whether only somebody without an account sends it; nobody who is signed in can.
    """

    matter: MatterId
    scheme_in_force: Digest | None = None
    drawn_from: Digest | None = added_later(None)

    by_engine: ClassVar[bool] = False
    by_public: ClassVar[bool] = False
    own_facts: ClassVar[frozenset[str]] = frozenset({"scheme_in_force", "drawn_from"})

    @property
    def subject(self) -> str:
        """The matter."""
        return self.matter


class SecondPersonAct(MatterAct):
    """What every act carries in a matter that two people settle about what others decided.

    Attributes:
        kept_out: a fact: why a case or label behind the matter keeps out who acts, None where they are free of it.
    """

    kept_out: Word | None = added_later(None)

    needs: ClassVar[frozenset[str]] = frozenset({"kept_out"})
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"kept_out"}


class CastVote(MatterAct):
    """Vote on the open motion."""

    kind: Literal["cast_vote"] = "cast_vote"
    motion: int = Field(ge=1, le=COUNT_MAX)
    choice: Voice
    object_digest: Digest
    reasons: TextRef | None = None
    dissent: TextRef | None = None

    needs: ClassVar[frozenset[str]] = frozenset({"seats"})


class LeaveElectorate(MatterAct):
    """Leave the electorate of the open motion."""

    kind: Literal["leave_electorate"] = "leave_electorate"
    reason: TextRef


class DeclareMatterInterests(MatterAct):
    """Declare interests in this matter, or that there are none (ISO/IEC 17065, 4.2)."""

    kind: Literal["declare_matter_interests"] = "declare_matter_interests"
    has_interest: bool
    statement: TextRef | None = None


MOTION_ACTS = CastVote | LeaveElectorate | DeclareMatterInterests
"""The acts of votes, for the unions of the matters that have them."""
