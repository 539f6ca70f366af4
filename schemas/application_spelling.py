"""How the values of an application may be spelled: each type keeps one form of what a person may write in several.

The types carry the JSON Schema of what is *accepted*; the published schema is made from it.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, Strict, StringConstraints, WithJsonSchema

from schemas.identifiers import Digest, one_line, plain
from schemas.json_numbers import whole
from schemas.label_number import MistypedNumber, parse_number


def _written_as_text(value: object) -> object:
    if isinstance(value, bool | int | float | date):
        raise ValueError("write it in quotes: unquoted, YAML reads it as a number, a day or yes/no")  # noqa: TRY004  # pydantic turns only ValueError into a problem
    return value


def _spelled(pattern: str, advice: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(advice)
        return text

    return check


def _relative_file(file: str) -> str:
    """Refuse a path that could mean another place on another system, or look like another on a page."""
    parts = file.split("/")
    if any(unicodedata.category(character)[0] == "C" for character in file) or one_line(plain(file)) != file.strip():
        raise ValueError("has a control or invisible character, or a space at an end")
    if "\\" in file or ":" in file:
        raise ValueError("is written with / between folders, and without \\ and :")
    if any(part in {"", ".", ".."} for part in parts):
        raise ValueError("is a path inside the folder: no / at an end, no empty part, no . and no ..")
    return file


def _spelled_yes_no(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.strip().casefold() in {"yes", "no", "unknown"}:
        return value.strip().casefold()
    return value


def _spelled_flag(value: object) -> object:
    return {"yes": True, "no": False}.get(value.casefold(), value) if isinstance(value, str) else value


def _no_flag(value: object) -> object:
    value = whole(value)
    if isinstance(value, bool | float):
        raise ValueError("Input should be 0, 1, 2, 3 or 'unknown'")  # noqa: TRY004  # as _written_as_text
    return value


def _spelled_digest(value: object) -> object:
    return value.removeprefix("sha256:").lower() if isinstance(value, str) else value


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a list that names the same thing twice."""
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"names {value} twice")
    return values


def _as_label_id(text: str) -> str:
    try:
        return parse_number(text)
    except MistypedNumber as slip:
        raise ValueError(slip.message) from None


LabelNumber = Annotated[str, StringConstraints(min_length=16, max_length=40), AfterValidator(_as_label_id)]
"""The number of a label in any spelling; kept as its 16 characters."""


def spelled_officer(value: object) -> object:
    """Take a bare text for the name of the ethics officer."""
    return {"name": value} if isinstance(value, str) else value


def spelled_maker(value: object) -> object:
    """Take a bare word for the kind of maker."""
    return {"kind": value} if isinstance(value, str) else value


def spelled_answer(value: object) -> object:
    """Take a bare score for an answer without evidence."""
    return value if isinstance(value, dict | BaseModel) else {"score": value}


def spelled_agreement(value: object) -> object:
    """Take a bare yes for an agreement accepted."""
    return value if isinstance(value, dict | BaseModel) else {"accepted": value}


_Written = BeforeValidator(_written_as_text)
LineText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(plain),
    AfterValidator(one_line),
    _Written,
]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(plain), _Written
]

_COUNTRY = r"[A-Z]{2}"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}"
_REFERENCE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_SCHEME = r"[a-z][a-z0-9-]{0,63}"
_EMAIL = r"[^@\s]{1,64}@[^@\s]{1,189}"
_FILE = r"^(?!.*(^|/)\.{0,2}(/|$))[^\\:]+$"


def _pattern(pattern: str, advice: str) -> tuple[AfterValidator, WithJsonSchema]:
    return (
        AfterValidator(_spelled(pattern, advice)),
        WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "description": advice}),
    )


Country = Annotated[str, *_pattern(_COUNTRY, "is two capital letters of ISO 3166-1, e.g. EE"), _Written]
Language = Annotated[str, *_pattern(_LANGUAGE, "is a language tag of BCP 47, e.g. en or pt-BR"), _Written]
Reference = Annotated[
    str, *_pattern(_REFERENCE, "is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit"), _Written
]
SchemeName = Annotated[str, *_pattern(_SCHEME, "is the name of a scheme, e.g. ai-ethics-code"), _Written]
Email = Annotated[str, *_pattern(_EMAIL, "is an address such as name@example.org"), _Written]
RelativeFile = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_relative_file),
    _Written,
    WithJsonSchema({"type": "string", "maxLength": 200, "pattern": _FILE, "description": "path inside the folder"}),
]
Flag = Annotated[bool, Strict(), BeforeValidator(_spelled_flag, json_schema_input_type=bool | Literal["yes", "no"])]
Bytes = Annotated[int, Strict(), Field(ge=1), BeforeValidator(whole)]
_Points = Literal[0, 1, 2, 3, "unknown"]
Score = Annotated[_Points, BeforeValidator(_no_flag, json_schema_input_type=_Points)]
GateAnswer = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, strip_whitespace=True),
    AfterValidator(plain),
    BeforeValidator(_spelled_yes_no, json_schema_input_type=bool | Annotated[str, Field(max_length=500)]),
]
BuildDigest = Annotated[
    Digest,
    BeforeValidator(
        _spelled_digest, json_schema_input_type=Annotated[str, Field(pattern="^(sha256:)?[0-9a-fA-F]{64}$")]
    ),
]
