"""The Russian catalogue: complete for what the public reads, and true to its places."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[4]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "marked": None}
PUBLIC = re.compile(r"templates/(public/|base|parts|error)|web/(public_views|rendering|language|hygiene)\.py")


def said() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Yield file, message and context of every text in the source, as `make messages` finds them."""
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    options = {"templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}}
    for file, _, message, _, context in extract_from_dir(ROOT / "certify", methods, options, keywords=KEYWORDS):
        yield str(file), message, context


@pytest.fixture(scope="module")
def russian() -> Catalog:
    source = ROOT / "certify" / "locale" / "ru" / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as opened:
        return read_po(opened, locale="ru")


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def test_all_that_the_public_reads_is_said_in_russian(russian: Catalog) -> None:
    public = [(message, context) for file, message, context in said() if PUBLIC.search(file)]

    missing = []
    for message, context in public:
        found = russian.get(message if isinstance(message, str) else message[0], context)
        if found is None or found.fuzzy or not all(_forms(found)):
            missing.append(message)

    assert len(public) > 100
    assert missing == []


def test_every_translation_has_the_places_of_its_original(russian: Catalog) -> None:
    place = re.compile(r"%\((\w+)\)s")
    for message in russian:
        if not message.id or not any(_forms(message)):
            continue
        original = message.id[-1] if isinstance(message.id, tuple) else message.id
        for form in _forms(message):
            assert set(place.findall(form)) == set(place.findall(str(original))), form


def test_the_words_of_the_glossary_are_used(russian: Catalog) -> None:
    words = {message.id: str(message.string) for message in russian if isinstance(message.id, str) and message.id}

    assert words["Suspended"] == "Приостановлен"
    assert words["Withdrawn"] == "Отменён"
    assert "прекращ" in words["Ended by the holder"].lower()
    assert [text for text in words.values() if "отозван знак" in text.lower() or "отзыв" in text.lower()] == []
