"""What is wrong with a field of a form, in words: the machine's own message is for programs (WCAG 3.3.1, 3.3.3)."""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from certify.web.language import marked
from schemas.errors import Unacceptable

NOT_OF_THE_FORM: Final = marked("This is not what the form sends; please fill it in again.")
_BY_PATTERN: Final = {
    r"^[0-9a-f]{64}$": marked("A digest (SHA-256) has 64 characters: 0 to 9 and a to f."),
    r"^E[0-9]{1,4}$": marked("Evidence is named by its number, such as E3."),
    r"^P[0-9]{1,2}$": marked("A protocol is named by its number, such as P2."),
    r"^[0-9a-z][0-9a-z-]{0,63}$": marked("This is no id. Copy it from the page of what you mean."),
    r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$": marked("This is no id. Copy it from the page of what you mean."),
    r"^(I|II)-[0-9]\.[0-9]{1,2}-[0-9]{2}$": marked("A criterion is named as in the scheme, such as I-1.4-01."),
    r"^[a-z_]{1,40}/[0-9A-Za-z-]{1,64}$": marked("A stream is named as in the record, such as case/ and an id."),
    r"^20[0-9]{2}-Q[1-4]$": marked("A quarter is written as 2026-Q3."),
}
_BY_TYPE: Final = {
    "missing": marked("This is missing."),
    "string_too_short": marked("This is missing."),
    "too_short": marked("This is missing."),
    "string_too_long": marked("This is too long."),
    "too_long": marked("This is more than can be taken."),
    "int_parsing": marked("Give a whole number."),
    "int_type": marked("Give a whole number."),
    "int_from_float": marked("Give a whole number."),
    "int_parsing_size": marked("This number is too large."),
    "greater_than_equal": marked("This number is too small."),
    "greater_than": marked("This number is too small."),
    "less_than_equal": marked("This number is too large."),
    "less_than": marked("This number is too large."),
    "enum": marked("Choose from the list."),
    "literal_error": marked("Choose from the list."),
    "bool_parsing": marked("Choose yes or no."),
    "date_from_datetime_parsing": marked("Give a day, such as 2026-11-28."),
    "date_parsing": marked("Give a day, such as 2026-11-28."),
}
_BY_ADVICE: Final = {
    "is a day written": marked("Give a day, such as 2026-11-28."),
    "is two capital letters": marked("Choose the country from the list."),
    "is a language tag": marked("Write each language by its code, such as en, ru or pt-BR, with a comma between."),
    "is an address such as": marked("Write an e-mail address, such as name@example.org."),
    "is the name of a website": marked(
        "Write only the name of a website, such as example.org: without https://, a path or a port."
    ),
    "is the address of a web page": marked(
        "Write the address of a web page, such as https://example.org/policy, without a password."
    ),
    "is one line": marked("Write this in one line."),
    "has a control": marked("This holds a character that cannot be seen; type it anew."),
    "names ": marked("Something is named twice."),
    "takes ": marked(
        "Together with the version this is too long: a label has room for 55 Latin letters, or half as many others."
    ),
}


class MalformedForm(Unacceptable):
    """Something in a form is not written as the act takes it.

    Attributes:
        wrong: the fields of the act that are wrong, each once, with a sentence for a person.
    """

    def __init__(self, wrong: Sequence[tuple[str, str]]) -> None:
        super().__init__("malformed_form", wrong[0][1])
        self.wrong = tuple(wrong)


def malformed_form(error: ValidationError) -> MalformedForm:
    """Return the refusal of what a form sent."""
    first: dict[str, str] = {}
    for found in error.errors():
        first.setdefault(str(found["loc"][0]) if found["loc"] else "", in_words(found))
    return MalformedForm(tuple(first.items()))


def in_words(found: ErrorDetails) -> str:
    """Return the marked sentence that says what is wrong with a field."""
    context = found.get("ctx", {})
    by_pattern = _BY_PATTERN.get(str(context.get("pattern", "")))
    return by_pattern or _BY_TYPE.get(found["type"]) or advised(found["msg"]) or NOT_OF_THE_FORM


def advised(message: str) -> str | None:
    """Return the sentence of what a field of ours says of a value, None where it has none."""
    said = message.removeprefix("Value error, ")
    return next((words for opening, words in _BY_ADVICE.items() if said.startswith(opening)), None)
