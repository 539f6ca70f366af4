"""What happens in the institutions of the body and what people do there (Code, II-2.3; ISO/IEC 17065, 5.2)."""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.clocks import ReminderGiven
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Day, Digest, Identifier, Name
from schemas.institution import (
    ELECTED_MAX,
    GROUP_MEMBERS_MAX,
    HELD_MAX,
    SEATS_MAX,
    Body,
    Elected,
    Election,
    GroupPurpose,
    ImpartialityReport,
    Number,
    OutsideMember,
    Vacancy,
    VacancyCause,
    WorkingGroup,
)
from schemas.matter import MatterAct

Year = Annotated[int, Field(ge=2000, le=2200)]
Members = Annotated[tuple[Identifier, ...], Field(max_length=GROUP_MEMBERS_MAX)]
Outside = Annotated[tuple[OutsideMember, ...], Field(max_length=GROUP_MEMBERS_MAX)]


class ElectionRecorded(Event):
    """The secretariat recorded an election; `scheme_digest` counts where it opens the matter."""

    kind: Literal["election_recorded"] = "election_recorded"
    election: Election
    scheme_digest: Digest | None = None


class ElectionConfirmed(Event):
    """A second person confirmed an election: the seats are given."""

    kind: Literal["election_confirmed"] = "election_confirmed"
    number: Number


class ElectionRejected(Event):
    """A recorded election was set aside before it counted."""

    kind: Literal["election_rejected"] = "election_rejected"
    number: Number
    reasons: TextRef


class VacancyRecorded(Event):
    """The secretariat recorded a resignation or a removal."""

    kind: Literal["vacancy_recorded"] = "vacancy_recorded"
    vacancy: Vacancy


class VacancyRejected(Event):
    """A recorded vacancy was set aside before it counted."""

    kind: Literal["vacancy_rejected"] = "vacancy_rejected"
    number: Number
    reasons: TextRef


class SeatVacated(Event):
    """Nobody holds this seat any more: its holder resigned, or a second person confirmed the vacancy.

    Attributes:
        vacancy: the record that was confirmed; None where the holder resigned.
    """

    kind: Literal["seat_vacated"] = "seat_vacated"
    seat: Number
    vacancy: Number | None = None
    protocol: TextRef


class SubstituteSteppedUp(Event):
    """The next substitute took a vacant seat for the rest of its term, as the protocol of the election says."""

    kind: Literal["substitute_stepped_up"] = "substitute_stepped_up"
    vacant: Number
    substitute: Number


class SeatsEnded(Event):
    """The terms of these seats are over."""

    kind: Literal["seats_ended"] = "seats_ended"
    seats: tuple[Number, ...] = Field(max_length=HELD_MAX)


class WorkingGroupCreated(Event):
    """The Commission has a working group."""

    kind: Literal["working_group_created"] = "working_group_created"
    group: WorkingGroup
    scheme_digest: Digest | None = None


class WorkingGroupChanged(Event):
    """Other people sit in a working group."""

    kind: Literal["working_group_changed"] = "working_group_changed"
    number: Number
    members: Members
    outside: Outside


class WorkingGroupDissolved(Event):
    """A working group has done its work."""

    kind: Literal["working_group_dissolved"] = "working_group_dissolved"
    number: Number
    protocol: TextRef


class ImpartialityReportFiled(Event):
    """The impartiality committee reported to the public on a year."""

    kind: Literal["impartiality_report_filed"] = "impartiality_report_filed"
    report: ImpartialityReport
    scheme_digest: Digest | None = None


class NamingAgreed(Event):
    """Somebody agreed to stand on the public page under this name, or, without one, agrees no longer."""

    kind: Literal["naming_agreed"] = "naming_agreed"
    name: TextRef | None


InstitutionEvent = Annotated[
    ElectionRecorded
    | ElectionConfirmed
    | ElectionRejected
    | VacancyRecorded
    | VacancyRejected
    | SeatVacated
    | SubstituteSteppedUp
    | SeatsEnded
    | WorkingGroupCreated
    | WorkingGroupChanged
    | WorkingGroupDissolved
    | ImpartialityReportFiled
    | NamingAgreed
    | ReminderGiven,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[InstitutionEvent] = TypeAdapter(InstitutionEvent)

_NAMED = frozenset({"named"})


class RecordElection(MatterAct):
    """Record an election of the general meeting, with its protocol; it counts once a second person confirms it."""

    kind: Literal["record_election"] = "record_election"
    body: Body
    held_on: Day
    seats: int = Field(ge=1, le=SEATS_MAX)
    replaces: bool
    elected: tuple[Elected, ...] = Field(min_length=1, max_length=ELECTED_MAX)
    substitutes_step_up: bool = False
    protocol: TextRef

    needs: ClassVar[frozenset[str]] = _NAMED


class ConfirmElection(MatterAct):
    """Confirm that an election was recorded as its protocol says."""

    kind: Literal["confirm_election"] = "confirm_election"
    number: Number

    needs: ClassVar[frozenset[str]] = _NAMED


class RejectElection(MatterAct):
    """Set a recorded election aside: its record is not what the protocol says."""

    kind: Literal["reject_election"] = "reject_election"
    number: Number
    reasons: TextRef


class VacateSeat(MatterAct):
    """Give up one's own seat; or record somebody's resignation or removal, which a second person confirms."""

    kind: Literal["vacate_seat"] = "vacate_seat"
    seat: Number
    cause: VacancyCause
    protocol: TextRef


class ConfirmVacancy(MatterAct):
    """Confirm a resignation or a removal that somebody else recorded."""

    kind: Literal["confirm_vacancy"] = "confirm_vacancy"
    number: Number


class RejectVacancy(MatterAct):
    """Set a recorded resignation or removal aside."""

    kind: Literal["reject_vacancy"] = "reject_vacancy"
    number: Number
    reasons: TextRef


class CreateWorkingGroup(MatterAct):
    """Create a working group of the Commission, with members from outside (II-2.3)."""

    kind: Literal["create_working_group"] = "create_working_group"
    name: Name
    purpose: GroupPurpose
    mandate: TextRef
    members: Members = ()
    outside: Outside = ()

    needs: ClassVar[frozenset[str]] = _NAMED


class ChangeWorkingGroup(MatterAct):
    """Change who sits in a working group."""

    kind: Literal["change_working_group"] = "change_working_group"
    number: Number
    members: Members = ()
    outside: Outside = ()

    needs: ClassVar[frozenset[str]] = _NAMED


class DissolveWorkingGroup(MatterAct):
    """Dissolve a working group, with what was decided on it."""

    kind: Literal["dissolve_working_group"] = "dissolve_working_group"
    number: Number
    protocol: TextRef


class FileImpartialityReport(MatterAct):
    """Report to the public on a year, for the impartiality committee (ISO/IEC 17065, 5.2)."""

    kind: Literal["file_impartiality_report"] = "file_impartiality_report"
    year: Year
    text: TextRef


class AgreeToBeNamed(MatterAct):
    """Agree to stand on the public page under a name; without a name, agree no longer."""

    kind: Literal["agree_to_be_named"] = "agree_to_be_named"
    name: TextRef | None = None


InstitutionAct = Annotated[
    RecordElection
    | ConfirmElection
    | RejectElection
    | VacateSeat
    | ConfirmVacancy
    | RejectVacancy
    | CreateWorkingGroup
    | ChangeWorkingGroup
    | DissolveWorkingGroup
    | FileImpartialityReport
    | AgreeToBeNamed,
    Field(discriminator="kind"),
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(InstitutionAct)[0])
}
