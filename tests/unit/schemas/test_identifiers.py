"""Names and lines that could look like another one are refused, whichever way they come in."""

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.identifiers import Line, Name, Paragraph


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[0m", "\u202egpj.exe", "a\u2028b"])
@pytest.mark.parametrize("kind", [Name, Line, Paragraph])
def test_control_and_direction_characters_are_refused(kind: object, text: str) -> None:
    with pytest.raises(ValidationError, match="control character"):
        TypeAdapter(kind).validate_python(text)


def test_a_name_is_one_line_and_a_paragraph_may_have_several() -> None:
    with pytest.raises(ValidationError, match="one line"):
        TypeAdapter(Name).validate_python("a\nb")

    assert TypeAdapter(Paragraph).validate_python("a\nb") == "a\nb"
