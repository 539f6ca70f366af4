"""Names and lines that could look like another one are refused, whichever way they come in."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.identifiers import Day, Line, Name, Paragraph


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[0m", "\u202egpj.exe", "a\u2028b"])
@pytest.mark.parametrize("kind", [Name, Line, Paragraph])
def test_control_and_direction_characters_are_refused(kind: object, text: str) -> None:
    with pytest.raises(ValidationError, match="control character"):
        TypeAdapter(kind).validate_python(text)


def test_a_name_is_one_line_and_a_paragraph_may_have_several() -> None:
    with pytest.raises(ValidationError, match="one line"):
        TypeAdapter(Name).validate_python("a\nb")

    assert TypeAdapter(Paragraph).validate_python("a\nb") == "a\nb"


def test_a_day_is_written_as_one_and_no_number_or_moment_is_a_day() -> None:
    assert TypeAdapter(Day).validate_python("2026-03-02") == TypeAdapter(Day).validate_python(date(2026, 3, 2))

    for wrong in (0, 86_400.0, "0", "2026-03-02T00:00:00Z", datetime(2026, 3, 2, tzinfo=UTC)):
        with pytest.raises(ValidationError, match="YYYY-MM-DD"):
            TypeAdapter(Day).validate_python(wrong)
