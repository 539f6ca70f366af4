"""Working days as data: the weekend, holidays of every year, holidays and working Saturdays of one year."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.scheme_terms import SchemePart

Weekday = Annotated[int, Field(ge=0, le=6)]
DayOfYear = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Year = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}$")]


class Calendar(SchemePart):
    """Which days count as working days.

    Attributes:
        weekend: days of the week, Monday is 0.
        yearly: holidays that return every year, `MM-DD`.
        holidays: further days off by year, as decreed for it.
        working: days that are worked in a year although they would be off.
    """

    weekend: tuple[Weekday, ...] = Field(default=(5, 6), max_length=6)
    yearly: tuple[DayOfYear, ...] = Field(default=(), max_length=60)
    holidays: dict[Year, Annotated[tuple[date, ...], Field(max_length=60)]] = Field(default_factory=dict, max_length=30)
    working: dict[Year, Annotated[tuple[date, ...], Field(max_length=60)]] = Field(default_factory=dict, max_length=30)

    def is_working(self, day: date) -> bool:
        """Whether a day is worked."""
        year = str(day.year)
        if day in self.working.get(year, ()):
            return True
        off = day.weekday() in self.weekend or f"{day:%m-%d}" in self.yearly
        return not off and day not in self.holidays.get(year, ())


EVERY_WEEK = Calendar()
"""Monday to Friday, no holidays: what a scheme without a calendar means."""
