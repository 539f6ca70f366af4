"""JSON has one kind of number: 45.0 is the integer 45 (RFC 8259, 6; JSON Schema 2020-12, 4.2.3 and 6.1.1)."""

from typing import Final

EXACT: Final = 2**53
"""Up to here a number that is read with a point is known to the digit."""


def whole(value: object) -> object:
    """Return a whole number that was written with a point as an integer, and whatever else as it is."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) <= EXACT
    return int(value) if is_whole else value  # type: ignore[call-overload]  # a float, as just asked
