"""Deadlines as both sides see them: who is waited for, by when, and what stopped the clock meanwhile."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.event import Event
from schemas.identifiers import Moment, Word


class Party(StrEnum):
    """Who owes the next step."""

    APPLICANT = "applicant"
    HOLDER = "holder"
    SECRETARIAT = "secretariat"
    REVIEWER = "reviewer"
    COMMISSION = "commission"
    THIRD_PARTY = "third_party"
    LABEL_OFFICER = "label_officer"
    APPEAL_PANEL = "appeal_panel"
    COMPLAINANT = "complainant"


ClockName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}(/[0-9A-Za-z.-]{1,64})?$")]
"""Kind of a clock, with what it is about where a case can have several: `correction/I-1.3-01`."""


class Clock(BaseModel):
    """One deadline that runs now.

    Attributes:
        has_effect: something follows by itself at `due_at`; otherwise only reminders do.
        stopped_at: since when it stands still because the other side owes something; None while it runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClockName
    waits_for: Party
    started_at: Moment
    due_at: Moment
    has_effect: bool = False
    stopped_at: Moment | None = None

    @property
    def kind(self) -> str:
        """The kind of the clock, by which reminders are counted."""
        return self.name.partition("/")[0]


class Waiting(BaseModel):
    """Somebody who is waited for; without a clock there is nothing by when.

    Attributes:
        clock: which of the deadlines it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    waits_for: Party
    clock: ClockName | None = None
    due_at: Moment | None = None


class Reminded(BaseModel):
    """Reminders given of one clock: days before (positive) and after (negative) this very `due_at`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    due_at: Moment
    days: tuple[int, ...] = Field(default=(), max_length=12)


class Stop(BaseModel):
    """A clock that stands still, and how much of it was left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stopped_at: Moment
    due_at: Moment


class ReminderGiven(Event):
    """A deadline comes near, or has just passed; `days` before it, negative after it."""

    kind: Literal["reminder_given"] = "reminder_given"
    clock: ClockName
    waits_for: Party
    due_at: Moment
    days: int = Field(ge=-3660, le=3660)


class ClockStopped(Event):
    """A clock stands still while the other side owes something."""

    kind: Literal["clock_stopped"] = "clock_stopped"
    clock: ClockName
    due_at: Moment
    reason: Word


class ClockResumed(Event):
    """A clock runs again; what was left of it is left."""

    kind: Literal["clock_resumed"] = "clock_resumed"
    clock: ClockName
    due_at: Moment
