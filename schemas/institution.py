"""The institutions of the certification body: who was elected to which seat, and what they do there (Code, II-2.3)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.evidence import COUNT_MAX, TextRef
from schemas.identifiers import Identifier, MatterId, Moment, Name
from schemas.matter import Matter
from schemas.people import Role

THE_BODY: MatterId = "body"
"""There is one certification body in a record."""

SEATS_MAX = 99
ELECTED_MAX = 120
HELD_MAX = 400
WAITING_MAX = 12
GROUPS_MAX = 20
GROUP_MEMBERS_MAX = 24
REPORTS_MAX = 100

Number = Annotated[int, Field(ge=1, le=COUNT_MAX)]


class Body(StrEnum):
    """What people are elected to by the general meeting; nobody sits in two of them (procedure, People)."""

    COMMISSION = "commission"
    APPEAL_POOL = "appeal_pool"
    IMPARTIALITY_COMMITTEE = "impartiality_committee"


ROLE_IN: Mapping[Body, Role] = {
    Body.COMMISSION: Role.COMMISSIONER,
    Body.APPEAL_POOL: Role.APPEAL_MEMBER,
    Body.IMPARTIALITY_COMMITTEE: Role.IMPARTIALITY_MEMBER,
}
"""The role a person must hold to be elected: an election gives a seat, not a way in."""


class Office(StrEnum):
    """What a person is in a body; a substitute has no seat until one falls vacant or a base is too small."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    MEMBER = "member"
    SUBSTITUTE = "substitute"


class Term(BaseModel):
    """First and last day of a term, both included, in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date
    until: date

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.until < self.since:
            raise ValueError("the term ends before it begins")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether a day lies in the term."""
        return self.since <= day <= self.until

    def meets(self, other: "Term") -> bool:
        """Whether two terms have a day in common."""
        return self.since <= other.until and other.since <= self.until

    @property
    def begins_at(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.since, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)


class Elected(Term):
    """One person elected to one office for one term."""

    person: Identifier
    office: Office = Office.MEMBER


class Election(BaseModel):
    """What a general meeting decided, as its protocol says; it counts once a second person has confirmed it.

    Attributes:
        seats: how many seats the body has, chair and deputy included, substitutes not.
        replaces: the whole body was elected anew; otherwise vacant seats were filled.
        elected: substitutes among them in the order in which they step up.
        substitutes_step_up: whether the protocol lets a substitute take a seat that falls vacant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number
    body: Body
    held_on: date
    seats: int = Field(ge=1, le=SEATS_MAX)
    replaces: bool
    elected: tuple[Elected, ...] = Field(min_length=1, max_length=ELECTED_MAX)
    substitutes_step_up: bool
    protocol: TextRef
    recorded_by: Identifier
    recorded_at: Moment


class Seat(Elected):
    """A seat that somebody holds, or will; it goes from the list when its term ends.

    Attributes:
        steps_up: a substitute who takes a seat that falls vacant.
        vacated_at: since when nobody holds it, though its term runs on.
    """

    number: Number
    body: Body
    steps_up: bool = False
    vacated_at: Moment | None = None


class VacancyCause(StrEnum):
    """Why somebody left a seat before the end of the term."""

    RESIGNATION = "resignation"
    REMOVAL = "removal"


class Vacancy(BaseModel):
    """A resignation or removal as the secretariat recorded it; it counts once a second person has confirmed it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number
    seat: Number
    cause: VacancyCause
    protocol: TextRef
    recorded_by: Identifier
    recorded_at: Moment


class GroupPurpose(StrEnum):
    """What a working group is for (Code, II-2.5 and II-2.6)."""

    RISK_METHOD = "risk_method"
    PRACTICES = "practices"
    CRITERIA = "criteria"


class Sector(StrEnum):
    """Whom a member from outside represents (Code, II-2.3)."""

    BUSINESS = "business"
    SCIENCE = "science"
    GOVERNMENT = "government"
    OTHER = "other"


class OutsideMember(BaseModel):
    """A representative of an interested organisation; who it is stands in the mandate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sector: Sector
    organisation: Name


class WorkingGroup(BaseModel):
    """A working group of the Commission."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number
    name: Name
    purpose: GroupPurpose
    mandate: TextRef
    members: tuple[Identifier, ...] = Field(default=(), max_length=GROUP_MEMBERS_MAX)
    outside: tuple[OutsideMember, ...] = Field(default=(), max_length=GROUP_MEMBERS_MAX)
    created_at: Moment


class ImpartialityReport(BaseModel):
    """What the impartiality committee told the public about a year (ISO/IEC 17065, 5.2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int = Field(ge=2000, le=2200)
    text: TextRef
    filed_at: Moment


class Institution(Matter):
    """All institutions of the body as they stand; it never ends.

    Attributes:
        seats: held now or later; those whose term has ended are in the record only.
        given: seats ever given; the next one's number is one more.
        sizes: how many seats each body has, by its last election.
        first_days: when the first elected seat of a body begins; before it the roles say who sits there.
        elections: recorded, and waiting for a second person.
        names: under which name somebody agreed to stand on the public page; nobody else is named there.
    """

    seats: tuple[Seat, ...] = Field(default=(), max_length=HELD_MAX)
    given: int = 0
    sizes: dict[Body, int] = Field(default_factory=dict, max_length=len(Body))
    first_days: dict[Body, date] = Field(default_factory=dict, max_length=len(Body))
    elections: tuple[Election, ...] = Field(default=(), max_length=WAITING_MAX)
    elections_recorded: int = 0
    vacancies: tuple[Vacancy, ...] = Field(default=(), max_length=WAITING_MAX)
    vacancies_recorded: int = 0
    groups: tuple[WorkingGroup, ...] = Field(default=(), max_length=GROUPS_MAX)
    groups_created: int = 0
    names: dict[Identifier, TextRef] = Field(default_factory=dict, max_length=HELD_MAX)
    reports: tuple[ImpartialityReport, ...] = Field(default=(), max_length=REPORTS_MAX)

    def seat(self, number: int) -> Seat | None:
        """Return a seat by its number."""
        return next((one for one in self.seats if one.number == number), None)

    def held_on(self, body: Body, day: date) -> tuple[Seat, ...]:
        """Return the seats of a body that somebody holds on a day, substitutes among them."""
        return tuple(
            one for one in self.seats if one.body == body and one.vacated_at is None and one.holds_on(day)
        )  # fmt: skip

    def is_elected(self, body: Body, day: date) -> bool:
        """Whether elections say who sits in a body; before the first seat begins, the roles do."""
        first = self.first_days.get(body)
        return first is not None and day >= first
