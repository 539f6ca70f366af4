"""The Russian catalogue: complete for what the public reads, and true to its places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[4]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "marked": None}
PUBLIC = re.compile(r"templates/(public/|base|parts|error)|web/(public/|(rendering|language|hygiene)\.py)")
PLACE_OF_TEXT = {"marked": 0, "sentence": 1}
"""Which argument of a function is a text for people."""


def said() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Yield file, message and context of every text in the source, as `make messages` finds them."""
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    options = {"templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}}
    for file, _, message, _, context in extract_from_dir(ROOT / "certify", methods, options, keywords=KEYWORDS):
        yield str(file), message, context


def written() -> Iterator[str]:
    """Yield every literal text that is to be translated, also where no mark lets `make messages` find it."""
    for source in (ROOT / "certify").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            for given in node.args[PLACE_OF_TEXT.get(node.func.id, len(node.args)) :][:1]:
                yield from literal(given)


def literal(given: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be, where they stand there."""
    match given:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=first, orelse=other):
            yield from (*literal(first), *literal(other))
        case ast.BoolOp(values=several):
            for one in several:
                yield from literal(one)


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


def test_every_text_given_to_be_translated_is_said_in_russian(russian: Catalog) -> None:
    texts = set(written())
    said_in_russian = {message.id for message in russian if message.id and not message.fuzzy and all(_forms(message))}

    assert len(texts) > 1000
    assert texts - said_in_russian == set()


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
