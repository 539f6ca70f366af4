"""From the facts of a certificate to an unsigned PDF; typst sets it, from a template that gets data and no text."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal
from urllib.parse import urlsplit

import typst

from labels.artwork import MIN_MODULE_MM, millimetres, svg
from labels.certificate.holder_image import FORMATS, millimetres_of
from labels.certificate.words import WORDS, CertificateWords
from labels.encoding import from_base36
from labels.typography import FOLDER as FONTS
from labels.typography import drawable, width_of
from labels.wording import description_of, watermark_of
from schemas.certificate import CertificateFacts
from schemas.errors import PreparationError
from schemas.label_number import format_number, is_preview

TOKEN_MEDIA_TYPE = "application/cose"  # noqa: S105  # a media type (RFC 9052, 11.3.1), no secret
# PDF/A-3 for what is kept and has files attached (ISO 19005-3), PDF/UA-1 for those who do not see it (ISO 14289-1).
_STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
_TEMPLATE = Path(__file__).with_name("certificate.typ")
_WATERMARK_POINTS = 620  # length of the word along the page's diagonal
_POINTS = 10
_LINE = 357  # points of a line beside its name, in the template; a digest takes 356
_WORD = re.compile(r"\S{25,}")
_one_at_a_time = Lock()  # a compiler keeps what it read, and is no place for two threads


def attachment_name(facts: CertificateFacts) -> str:
    """Return the name under which the token lies in the file."""
    return f"label-{facts.label.id}.cose"


def document(
    facts: CertificateFacts, *, at: datetime, holder_image: bytes | None = None, watermark: str | None = None
) -> bytes:
    """Set a certificate as PDF, not signed; that of a preview has no token in it and is watermarked.

    Raises:
        PreparationError: `url_unfit`, `certificate_unmakeable`.
    """
    return _compiled(_data(facts, holder_image, watermark, at), at)


def pages_as_png(
    facts: CertificateFacts, *, at: datetime, holder_image: bytes | None = None, watermark: str | None = None
) -> list[bytes]:
    """Draw the pages of a certificate as pictures of 144 dots an inch, for people who look at it.

    Raises:
        PreparationError: as `document`.
    """
    data = {"data": json.dumps(_data(facts, holder_image, watermark, at))}
    with _one_at_a_time:
        pages = _compiler().compile(format="png", sys_inputs=data)
    return pages if isinstance(pages, list) else [pages or b""]


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)


def _compiled(data: dict[str, Any], at: datetime) -> bytes:
    inputs = {"data": json.dumps(data)}
    try:
        with _one_at_a_time:
            made = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=[*_STANDARDS], timestamp=at)
    except typst.TypstError as error:
        raise PreparationError("certificate_unmakeable", f"The certificate cannot be set: {error.message}") from error
    assert isinstance(made, bytes)
    return made


def _data(facts: CertificateFacts, holder_image: bytes | None, watermark: str | None, at: datetime) -> dict[str, Any]:
    words, label = WORDS[facts.label.language], facts.label
    number, host = format_number(label.id), urlsplit(label.url).netloc.lower()
    said: dict[str, Any] = {
        "language": label.language,
        "title": words.title.format(number),
        "author": label.issuer,
        "description": description_of(label),
        "host": host,
        "number": number,
        "page": words.page,
        "covers": words.covers.format(label.version),
        "sections": _sections(facts, words, number),
        "meaning_title": words.meaning,
        "meaning": facts.meaning,
        "check_title": words.check,
        "check_steps": _check_steps(facts, words, at),
        "no_standing": words.preview if is_preview(label.id) else words.no_standing,
        "attachment": words.attachment.format(number),
        **_picture(facts, words, host, watermark),
    }
    watermark = watermark_of(label, watermark)
    drawn = _each(said, drawable)
    return {
        **_each(drawn, _breakable),
        "note": words.undrawable if drawn != said else None,
        "watermark": watermark,
        "watermark_size": _WATERMARK_POINTS / width_of(watermark, 1, bold=True) if watermark else 0,
        "logo": _logo(facts, words, holder_image),
        "attachment_name": attachment_name(facts),
        "token": None if is_preview(label.id) else list(from_base36(label.token)),
    }


def _check_steps(facts: CertificateFacts, words: CertificateWords, at: datetime) -> list[str]:
    """Say how to check it; a preview has neither a token nor a signature to look at."""
    steps = words.check_steps[:1] if is_preview(facts.label.id) else words.check_steps
    host, number = urlsplit(facts.label.url).netloc.lower(), format_number(facts.label.id)
    return [step.format(host, number, attachment_name(facts), f"{at:%Y-%m-%d %H:%M} UTC") for step in steps]


def _sections(facts: CertificateFacts, words: CertificateWords, number: str) -> list[dict[str, Any]]:
    label = facts.label
    sections: dict[str, list[tuple[str, str | None]]] = {
        words.parties: [
            (words.holder, f"{label.holder}, {facts.holder_country}"),
            (words.holder_address, facts.holder_address),
            (words.websites, ", ".join(facts.websites)),
            (words.body, label.issuer),
            (words.body_address, facts.issuer_address),
        ],
        words.certified: [
            (words.system, facts.system),
            (words.version, label.version),
            (words.tier, label.tier_name),
            (words.purpose, facts.purpose),
            (words.deployment, facts.deployment),
            (words.languages, ", ".join(facts.languages)),
        ],
        words.grant: [
            (words.number, number),
            (words.decision, facts.decision_number),
            (words.granted, facts.granted_on.isoformat()),
            (words.ends, label.ends_on.isoformat()),
            (words.scheme, words.scheme_version.format(label.scheme_title, facts.scheme_version)),
            (words.digest, facts.scheme_digest),
            (words.code, facts.code_edition),
        ],
    }
    return [{"title": title, "rows": [[*row] for row in rows if row[1]]} for title, rows in sections.items()]


def _picture(facts: CertificateFacts, words: CertificateWords, host: str, watermark: str | None) -> dict[str, Any]:
    return {
        "picture": svg(facts.label, watermark=watermark),
        "picture_width": millimetres(facts.label, module_mm=MIN_MODULE_MM)[0],
        "picture_alt": words.symbol_alt.format(description_of(facts.label), host),
    }


def _logo(facts: CertificateFacts, words: CertificateWords, image: bytes | None) -> dict[str, Any] | None:
    if image is None:
        return None
    kind = next(kind for start, kind in FORMATS.items() if image.startswith(start))
    alt = drawable(words.logo_alt.format(facts.label.holder))
    return {"bytes": list(image), "format": kind, "width": millimetres_of(image), "alt": alt}


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text in the data of a page."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each(one, change) for one in value]
    return value


def _breakable(text: str) -> str:
    """Let a word that is longer than a line break anywhere; the picture breaks its own."""
    if text.startswith("<svg"):
        return text
    return _WORD.sub(lambda word: "\u200b".join(word[0]) if width_of(word[0], _POINTS) > _LINE else word[0], text)
