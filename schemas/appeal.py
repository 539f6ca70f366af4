"""An appeal of a party against an act of the body, decided by people drawn from outside it (ISO/IEC 17065, 7.13)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from schemas.added_later import added_later
from schemas.clocks import ReminderGiven
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Digest, EntryNumber, Identifier, MatterId, Moment, Word
from schemas.label import LabelId
from schemas.matter import MOTION_ACTS, MOTION_EVENTS, Matter, MatterAct
from schemas.scheme_terms import Tier

DRAWS_MAX = 9
PANEL_MAX = 40
POOL_MAX = 200
PUBLIC_REASON_MAX = 500
"""Characters of the reason that everybody may be given."""

StreamName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}/[0-9A-Za-z-]{1,64}$")]
PanelSize = Annotated[int, Field(ge=1, le=PANEL_MAX)]


class Against(StrEnum):
    """Which kind of act a party appeals against."""

    DECLINED = "declined"
    REFUSED = "refused"
    LAPSED = "lapsed"
    SUSPENSION = "suspension"
    WITHDRAWAL = "withdrawal"
    SCOPE = "scope"
    SURVEILLANCE = "surveillance"
    ACCESSION = "accession"


class AppealOutcome(StrEnum):
    """What became of an appeal."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class ChallengedFacts(BaseModel):
    """What the record says of the entry a party appeals against.

    Attributes:
        against: which kind of act it is; None for an entry nobody can appeal against.
        organisation: the party.
        label: the label it is about, where its record is to be told.
        done_at: when it was done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    against: Against | None = None
    organisation: Identifier | None = None
    tier: Tier = Tier.LOW
    label: LabelId | None = None
    done_at: Moment


class PanelFacts(BaseModel):
    """What the record says just before a panel is drawn, or votes.

    Attributes:
        acted: who did the act itself.
        took_part: everyone who took part in the act, or whom the case behind it keeps out, sorted.
        lodged: digest of the entry by which the appeal was lodged. It was salted when it was recorded, so that
            neither side could choose it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    acted: Identifier | None = added_later(None)
    took_part: tuple[Identifier, ...] = Field(default=(), max_length=500)
    lodged: Digest | None = None


class PanelDraw(BaseModel):
    """One draw from the appeal pool; whoever reads it can draw again.

    Attributes:
        seed: digest over the appeal, the number of the draw and the entry that lodged the appeal.
        pool: everyone who could be drawn, sorted.
        size: how many were needed.
        members: who was drawn; `reserves` step in for them, in this order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1, le=DRAWS_MAX)
    lodged: Digest
    seed: Digest
    pool: tuple[Identifier, ...] = Field(max_length=POOL_MAX)
    size: PanelSize
    members: tuple[Identifier, ...] = Field(max_length=PANEL_MAX)
    reserves: tuple[Identifier, ...] = Field(max_length=POOL_MAX)


class AppealDecision(BaseModel):
    """How a panel decided."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal[AppealOutcome.UPHELD, AppealOutcome.DISMISSED]
    motion: int = Field(ge=1, le=60)
    reasons: TextRef
    public_reason: TextRef
    decided_at: Moment


class Appeal(Matter):
    """An appeal and what becomes of it. It restores nothing; its outcome adds to the record.

    Attributes:
        organisation: the party.
        stream: where the act stands that is appealed against, as entry `number`, of `act_at`.
        label: the label whose record is told how the appeal stands.
        due_at: by when it is decided with reasons.
        statement: the body's side; `statement_lapsed` when it was not stated in time.
        panel: who sits now; `reserves` who steps in next; `gone` who sat and left.
        declare_by: by when whoever sits now says that nothing ties them to the party; None where no term was set.
        voted: what the panel's vote amounts to; the decision follows with its reasons.
        set_aside: motions that count for nothing, because a member found an interest.
        written_by: the member who wrote them.
        told: states of the appeal that the label's record knows.
    """

    against: Against
    stream: StreamName
    number: EntryNumber
    act_at: Moment
    tier: Tier
    label: LabelId | None = None
    grounds: TextRef
    hearing_wanted: bool = False
    due_at: Moment
    statement: TextRef | None = None
    statement_lapsed: bool = False
    draws: tuple[PanelDraw, ...] = Field(default=(), max_length=DRAWS_MAX)
    panel: tuple[Identifier, ...] = Field(default=(), max_length=POOL_MAX)
    reserves: tuple[Identifier, ...] = Field(default=(), max_length=POOL_MAX)
    gone: tuple[Identifier, ...] = Field(default=(), max_length=POOL_MAX)
    declare_by: Moment | None = None
    hearing: TextRef | None = None
    voted: AppealOutcome | None = None
    set_aside: tuple[int, ...] = Field(default=(), max_length=60)
    decision: AppealDecision | None = None
    written_by: Identifier | None = None
    outcome: AppealOutcome | None = None
    told: tuple[Word, ...] = Field(default=(), max_length=4)

    @property
    def waits_for_hearing(self) -> bool:
        """Whether the party asked to be heard and was not."""
        return self.hearing_wanted and self.hearing is None


class AppealLodged(Event):
    """A party appealed."""

    kind: Literal["appeal_lodged"] = "appeal_lodged"
    appeal: MatterId
    organisation: Identifier
    scheme_digest: Digest | None
    against: Against
    stream: StreamName
    number: EntryNumber
    act_at: Moment
    tier: Tier
    label: LabelId | None = None
    grounds: TextRef
    hearing_wanted: bool = False
    due_at: Moment


class BodyStatementFiled(Event):
    """The body's side was stated."""

    kind: Literal["body_statement_filed"] = "body_statement_filed"
    statement: TextRef


class BodyStatementLapsed(Event):
    """The body did not state its side in time; the panel may vote without it."""

    kind: Literal["body_statement_lapsed"] = "body_statement_lapsed"


class PanelDrawn(Event):
    """A panel, or what it lacked, was drawn from the appeal pool."""

    kind: Literal["panel_drawn"] = "panel_drawn"
    draw: PanelDraw
    declare_by: Moment | None = added_later(None)


class PanelMemberLeft(Event):
    """A member can sit no more, or did not declare or vote in time."""

    kind: Literal["panel_member_left"] = "panel_member_left"
    member: Identifier


class PanelMemberReplaced(Event):
    """The next one drawn sits instead."""

    kind: Literal["panel_member_replaced"] = "panel_member_replaced"
    member: Identifier
    declare_by: Moment | None = added_later(None)


class AppealHearingRecorded(Event):
    """The party was heard, by its protocol."""

    kind: Literal["appeal_hearing_recorded"] = "appeal_hearing_recorded"
    protocol: TextRef


class AppealHearingWaived(Event):
    """The party does not want to be heard any more."""

    kind: Literal["appeal_hearing_waived"] = "appeal_hearing_waived"


class AppealVoted(Event):
    """The panel voted with everyone present; its reasons follow."""

    kind: Literal["appeal_voted"] = "appeal_voted"
    outcome: Literal[AppealOutcome.UPHELD, AppealOutcome.DISMISSED]
    motion: int = Field(ge=1, le=60)


class AppealVoteSetAside(Event):
    """A member found an interest before the appeal was decided: what was voted counts for nothing."""

    kind: Literal["appeal_vote_set_aside"] = "appeal_vote_set_aside"
    motion: int = Field(ge=1, le=60)


class AppealDecided(Event):
    """The panel decided, with reasons."""

    kind: Literal["appeal_decided"] = "appeal_decided"
    decision: AppealDecision


class AppealWithdrawn(Event):
    """The party took its appeal back."""

    kind: Literal["appeal_withdrawn"] = "appeal_withdrawn"


AppealEvent = Annotated[
    AppealLodged
    | BodyStatementFiled
    | BodyStatementLapsed
    | PanelDrawn
    | PanelMemberLeft
    | PanelMemberReplaced
    | AppealHearingRecorded
    | AppealHearingWaived
    | AppealVoted
    | AppealVoteSetAside
    | AppealDecided
    | AppealWithdrawn
    | ErrandDone
    | ReminderGiven
    | MOTION_EVENTS,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[AppealEvent] = TypeAdapter(AppealEvent)


class LodgeAppeal(MatterAct):
    """Appeal against an act, named by its entry in the record, within the scheme's days.

    Attributes:
        challenged: what the record says of that entry.
    """

    kind: Literal["lodge_appeal"] = "lodge_appeal"
    stream: StreamName
    number: EntryNumber
    grounds: TextRef
    hearing_wanted: bool = False
    challenged: ChallengedFacts | None = None

    needs: ClassVar[frozenset[str]] = frozenset({"challenged"})
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"challenged"}


class FileBodyStatement(MatterAct):
    """State the body's side for the panel."""

    kind: Literal["file_body_statement"] = "file_body_statement"
    statement: TextRef


class PanelAct(MatterAct):
    """What acts about the panel are judged by.

    Attributes:
        around: facts about the act appealed against, and the appeal's own first entry.
    """

    around: PanelFacts | None = None

    needs: ClassVar[frozenset[str]] = frozenset({"institution", "panel"})
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"around"}


class DrawPanel(PanelAct):
    """Draw the panel from the appeal pool, or those it lacks."""

    kind: Literal["draw_panel"] = "draw_panel"


class RecordAppealHearing(MatterAct):
    """Record that the party was heard, by its protocol."""

    kind: Literal["record_appeal_hearing"] = "record_appeal_hearing"
    protocol: TextRef


class WaiveAppealHearing(MatterAct):
    """Do without a hearing, as the party."""

    kind: Literal["waive_appeal_hearing"] = "waive_appeal_hearing"


class PutAppealToVote(PanelAct):
    """Let the panel vote on the appeal."""

    kind: Literal["put_appeal_to_vote"] = "put_appeal_to_vote"


class GiveAppealReasons(MatterAct):
    """Give the reasons of what the panel voted, as one of its members; with them it is decided."""

    kind: Literal["give_appeal_reasons"] = "give_appeal_reasons"
    reasons: TextRef
    public_reason: TextRef


class WithdrawAppeal(MatterAct):
    """Take the appeal back, as the party."""

    kind: Literal["withdraw_appeal"] = "withdraw_appeal"


AppealAct = Annotated[
    LodgeAppeal
    | FileBodyStatement
    | DrawPanel
    | RecordAppealHearing
    | WaiveAppealHearing
    | PutAppealToVote
    | GiveAppealReasons
    | WithdrawAppeal
    | MOTION_ACTS,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {act.model_fields["kind"].default: act for act in get_args(get_args(AppealAct)[0])}
