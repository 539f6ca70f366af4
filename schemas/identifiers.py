"""Identifiers and bounded strings shared by acts, events and views.

Every string has a maximum: a case carries its whole state through Temporal, where an input over 2 MB
wedges it for good.
"""

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

_NAMESPACE = UUID("6d0f3c1e-2a9b-5f0e-9b7e-3b1f6c2d8a41")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone")
    return moment


Moment = Annotated[datetime, AfterValidator(_aware)]
"""An aware time, UTC in everything we write."""


def _spelled_day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError("is a day written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_spelled_day, json_schema_input_type=date)]
"""A day as people write it; a number is none, whatever seconds it may count."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-z][0-9a-z-]{0,63}$")]
"""Opaque id of a person, an organisation or an application: a UUID or, in tests, a short word."""

MatterId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$")]
"""Id of a matter beside the cases: a UUID, a label's 16 characters, an organisation's id, a tracking code."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in 64 lower-case hexadecimal digits."""


def _is_deceptive(character: str) -> bool:
    """Whether a character is shown as nothing, or changes the order in which others are shown."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(character) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip


def plain(text: str) -> str:
    """Refuse a text that could look like another one; line breaks and tabs are text.

    Raises:
        ValueError: it has a control character, or one that changes the direction of the text.
    """
    if any(_is_deceptive(character) for character in text if character not in "\n\t"):
        raise ValueError("has a control character, or one that changes the direction of the text")
    return text


def one_line(text: str) -> str:
    """Refuse a text of several lines.

    Raises:
        ValueError: it has a line break or a tab, or is not `plain`.
    """
    if "\n" in text or "\t" in text:
        raise ValueError("is one line: no line breaks and no tabs")
    return plain(text)


ActId = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_.:-]{1,64}$")]
CriterionId = Annotated[str, StringConstraints(pattern=r"^(I|II)-[0-9]\.[0-9]{1,2}-[0-9]{2}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,24}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A name from the scheme: an evidence type, an area, a role."""

EntryNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Place of an entry in its stream; PostgreSQL cannot even be asked about a greater one."""

ItemId = Annotated[str, StringConstraints(pattern=r"^E[0-9]{1,4}$")]
ProtocolId = Annotated[str, StringConstraints(pattern=r"^P[0-9]{1,2}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(one_line)]
PostalAddress = Name
"""Where an organisation receives post, in one line as it writes it itself (ISO/IEC 17065, 7.7.1)."""

Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(plain)]
Paragraph = Annotated[str, StringConstraints(max_length=2000), AfterValidator(plain)]

ENGINE = "engine"
"""The actor of what follows by rule or by the clock, with nobody acting."""
PUBLIC = "public"
"""The actor of what somebody does without an account; nobody who can sign in has this id."""
WITHOUT_ACCOUNT = "none"
"""How they came in: not at all."""


def application_id(organisation: str, reference: str) -> str:
    """Return the id of the application an organisation lodges under its own reference.

    The same pair always gives the same id, so that a repeated lodging reaches the same case.
    """
    return str(uuid5(_NAMESPACE, f"application/{organisation}/{reference}"))


def act_id(person: str, key: str) -> str:
    """Return the id of the act a person sends under an idempotency key; two people's keys never meet."""
    return str(uuid5(_NAMESPACE, f"act/{person}/{key}"))


def appeal_id(stream: str, number: int) -> str:
    """Return the id of the appeal against an entry of the record: there is one, and nobody chooses it."""
    return str(uuid5(_NAMESPACE, f"appeal/{stream}/{number}"))
