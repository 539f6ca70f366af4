"""Which language a page speaks, and how a sentence is written in it; for days and countries see `certify.wording`."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.requests import HTTPConnection
from starlette.responses import Response

from certify.wording import Language, country, day, language_name, moment

__all__ = [
    "LANGUAGES",
    "Language",
    "asked_language",
    "country",
    "day",
    "language_name",
    "language_of",
    "marked",
    "moment",
    "remember",
    "sentence",
    "translations",
]

LANGUAGES: Mapping[Language, str] = {"en": "English", "ru": "Русский"}
COOKIE = "lang"
SECURE_COOKIE = "__Host-lang"
"""By https, kept to this one host (ASVS 5.0, 3.3.1)."""

_CATALOGUES = Path(__file__).parents[1] / "locale"
_YEAR = 365 * 24 * 3600


def marked(message: str) -> str:
    """Return the message unchanged; the mark by which the catalogue finds a sentence that is translated later."""
    return message


def language_of(request: HTTPConnection, *, remembered: bool = False) -> Language:
    """Return the language asked for: `?lang=`, then the cookie, then `Accept-Language`, then English.

    Args:
        request: what asks.
        remembered: whether a cookie of ours may be read; public pages never read or set one.
    """
    asked = asked_language(request)
    cookies = request.cookies
    kept = _known(cookies.get(SECURE_COOKIE, cookies.get(COOKIE, ""))) if remembered else None
    return asked or kept or _accepted(request.headers.get("accept-language", "")) or "en"


def asked_language(request: HTTPConnection) -> Language | None:
    """Return the language the address itself asks for, None where it asks for none of ours."""
    return _known(request.query_params.get("lang", ""))


def remember(response: Response, language: Language, *, secure: bool) -> None:
    """Keep the choice for a year; for work pages only (RFC 6265 cookie, read by no script)."""
    name = SECURE_COOKIE if secure else COOKIE
    response.set_cookie(name, language, max_age=_YEAR, secure=secure, httponly=True, samesite="lax")


@cache
def translations(language: Language) -> NullTranslations:
    """Return the catalogue of a language; English is the language of the source and needs none."""
    source = _CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as opened:
        write_mo(compiled, read_po(opened, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def sentence(language: Language, message: str, **values: object) -> str:
    """Translate a marked message and fill its `%(name)s` places; without values nothing is filled in.

    A refusal may carry a person's own words, and a percent sign among them is no place to fill.
    """
    translated = translations(language).gettext(message)
    return translated % values if values else translated


def _known(code: str) -> Language | None:
    return next((language for language in get_args(Language) if language == code.lower()), None)


def _accepted(header: str) -> Language | None:
    """Return the known language with the highest weight (RFC 9110, 12.5.4); the first of equals."""
    weighed: list[tuple[float, Language]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = _known(tag.split("-")[0])
        if language and (share := _weight(weight)) > 0:
            weighed.append((share, language))
    return max(weighed, key=lambda pair: pair[0], default=(0, None))[1]


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0
