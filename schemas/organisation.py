"""An organisation before the Code: applying, its place in the Register, its ethics officer, leaving (Code, II-2)."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.added_later import added_later
from schemas.application import ActorRole
from schemas.evidence import COUNT_MAX, TextRef
from schemas.extract import SignedExtract
from schemas.identifiers import Digest, Identifier, Line, MatterId, Moment, Name, PostalAddress, Word
from schemas.matter import Matter
from schemas.relations import Relations

LABELS_MAX = 2000
"""Labels that one organisation can hold when it leaves."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 code."""

ActorRoles = Annotated[tuple[ActorRole, ...], Field(min_length=1, max_length=8)]


class JoinOutcome(StrEnum):
    """What became of an application to join.

    Attributes:
        VOTED_DOWN: the Commission said no; the applicant has not been told why yet.
    """

    PENDING = "pending"
    VOTED_DOWN = "voted_down"
    REFUSED = "refused"
    ENTERED = "entered"
    TAKEN_BACK = "taken_back"


class JoinApplication(BaseModel):
    """One application to join the Code (II-2.4).

    Attributes:
        address: for the Register and the labels; None where it gives none.
        text: what the organisation writes to the Commission.
        public_contact: the officer's, for the Register; `private_contact` is for the Commission alone.
        decide_by: until when the Commission is to decide.
        votes_before: votes on earlier applications; later ones are on this one.
        reasons: of a refusal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    name: Name
    country: Country
    roles: ActorRoles
    text: TextRef
    officer: Line | None = None
    public_contact: Line | None = None
    private_contact: TextRef | None = None
    has_ethics_commission: bool = False
    applied_by: Identifier
    applied_at: Moment
    decide_by: Moment
    votes_before: int = Field(default=0, ge=0)
    outcome: JoinOutcome = JoinOutcome.PENDING
    reasons: TextRef | None = None
    address: PostalAddress | None = added_later(None)

    @property
    def is_undecided(self) -> bool:
        """Whether the applicant still waits for an answer."""
        return self.outcome in {JoinOutcome.PENDING, JoinOutcome.VOTED_DOWN}


class EntryOutcome(StrEnum):
    """What became of a proposed entry."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class EntryProposal(BaseModel):
    """An organisation to be entered without a vote, for it joined elsewhere before; a second person confirms it.

    Attributes:
        officer_contact: as it is to be published.
        reasons: why it was rejected.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1, le=COUNT_MAX)
    name: Name
    country: Country
    roles: ActorRoles
    ethics_officer: Line | None = None
    officer_contact: Line | None = None
    address: PostalAddress | None = None
    proposed_by: Identifier
    proposed_at: Moment
    outcome: EntryOutcome = EntryOutcome.WAITING
    reasons: TextRef | None = None


class OfficerState(StrEnum):
    """Whether the participant has an ethics officer; naming one is encouraged, within two months (Code, II-2.2)."""

    NAMED = "named"
    AWAITED = "awaited"
    NOT_NAMED = "not_named"


class Organisation(Matter):
    """An organisation, from its first application on; it never ends: who left may apply again.

    Attributes:
        application: the last one.
        name: as in the Register; None before the first entry. `address` likewise, where it gave one.
        entered_at: the last entry; `left_at` after it ends it.
        motion: the vote that let it in; None where it was entered without one.
        officer_due_at: until when an officer is to be named; None in entries of before it was recorded.
        officer_overdue: that time is over and none is named.
        labels_to_end: labels in force at the leaving that have not been told yet.
        declared_group: parents and subsidiaries as it says itself; `found_group` as the secretariat found.
        register_entry: the last entry that changed what the Register says; `register_at` its time.
        extract: the last signed extract.
        holder_image: digest of the image that certificates show which are made now.
        entry_proposal: the last entry without a vote that the secretariat proposed.
    """

    application: JoinApplication | None = None
    name: Name | None = None
    country: Country | None = None
    address: PostalAddress | None = None
    roles: tuple[Word, ...] = Field(default=(), max_length=8)
    entered_at: Moment | None = None
    left_at: Moment | None = None
    motion: int | None = None
    officer: Line | None = None
    public_contact: Line | None = None
    private_contact: TextRef | None = None
    officer_due_at: Moment | None = None
    officer_overdue: bool = False
    has_ethics_commission: bool = False
    ethics_commission: Line | None = None
    labels_to_end: tuple[MatterId, ...] = Field(default=(), max_length=LABELS_MAX)
    declared_group: Relations = ()
    found_group: Relations = ()
    register_entry: int = 0
    register_at: Moment | None = None
    extract: SignedExtract | None = None
    holder_image: Digest | None = None
    entry_proposal: EntryProposal | None = added_later(None)

    @property
    def waiting_entry(self) -> EntryProposal | None:
        """The proposed entry that waits for a second person, if any."""
        proposal = self.entry_proposal
        return proposal if proposal is not None and proposal.outcome == EntryOutcome.WAITING else None

    @property
    def is_participant(self) -> bool:
        """Whether it stands in the Register now."""
        return self.entered_at is not None and self.left_at is None

    @property
    def officer_state(self) -> OfficerState:
        """What the Register says of its ethics officer."""
        if self.officer is not None:
            return OfficerState.NAMED
        return OfficerState.NOT_NAMED if self.officer_overdue else OfficerState.AWAITED
