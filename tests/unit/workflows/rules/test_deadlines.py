"""Times by when something must happen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.deadlines import days_after, last_second_after_months, working_days_after

MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001  # made aware by `timezones`
)  # fmt: skip
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 4, MONDAY + timedelta(days=4)),
        (MONDAY, 5, MONDAY + timedelta(days=7)),
        (MONDAY + timedelta(days=4), 1, MONDAY + timedelta(days=7)),
        (MONDAY + timedelta(days=5), 1, MONDAY + timedelta(days=7)),
        (MONDAY + timedelta(days=6), 10, MONDAY + timedelta(days=18)),
    ],
)
def test_working_days_run_from_monday_to_friday(start: datetime, days: int, end: datetime) -> None:
    assert working_days_after(start, days) == end


@given(MOMENTS, st.integers(min_value=1, max_value=60))
def test_a_working_deadline_is_never_on_a_weekend_and_has_exactly_its_working_days(start: datetime, days: int) -> None:
    end = working_days_after(start, days)
    between = [start + timedelta(days=day) for day in range(1, (end - start).days + 1)]
    assert end.weekday() < 5
    assert sum(moment.weekday() < 5 for moment in between) == days


@given(MOMENTS, st.integers(min_value=0, max_value=3660))
def test_calendar_days_are_days(start: datetime, days: int) -> None:
    assert days_after(start, days) - start == timedelta(days=days)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), 24, datetime(2028, 3, 2, 23, 59, 59, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)),
        (datetime(2027, 8, 31, tzinfo=UTC), 18, datetime(2029, 2, 28, 23, 59, 59, tzinfo=UTC)),
        (datetime(2027, 2, 28, tzinfo=UTC), 12, datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), 12, datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_label_ends_with_the_last_second_of_its_last_day(start: datetime, months: int, end: datetime) -> None:
    assert last_second_after_months(start, months) == end


@given(MOMENTS, st.integers(min_value=1, max_value=24))
def test_a_period_in_months_ends_in_the_right_month_and_never_on_a_later_day(start: datetime, months: int) -> None:
    end = last_second_after_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day <= start.day
    assert end.microsecond == 0
