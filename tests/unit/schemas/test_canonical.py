"""One spelling of a JSON value: what Python takes for the same is told apart, and no name stands twice."""

from typing import Any

import pytest

from schemas.canonical import says_no_other, strict_json


@pytest.mark.parametrize("text", ['{"a":1,"a":1}', '[{"a":{"b":1,"c":2,"b":2}}]', "{", b'{"\\u0061":1,"a":2}'])
def test_a_name_that_stands_twice_in_an_object_is_no_json(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_json(text)


def test_the_same_name_may_stand_in_two_objects() -> None:
    assert strict_json('{"a":{"a":1},"b":[{"a":2},{"a":3}]}') == {"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]}


@pytest.mark.parametrize(
    ("written", "read", "same"),
    [
        ({"a": 1}, {"a": 1, "b": None}, True),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 0}]}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": 2.0}, {"a": 2}, False),
        ({"a": "1"}, {"a": 1}, False),
        ([1, 2], [1, 2, 3], False),
        (["2026-01-01T00:00:00+00:00"], ["2026-01-01T00:00:00Z"], False),
    ],
)
def test_what_is_written_is_what_is_read_type_by_type(written: Any, read: Any, same: bool) -> None:
    assert says_no_other(written, read) is same
