"""Reminders and stops of any clock, one counter per kind (procedure, stage 10; scheme, `reminders_days_before`)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from schemas.clocks import Clock, ClockResumed, ClockStopped, Reminded, ReminderGiven, Stop
from schemas.identifiers import ENGINE
from schemas.scheme import SchemeRules
from schemas.scheme_calendar import Calendar
from workflows.rules.deadlines import after_working_time, working_time_between

INTAKE, EVALUATION = "intake", "evaluation"
"""Clocks of a case that stand still while the applicant owes an answer."""
EVERY_STAGE_TIMED_SINCE: Final = 5
"""The edition of the procedure from which on planning and the opening of a round have clocks (decision 66)."""
REPLANNING_AWAITED_SINCE: Final = 6
"""The edition from which on an evaluation whose plan does not stand waits for the secretariat, which plans anew."""
WHO_CAN_ACT_REMINDED_SINCE: Final = 7
"""The edition from which on reminders name the secretariat where whoever comes next cannot act before it did."""
REMINDED_MAX = 200
_OFFICER = "officer"


def reminder_days(clock: Clock, rules: SchemeRules) -> tuple[int, ...]:
    """Return how many days before the deadline people are reminded of it; negative is after it."""
    before = rules.clocks.reminders_days_before
    if clock.kind == _OFFICER:
        before = rules.clocks.accession_officer_reminders_days_before
    return (*before, -rules.clocks.reminder_days_after)


def reminder_given(
    clocks: Iterable[Clock], reminded: Mapping[str, Reminded], now: datetime, rules: SchemeRules
) -> ReminderGiven | None:
    """Return the next reminder that is due, if any."""
    open_ones = [(at, days, clock) for clock in clocks for at, days in _reminders(clock, reminded, rules) if now >= at]
    if not open_ones:
        return None
    _, days, clock = min(open_ones, key=lambda one: (one[0], one[2].name))
    return ReminderGiven(
        at=now, actor=ENGINE, clock=clock.name, waits_for=clock.waits_for, due_at=clock.due_at, days=days
    )


def effect_is_due(clocks: Iterable[Clock], now: datetime) -> bool:
    """Whether the time of a clock that has an effect is over."""
    return any(clock.has_effect and clock.stopped_at is None and now >= clock.due_at for clock in clocks)


def next_moment(clocks: Iterable[Clock], reminded: Mapping[str, Reminded], rules: SchemeRules) -> datetime | None:
    """Return when the next reminder or effect is due, None when nothing follows by the clock alone."""
    moments = []
    for clock in clocks:
        if clock.stopped_at is None and clock.has_effect:
            moments.append(clock.due_at)
        moments += [at for at, _ in _reminders(clock, reminded, rules)]
    return min(moments, default=None)


def _reminders(clock: Clock, reminded: Mapping[str, Reminded], rules: SchemeRules) -> Iterable[tuple[datetime, int]]:
    if clock.stopped_at is not None:
        return ()
    known = reminded.get(clock.name)
    given = known.days if known is not None and known.due_at == clock.due_at else ()
    moments = ((clock.due_at - timedelta(days=days), days) for days in reminder_days(clock, rules))
    return [(at, days) for at, days in moments if days not in given and at > clock.started_at]


def with_reminder(reminded: Mapping[str, Reminded], given: ReminderGiven) -> dict[str, Reminded]:
    """Return the reminders given, after one more; a deadline that moved is counted anew."""
    known = reminded.get(given.clock)
    days = known.days if known is not None and known.due_at == given.due_at else ()
    others = {name: one for name, one in reminded.items() if name != given.clock}
    kept = dict(list(others.items())[-REMINDED_MAX + 1 :])
    return {**kept, given.clock: Reminded(due_at=given.due_at, days=(*days, given.days))}


def stopped(clock: Clock, reason: str, now: datetime) -> ClockStopped:
    """Return the event that lets a clock stand still."""
    return ClockStopped(at=now, actor=ENGINE, clock=clock.name, due_at=clock.due_at, reason=reason)


def resumed(name: str, stop: Stop, now: datetime, calendar: Calendar | None = None) -> ClockResumed:
    """Return the event that lets a clock run again, with as much time left as when it stopped.

    Args:
        name: the clock.
        stop: when it stopped, and when it was due.
        now: when it runs again.
        calendar: given for a clock that counts working days.
    """
    if calendar is None:
        due_at = now + max(stop.due_at - stop.stopped_at, timedelta())
    else:
        due_at = after_working_time(now, working_time_between(stop.stopped_at, stop.due_at, calendar), calendar)
    return ClockResumed(at=now, actor=ENGINE, clock=name, due_at=due_at)
