"""Rules for every template, present and future."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

CERTIFY = Path(__file__).parents[4] / "certify"
TEMPLATES = sorted((CERTIFY / "templates").rglob("*.html"))

EVERY_TEMPLATE = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)


def untranslated(source: str) -> list[str]:
    """Return the words that a template says without gettext, in its text and in the attributes people hear."""
    plain, block, in_trans = [], "", False
    for _, kind, text in Environment(autoescape=True).lex(source):
        block = text if kind == "name" and block == "" else "" if kind == "block_begin" else block
        in_trans = (in_trans or block == "trans") and block != "endtrans"
        plain.append(text if kind == "data" and not in_trans else "\0")
    markup = "".join(plain)
    heard = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', markup)
    said = re.sub(r"<[^>]*>", "\0", markup).replace("DOCTYPE", "").split("\0")
    return [words.strip() for words in [*heard, *said] if re.search(r"[^\W\d_]{2,}", words)]


@EVERY_TEMPLATE
def test_no_template_trusts_a_text_to_be_markup(template: Path) -> None:
    assert re.findall(r"\|\s*safe\b|autoescape|Markup", template.read_text()) == []


@EVERY_TEMPLATE
def test_no_template_carries_a_script_or_a_style_of_its_own(template: Path) -> None:
    source = template.read_text()

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", source) == []


@EVERY_TEMPLATE
def test_every_text_goes_through_gettext(template: Path) -> None:
    assert untranslated(template.read_text()) == []


def test_a_text_that_does_not_go_through_gettext_would_be_found() -> None:
    assert untranslated(
        '<p>Hello</p>{{ _("seen") }}{% trans %}seen{% endtrans %}{% if x %}Goodbye{% endif %}<nav aria-label="Menu">'
    ) == ["Menu", "Hello", "Goodbye"]


def test_no_module_of_the_pages_makes_markup_by_hand() -> None:
    for module in (CERTIFY / "web").rglob("*.py"):
        assert re.findall(r"\bMarkup\(|autoescape=False|BaseHTTPMiddleware", module.read_text()) == [], module.name
