"""Joining the Code and leaving it: what happens and what people do about it (Code, II-2.1 to II-2.4)."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.added_later import added_later
from schemas.clocks import ReminderGiven
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import COUNT_MAX, TextRef
from schemas.extract import SignedExtract
from schemas.identifiers import Digest, Identifier, Line, MatterId, Name, PostalAddress
from schemas.matter import MOTION_ACTS, MOTION_EVENTS, MatterAct
from schemas.organisation import LABELS_MAX, ActorRoles, Country, EntryProposal, JoinApplication
from schemas.record_events import ParticipantEntered
from schemas.relations import Relations


class JoinApplied(Event):
    """An organisation applied to join the Code; `scheme_digest` counts where it opens the matter."""

    kind: Literal["join_applied"] = "join_applied"
    organisation: Identifier
    scheme_digest: Digest | None
    application: JoinApplication


class JoinApplicationTakenBack(Event):
    """The organisation took its application back before a vote."""

    kind: Literal["join_application_taken_back"] = "join_application_taken_back"


class JoinVotedDown(Event):
    """The Commission voted, and the motion to let the organisation in was not carried."""

    kind: Literal["join_voted_down"] = "join_voted_down"
    motion: int


class JoinRefused(Event):
    """The applicant was told that and why it was not let in; it may apply again."""

    kind: Literal["join_refused"] = "join_refused"
    reasons: TextRef


class EntryProposed(Event):
    """The secretariat proposed an entry without a vote; `scheme_digest` counts where it opens the matter."""

    kind: Literal["entry_proposed"] = "entry_proposed"
    organisation: Identifier
    scheme_digest: Digest | None
    proposal: EntryProposal


class EntryRejected(Event):
    """A proposed entry was rejected, or taken back by whoever proposed it."""

    kind: Literal["entry_rejected"] = "entry_rejected"
    number: int
    reasons: TextRef


class OfficerNamed(Event):
    """A participant named its ethics officer, the first or another one (Code, II-2.2)."""

    kind: Literal["officer_named"] = "officer_named"
    officer: Line
    public_contact: Line | None = None
    private_contact: TextRef | None = None


class OfficerTermEnded(Event):
    """The two months are over and no ethics officer is named; the Register says so, and nothing else follows."""

    kind: Literal["officer_term_ended"] = "officer_term_ended"


class EthicsCommissionNamed(Event):
    """A participant has an internal ethics commission of this name, or none any more (Code, II-2.2)."""

    kind: Literal["ethics_commission_named"] = "ethics_commission_named"
    name: Line | None


class ParticipantLeft(Event):
    """A participant left the Code; its labels named here end with that."""

    kind: Literal["participant_left"] = "participant_left"
    labels: tuple[MatterId, ...] = Field(default=(), max_length=LABELS_MAX)
    reasons: TextRef | None = None


class GroupDeclared(Event):
    """Somebody stated the group of an organisation; the last statement of each side stands.

    Attributes:
        found: by the secretariat; otherwise by the organisation itself.
    """

    kind: Literal["group_declared"] = "group_declared"
    found: bool
    relations: Relations


class ExtractSigned(Event):
    """The signer made the extract of what the Register says since an entry."""

    kind: Literal["extract_signed"] = "extract_signed"
    extract: SignedExtract


class HolderImageChosen(Event):
    """A participant chose the image that its certificates show from now on, by its digest, or none any more."""

    kind: Literal["holder_image_chosen"] = "holder_image_chosen"
    image: Digest | None


AccessionEvent = Annotated[
    ParticipantEntered
    | JoinApplied
    | JoinApplicationTakenBack
    | JoinVotedDown
    | JoinRefused
    | EntryProposed
    | EntryRejected
    | OfficerNamed
    | OfficerTermEnded
    | EthicsCommissionNamed
    | ParticipantLeft
    | GroupDeclared
    | ExtractSigned
    | HolderImageChosen
    | ErrandDone
    | ReminderGiven
    | MOTION_EVENTS,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[AccessionEvent] = TypeAdapter(AccessionEvent)


class ApplyToJoin(MatterAct):
    """Apply to join the Code; the ethics officer may be named at once (II-2.2, II-2.4).

    Attributes:
        address: published in the Register and on the labels; may be left out.
        public_contact: for the Register; who wants the contact kept from it gives `private_contact` instead.
        namesake: another organisation that stands in the Register under this name; a fact.
    """

    kind: Literal["apply_to_join"] = "apply_to_join"
    name: Name
    country: Country
    roles: ActorRoles
    text: TextRef
    officer: Name | None = None
    public_contact: Name | None = None
    private_contact: TextRef | None = None
    has_ethics_commission: bool = False
    address: PostalAddress | None = added_later(None)
    namesake: Identifier | None = None
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"namesake"}

    needs: ClassVar[frozenset[str]] = frozenset({"namesake"})


class TakeBackApplication(MatterAct):
    """Take the application to join back, before the Commission votes on it."""

    kind: Literal["take_back_application"] = "take_back_application"


class OpenAccessionVote(MatterAct):
    """Let the Commission vote on the application to join (II-2.3)."""

    kind: Literal["open_accession_vote"] = "open_accession_vote"
    namesake: Identifier | None = None
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"namesake"}

    needs: ClassVar[frozenset[str]] = frozenset({"seated", "institution", "namesake"})


class RefuseAccession(MatterAct):
    """Tell the applicant why the Commission did not let it in."""

    kind: Literal["refuse_accession"] = "refuse_accession"
    reasons: TextRef


class EnterParticipant(MatterAct):
    """Enter an organisation that joined before the Register was kept here; whoever applies is voted on instead.

    By the body's own command line; a person proposes the entry. Records of before tell of people who sent it.
    """

    kind: Literal["enter_participant"] = "enter_participant"
    name: Name
    country: Country
    roles: ActorRoles
    ethics_officer: Line | None = None
    officer_contact: Line | None = None
    address: PostalAddress | None = added_later(None)


class ProposeEntry(MatterAct):
    """Propose to enter an organisation that joined before the Register was kept here; another person confirms it."""

    kind: Literal["propose_entry"] = "propose_entry"
    name: Name
    country: Country
    roles: ActorRoles
    ethics_officer: Line | None = None
    officer_contact: Line | None = None
    address: PostalAddress | None = None


class ConfirmEntry(MatterAct):
    """Confirm an entry that another person of the secretariat proposed: from now on it stands in the Register."""

    kind: Literal["confirm_entry"] = "confirm_entry"
    number: int = Field(ge=1, le=COUNT_MAX)


class RejectEntry(MatterAct):
    """Reject a proposed entry, or take one's own back; it may be proposed anew."""

    kind: Literal["reject_entry"] = "reject_entry"
    number: int = Field(ge=1, le=COUNT_MAX)
    reasons: TextRef


class NameOfficer(MatterAct):
    """Name the ethics officer, or another one; the contact is published or kept (II-2.2)."""

    kind: Literal["name_officer"] = "name_officer"
    officer: Name
    public_contact: Name | None = None
    private_contact: TextRef | None = None


class NameEthicsCommission(MatterAct):
    """Name the internal ethics commission; without a name there is none any more (II-2.2)."""

    kind: Literal["name_ethics_commission"] = "name_ethics_commission"
    name: Name | None = None


class LeaveCode(MatterAct):
    """Leave the Code: the place in the Register and every label end; joining again takes a new application.

    Attributes:
        labels: the organisation's labels that have not ended; a fact.
    """

    kind: Literal["leave_code"] = "leave_code"
    reasons: TextRef | None = None
    labels: tuple[MatterId, ...] = Field(default=(), max_length=LABELS_MAX)
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"labels"}

    needs: ClassVar[frozenset[str]] = frozenset({"labels"})


class DeclareGroup(MatterAct):
    """State all parents and subsidiaries; what was stated before is replaced (procedure, rule 2)."""

    kind: Literal["declare_group"] = "declare_group"
    relations: Relations


class ChooseHolderImage(MatterAct):
    """Choose the image that certificates made from now on show; without a digest there is none any more.

    Attributes:
        image: digest of an image that was handed in and encoded anew.
    """

    kind: Literal["choose_holder_image"] = "choose_holder_image"
    image: Digest | None = None


AccessionAct = Annotated[
    ApplyToJoin
    | TakeBackApplication
    | OpenAccessionVote
    | RefuseAccession
    | EnterParticipant
    | ProposeEntry
    | ConfirmEntry
    | RejectEntry
    | NameOfficer
    | NameEthicsCommission
    | LeaveCode
    | DeclareGroup
    | ChooseHolderImage
    | MOTION_ACTS,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(AccessionAct)[0])
}
