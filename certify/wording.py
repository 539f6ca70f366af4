"""How a day, a country or a language is written in the languages we speak: for pages, and for what is signed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime

Language = Literal["en", "ru"]

_LOCALES: Mapping[Language, Locale] = {"en": Locale("en", "GB"), "ru": Locale("ru")}


def day(language: Language, when: date | str | None) -> str:
    """Write a day as people of the language do, `20 November 2028`; an empty text for no day.

    A text is ISO 8601, as the facts of a reading give a time.
    """
    known = datetime.fromisoformat(when) if isinstance(when, str) and when else when
    return format_date(known, "long", locale=_LOCALES[language]) if known else ""


def moment(language: Language, when: datetime | str) -> str:
    """Write an aware UTC time to the minute, with its zone; readings of matters give it as JSON writes it."""
    at = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{format_datetime(at, 'd MMMM y, HH:mm', locale=_LOCALES[language])} UTC"


def country(language: Language, code: str) -> str:
    """Name a country by its ISO 3166-1 code; any other text comes back as it is."""
    return str(_LOCALES[language].territories.get(code.upper(), code))


def language_name(language: Language, code: str) -> str:
    """Name a language by its ISO 639 code; any other text comes back as it is."""
    return str(_LOCALES[language].languages.get(code.lower(), code))
