"""A whole number is an integer however it is written in JSON; nothing else is."""

import pytest

from schemas.json_numbers import EXACT, whole


@pytest.mark.parametrize(("written", "read"), [(45.0, 45), (-3.0, -3), (0.0, 0), (float(EXACT), EXACT)])
def test_a_whole_number_with_a_point_is_an_integer(written: float, read: int) -> None:
    assert (whole(written), type(whole(written))) == (read, int)


@pytest.mark.parametrize("value", [90.5, 2.0 * EXACT, 1e300, True, "45.0", None, 45])
def test_whatever_else_stays_as_it_is(value: object) -> None:
    assert whole(value) is value


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_what_is_no_number_of_json_stays_as_it_is(value: float) -> None:
    assert whole(value) is value
