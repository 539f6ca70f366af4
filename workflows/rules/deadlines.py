"""Times by when something must happen, computed from the figures of the scheme."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from schemas.scheme_calendar import EVERY_WEEK, Calendar

_DAY = timedelta(days=1)


def days_after(start_at: datetime, days: int) -> datetime:
    """Return the moment `days` calendar days later."""
    return start_at + timedelta(days=days)


def start_of_day(moment: datetime) -> datetime:
    """Return the beginning of a moment's day (UTC)."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def end_of_day(moment: datetime) -> datetime:
    """Return the last second of a moment's day (UTC): it tells the day and not the time."""
    return start_of_day(moment) + _DAY - timedelta(seconds=1)


def working_days_after(start_at: datetime, days: int, calendar: Calendar = EVERY_WEEK) -> datetime:
    """Return the same time of day, `days` working days later."""
    moment = start_at
    left = days
    while left > 0:
        moment += _DAY
        if calendar.is_working(moment.date()):
            left -= 1
    return moment


def working_time_between(start_at: datetime, end_at: datetime, calendar: Calendar = EVERY_WEEK) -> timedelta:
    """Return how much of the time between two moments lies in working days; nothing when the end is not later."""
    worked, moment = timedelta(), start_at
    while moment < end_at:
        next_day = datetime.combine(moment.date() + _DAY, time(), tzinfo=moment.tzinfo)
        if calendar.is_working(moment.date()):
            worked += min(next_day, end_at) - moment
        moment = next_day
    return worked


def after_working_time(start_at: datetime, worked: timedelta, calendar: Calendar = EVERY_WEEK) -> datetime:
    """Return when, from a moment on, so much working time will have passed: on a working day, as any term ends."""
    moment, left = start_at, worked
    while left > timedelta() or not calendar.is_working(moment.date()):
        next_day = datetime.combine(moment.date() + _DAY, time(), tzinfo=moment.tzinfo)
        if calendar.is_working(moment.date()):
            if left < next_day - moment:
                return moment + left
            left -= next_day - moment
        moment = next_day
    return moment


def months_after(day: date, months: int) -> date:
    """Return the same day `months` months later; a day that the month does not have becomes the month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def last_second_after_months(start_at: datetime, months: int) -> datetime:
    """Return the last second (UTC) of the day `months` months after a decision."""
    return datetime.combine(months_after(start_at.astimezone(UTC).date(), months), time(23, 59, 59), tzinfo=UTC)
