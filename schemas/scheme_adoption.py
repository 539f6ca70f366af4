"""The adoption of a scheme version as a decision of the Commission (procedure, Scheme change; ISO/IEC 17065, 7.1)."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from schemas.added_later import added_later
from schemas.clocks import ReminderGiven
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import COUNT_MAX, TextRef
from schemas.identifiers import CriterionId, Digest, MatterId, Moment, Name, Word
from schemas.matter import MOTION_ACTS, MOTION_EVENTS, Matter, MatterAct

Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]


class ProposedScheme(BaseModel):
    """What is voted on: the version, where it is stricter or softer than the Code, and what the rehearsal showed.

    Attributes:
        replaces: digest of the version in force, None where there is none.
        stricter: mandatory in the version, encouraged or permitted in the Code; each is adopted by this decision.
        softer: recommended in the version, a must or should in the Code.
        dropped: in the version in force, and not in this one at all.
        labels: how many labels are in force; `would_fail` how many of them fail the version as they stand.
        failing: by criterion, how many labels fail it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Name
    version: Name
    digest: Digest
    replaces: Digest | None = None
    stricter: tuple[CriterionId, ...] = Field(max_length=200)
    softer: tuple[CriterionId, ...] = Field(max_length=200)
    dropped: tuple[CriterionId, ...] = added_later((), max_length=200)
    labels: Count
    would_fail: Count
    failing: dict[CriterionId, Count] = Field(max_length=200)


class SchemeProposal(Matter):
    """A version proposed for adoption, and what the Commission decided.

    Attributes:
        rehearsed_at: when it was rehearsed anew for the vote; None before, and for votes opened by an act of before.
        adoption_refused: why a version that was voted for did not come into force, as a code.
        overtaken: why its adoption would change nothing any more, as a code; None where it would.
        taken_back: whether who proposed it took it back.
    """

    proposed: ProposedScheme
    reasons: TextRef
    rehearsed_at: Moment | None = added_later(None)
    adopted: bool | None = None
    in_record: bool = False
    adoption_refused: Word | None = None
    overtaken: Word | None = added_later(None)
    taken_back: bool = added_later(default=False)


class SchemeProposed(Event):
    """A version was proposed; it was rehearsed over all labels in force."""

    kind: Literal["scheme_proposed"] = "scheme_proposed"
    proposal: MatterId
    proposed: ProposedScheme
    reasons: TextRef
    scheme_digest: Digest | None = None


class SchemeRehearsed(Event):
    """The version was rehearsed anew as its vote was opened, and compared with what is in force then."""

    kind: Literal["scheme_rehearsed"] = "scheme_rehearsed"
    proposed: ProposedScheme


class SchemeDecided(Event):
    """The Commission adopted the version, or did not."""

    kind: Literal["scheme_decided"] = "scheme_decided"
    adopted: bool


class SchemeOvertaken(Event):
    """Another version came into force, after which an adoption of this one would change nothing; why, as a code."""

    kind: Literal["scheme_overtaken"] = "scheme_overtaken"
    because: Word


class SchemeProposalEnded(Event):
    """A proposal that was overtaken ended without a decision."""

    kind: Literal["scheme_proposal_ended"] = "scheme_proposal_ended"


class SchemeProposalTakenBack(Event):
    """Who proposed the version took it back."""

    kind: Literal["scheme_proposal_taken_back"] = "scheme_proposal_taken_back"


SchemeProposalEvent = Annotated[
    SchemeProposed
    | SchemeRehearsed
    | SchemeDecided
    | SchemeOvertaken
    | SchemeProposalEnded
    | SchemeProposalTakenBack
    | ErrandDone
    | ReminderGiven
    | MOTION_EVENTS,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[SchemeProposalEvent] = TypeAdapter(SchemeProposalEvent)


class SchemeAct(MatterAct):
    """What an act about a version carries of the record.

    Attributes:
        proposed: a fact: what the version says and what its rehearsal shows, None when it was not handed in; None in
            acts of before that open a vote.
        namesakes: a fact: digests of the versions of the scheme that were adopted under the same number.
    """

    proposed: ProposedScheme | None = added_later(None)
    namesakes: tuple[Digest, ...] = added_later((), max_length=200)
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"proposed", "namesakes"}


class ProposeScheme(SchemeAct):
    """Propose a stored version for adoption.

    Attributes:
        digest_of_scheme: of the version as it was handed in (`POST /api/schemes`).
    """

    kind: Literal["propose_scheme"] = "propose_scheme"
    digest_of_scheme: Digest
    reasons: TextRef


class PutSchemeToVote(SchemeAct):
    """Let the Commission vote on the version, on what its rehearsal shows then."""

    kind: Literal["put_scheme_to_vote"] = "put_scheme_to_vote"
    needs: ClassVar[frozenset[str]] = frozenset({"seated", "institution"})


class TakeBackSchemeProposal(MatterAct):
    """Take one's proposal back, while no vote on it is open."""

    kind: Literal["take_back_scheme_proposal"] = "take_back_scheme_proposal"


class NoteSchemeAdopted(MatterAct):
    """Tell a proposal that a version of its scheme came into force.

    Attributes:
        in_force: a fact: digest of the version in force.
        namesakes: a fact: as in `SchemeAct`.
    """

    kind: Literal["note_scheme_adopted"] = "note_scheme_adopted"
    by_engine: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"adopted"})
    in_force: Digest | None = None
    namesakes: tuple[Digest, ...] = Field(default=(), max_length=200)
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"in_force", "namesakes"}


SchemeProposalAct = Annotated[
    ProposeScheme | PutSchemeToVote | TakeBackSchemeProposal | NoteSchemeAdopted | MOTION_ACTS,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(SchemeProposalAct)[0])
}
