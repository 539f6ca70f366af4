"""Times by when something must happen, computed from the figures of the scheme."""

from datetime import UTC, datetime, time, timedelta

_SATURDAY = 5


def days_after(start_at: datetime, days: int) -> datetime:
    """Return the moment `days` calendar days later."""
    return start_at + timedelta(days=days)


def working_days_after(start_at: datetime, days: int) -> datetime:
    """Return the same time of day, `days` working days (Monday to Friday) later."""
    moment = start_at
    left = days
    while left > 0:
        moment += timedelta(days=1)
        if moment.weekday() < _SATURDAY:
            left -= 1
    return moment


def last_second_after_months(start_at: datetime, months: int) -> datetime:
    """Return the last second (UTC) of the day `months` months after a decision.

    A day that the month does not have becomes the month's last day.
    """
    total = start_at.astimezone(UTC).year * 12 + start_at.astimezone(UTC).month - 1 + months
    year, month = divmod(total, 12)
    day = min(start_at.astimezone(UTC).day, _days_in(year, month + 1))
    return datetime.combine(datetime(year, month + 1, day, tzinfo=UTC).date(), time(23, 59, 59), tzinfo=UTC)


def _days_in(year: int, month: int) -> int:
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (following - timedelta(days=1)).day
