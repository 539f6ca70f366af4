"""The adoption of a scheme version as a decision of the Commission (procedure, Scheme change; ISO/IEC 17065, 7.1)."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from schemas.clocks import ReminderGiven
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import COUNT_MAX, TextRef
from schemas.identifiers import CriterionId, Digest, MatterId, Name, Word
from schemas.matter import MOTION_ACTS, MOTION_EVENTS, Matter, MatterAct

Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]


class ProposedScheme(BaseModel):
    """What is voted on: the version, where it is stricter or softer than the Code, and what the rehearsal showed.

    Attributes:
        replaces: digest of the version in force, None where there is none.
        stricter: mandatory in the version, encouraged or permitted in the Code; each is adopted by this decision.
        softer: recommended in the version, a must or should in the Code.
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
    labels: Count
    would_fail: Count
    failing: dict[CriterionId, Count] = Field(max_length=200)


class SchemeProposal(Matter):
    """A version proposed for adoption, and what the Commission decided."""

    proposed: ProposedScheme
    reasons: TextRef
    adopted: bool | None = None
    in_record: bool = False
    adoption_refused: Word | None = None


class SchemeProposed(Event):
    """A version was proposed; it was rehearsed over all labels in force."""

    kind: Literal["scheme_proposed"] = "scheme_proposed"
    proposal: MatterId
    proposed: ProposedScheme
    reasons: TextRef
    scheme_digest: Digest | None = None


class SchemeDecided(Event):
    """The Commission adopted the version, or did not."""

    kind: Literal["scheme_decided"] = "scheme_decided"
    adopted: bool


SchemeProposalEvent = Annotated[
    SchemeProposed | SchemeDecided | ErrandDone | ReminderGiven | MOTION_EVENTS, Field(discriminator="kind")
]
EVENTS: TypeAdapter[SchemeProposalEvent] = TypeAdapter(SchemeProposalEvent)


class ProposeScheme(MatterAct):
    """Propose a stored version for adoption.

    Attributes:
        digest_of_scheme: of the version as it was handed in (`POST /api/schemes`).
        proposed: a fact: what the version says and what its rehearsal shows, None when it was not handed in.
    """

    kind: Literal["propose_scheme"] = "propose_scheme"
    digest_of_scheme: Digest
    reasons: TextRef
    proposed: ProposedScheme | None = None
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"proposed"}


class PutSchemeToVote(MatterAct):
    """Let the Commission vote on the version."""

    kind: Literal["put_scheme_to_vote"] = "put_scheme_to_vote"
    needs: ClassVar[frozenset[str]] = frozenset({"seated", "institution"})


SchemeProposalAct = Annotated[ProposeScheme | PutSchemeToVote | MOTION_ACTS, Field(discriminator="kind")]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(SchemeProposalAct)[0])
}
