"""Working days as data: statutory holidays, what a decree moves, and days that cannot be."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.scheme_calendar import EVERY_WEEK, Calendar
from tests.builders import scheme
from workflows.rules.deadlines import working_days_after

BUILT_IN = scheme().rules.clocks.calendar


@pytest.mark.parametrize(
    "day",
    [
        *(date(2027, 1, number) for number in range(1, 9)),
        date(2027, 2, 23), date(2027, 3, 8), date(2026, 5, 1), date(2028, 5, 9), date(2026, 6, 12), date(2026, 11, 4),
    ],
)  # fmt: skip
def test_the_built_in_scheme_rests_on_the_holidays_of_the_labour_code(day: date) -> None:
    assert not BUILT_IN.is_working(day)


def test_it_works_on_every_other_day_of_the_week_and_on_no_weekend() -> None:
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    resting = {f"{day:%m-%d}" for day in days if day.weekday() < 5 and not BUILT_IN.is_working(day)}
    assert resting <= set(BUILT_IN.yearly)
    assert not BUILT_IN.is_working(date(2026, 11, 7))
    assert BUILT_IN.is_working(date(2027, 1, 11))


def test_what_a_decree_moves_counts_in_its_year_only() -> None:
    moved = Calendar(yearly=("05-09",), holidays={"2026": (date(2026, 5, 11),)}, working={"2026": (date(2026, 5, 16),)})
    assert [moved.is_working(date(2026, 5, day)) for day in (8, 9, 11, 12, 16)] == [True, False, False, True, True]
    assert moved.is_working(date(2027, 5, 11))
    assert not moved.is_working(date(2027, 5, 15))


def test_a_deadline_of_working_days_leaves_the_new_year_out() -> None:
    start = datetime(2026, 12, 30, 12, tzinfo=UTC)
    assert working_days_after(start, 2, BUILT_IN) == datetime(2027, 1, 11, 12, tzinfo=UTC)
    assert working_days_after(start, 2, EVERY_WEEK) == datetime(2027, 1, 1, 12, tzinfo=UTC)
