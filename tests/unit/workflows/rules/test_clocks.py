"""Reminders and stops of any clock: each reminder once for its deadline, and no working time lost or won."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.clocks import Clock, Party, Reminded, ReminderGiven, Stop
from schemas.scheme_calendar import EVERY_WEEK, Calendar
from tests.builders import scheme
from workflows.rules.clocks import (
    effect_is_due,
    next_moment,
    reminder_days,
    reminder_given,
    resumed,
    stopped,
    with_reminder,
)
from workflows.rules.deadlines import after_working_time, working_days_after, working_time_between

RULES = scheme().rules
BUILT_IN = RULES.clocks.calendar
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MOVED = Calendar(
    yearly=BUILT_IN.yearly, holidays={"2026": (date(2026, 12, 14),)}, working={"2026": (date(2026, 12, 19),)}
)
MOMENTS = st.integers(min_value=0, max_value=60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
STEPS = st.lists(st.integers(min_value=1, max_value=15 * 24), max_size=25).map(
    lambda hours: [timedelta(hours=one) for one in hours]
)
CALENDARS = st.sampled_from([BUILT_IN, MOVED, Calendar()])


def clock(name: str = "evidence", *, days: float = 30, started_at: datetime = START, **changes: object) -> Clock:
    due_at = started_at + timedelta(days=days)
    fields = {"name": name, "waits_for": Party.APPLICANT, "started_at": started_at, "due_at": due_at}
    return Clock(**{**fields, **changes})  # type: ignore[arg-type]  # the fields of a clock


class Reminding:
    """Gives reminders as the kernel does, and keeps all that were given."""

    def __init__(self) -> None:
        self.reminded: dict[str, Reminded] = {}
        self.given: list[ReminderGiven] = []

    def at(self, now: datetime, *clocks: Clock) -> list[int]:
        """Give what is due; return its days."""
        before = len(self.given)
        while (event := reminder_given(clocks, self.reminded, now, RULES)) is not None:
            self.given.append(event)
            self.reminded = with_reminder(self.reminded, event)
        return [event.days for event in self.given[before:]]


def test_people_are_reminded_seven_and_three_days_before_and_one_after() -> None:
    running, told = clock(), Reminding()
    days = {number: told.at(START + number * DAY, running) for number in range(35)}
    assert {number: one for number, one in days.items() if one} == {23: [7], 27: [3], 31: [-1]}
    assert {(one.clock, one.waits_for, one.due_at) for one in told.given} == {
        ("evidence", Party.APPLICANT, running.due_at)
    }


def test_a_clock_shorter_than_a_reminders_days_gives_no_reminder_at_its_start() -> None:
    told = Reminding()
    assert told.at(START, clock("assignment/edda", days=5)) == []
    assert told.at(START + 2 * DAY, clock("assignment/edda", days=5)) == [3]


def test_the_officer_has_reminders_of_its_own() -> None:
    before = RULES.clocks.accession_officer_reminders_days_before
    assert reminder_days(clock("officer"), RULES) == (*before, -1)


def test_two_clocks_of_one_kind_are_counted_apart() -> None:
    told = Reminding()
    first, second = clock("question/1"), clock("question/2")
    assert told.at(START + 23 * DAY, first, second) == [7, 7]
    assert told.at(START + 23 * DAY, first, second) == []


def test_a_deadline_that_moved_is_counted_anew() -> None:
    told = Reminding()
    told.at(START + 28 * DAY, clock())
    assert told.at(START + 28 * DAY, clock(days=60)) == []
    assert told.at(START + 53 * DAY, clock(days=60)) == [7]


def test_a_clock_that_ran_again_reminds_of_what_lies_ahead_only() -> None:
    told = Reminding()
    again = clock(days=5, started_at=START + 40 * DAY)
    assert told.at(START + 40 * DAY, again) == []
    assert told.at(START + 42 * DAY, again) == [3]


@given(days=st.floats(min_value=0.1, max_value=60), steps=STEPS)
def test_each_reminder_is_given_once_and_never_before_its_time(days: float, steps: list[timedelta]) -> None:
    running, told, now = clock(days=days), Reminding(), START
    for step in steps:
        now += step
        told.at(now, running)
        ahead = next_moment([running], told.reminded, RULES)
        assert ahead is None or ahead > now

    kinds = [event.days for event in told.given]
    assert len(kinds) == len(set(kinds))
    for event in told.given:
        assert event.at >= running.due_at - timedelta(days=event.days) > running.started_at
    owed = {one for one in reminder_days(running, RULES) if START < running.due_at - timedelta(days=one) <= now}
    assert set(kinds) == owed


@given(
    days=st.integers(min_value=1, max_value=30),
    history=st.lists(st.tuples(st.sampled_from(["stop", "resume", "extend"]), MOMENTS), max_size=12),
)
def test_also_after_stops_and_extensions_each_deadline_has_each_reminder_once(
    days: int, history: list[tuple[str, datetime]]
) -> None:
    running, told, stop = clock("evaluation", days=days), Reminding(), None
    for what, now in sorted(history, key=lambda one: one[1]):
        if what == "stop" and stop is None and now < running.due_at:
            stop = Stop(stopped_at=now, due_at=running.due_at)
            running = running.model_copy(update={"stopped_at": now})
        elif what == "resume" and stop is not None:
            event = resumed(running.name, stop, now, BUILT_IN)
            running = running.model_copy(update={"stopped_at": None, "due_at": event.due_at, "started_at": now})
            stop = None
        elif what == "extend" and stop is None:
            running = running.model_copy(update={"due_at": running.due_at + 10 * DAY})
        given_now = told.at(now, running)
        assert not (given_now and running.stopped_at)
    keys = [(event.due_at, event.days) for event in told.given]
    assert len(keys) == len(set(keys))
    assert all(event.at >= event.due_at - timedelta(days=event.days) for event in told.given)


@given(
    start=MOMENTS,
    days=st.integers(min_value=1, max_value=40),
    pauses=st.lists(st.tuples(st.floats(0.01, 0.9), st.integers(min_value=0, max_value=24 * 40)), max_size=6),
    calendar=CALENDARS,
)
def test_a_clock_stopped_and_resumed_never_loses_or_gains_working_time(
    start: datetime, days: int, pauses: list[tuple[float, int]], calendar: Calendar
) -> None:
    due_at = working_days_after(start, days, calendar)
    whole, ran, now = working_time_between(start, due_at, calendar), timedelta(), start
    for share, hours in pauses:
        at = now + (due_at - now) * share
        ran += working_time_between(now, at, calendar)
        event = stopped(clock("evaluation", started_at=start, due_at=due_at), "question", at)
        now = at + timedelta(hours=hours)
        due_at = resumed("evaluation", Stop(stopped_at=at, due_at=event.due_at), now, calendar).due_at
        assert ran + working_time_between(now, due_at, calendar) == whole


@given(start=MOMENTS, calendar=CALENDARS, days=st.integers(min_value=1, max_value=40))
@example(start=datetime(2026, 12, 2, tzinfo=UTC), calendar=EVERY_WEEK, days=18)
@example(start=datetime(2026, 12, 5, tzinfo=UTC), calendar=EVERY_WEEK, days=1)
def test_a_clock_resumed_in_the_moment_it_was_stopped_is_due_as_before(
    start: datetime, calendar: Calendar, days: int
) -> None:
    due_at = working_days_after(start, days, calendar)
    assert resumed("intake", Stop(stopped_at=start, due_at=due_at), start, calendar).due_at == due_at


@given(stopped_at=MOMENTS, left=st.integers(min_value=0, max_value=90 * 24), paused=st.integers(0, 90 * 24))
def test_a_clock_of_calendar_days_keeps_exactly_what_was_left(stopped_at: datetime, left: int, paused: int) -> None:
    stop = Stop(stopped_at=stopped_at, due_at=stopped_at + timedelta(hours=left))
    now = stopped_at + timedelta(hours=paused)
    assert resumed("correction", stop, now).due_at - now == timedelta(hours=left)


@given(start=MOMENTS, hours=st.integers(min_value=0, max_value=24 * 30), calendar=CALENDARS)
def test_working_time_ahead_is_working_time_between(start: datetime, hours: int, calendar: Calendar) -> None:
    worked = timedelta(hours=hours)
    assert working_time_between(start, after_working_time(start, worked, calendar), calendar) == worked


@pytest.mark.parametrize(
    ("changes", "is_due"), [({}, True), ({"has_effect": False}, False), ({"stopped_at": START}, False)]
)
def test_only_a_running_clock_with_an_effect_holds_up_what_comes_after_it(
    changes: dict[str, object], is_due: bool
) -> None:
    found = clock(**{"has_effect": True, **changes})
    assert effect_is_due([found], found.due_at) is is_due
    assert not effect_is_due([found], found.due_at - timedelta(seconds=1))


def test_a_clock_that_stands_still_brings_nothing_about() -> None:
    still = clock(has_effect=True, stopped_at=START)
    assert next_moment([still], {}, RULES) is None
    assert Reminding().at(START + 400 * DAY, still) == []
