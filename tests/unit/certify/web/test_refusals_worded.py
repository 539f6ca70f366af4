"""Whatever is refused is said on pages in the language of the reader, and a bar before an act in its own words."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from certify.web.language import translations
from certify.web.matters.matter_reasons import reason_of, refusal_in
from schemas import errors
from schemas.errors import NotFound, ProcedureError, Unacceptable

ROOT = Path(__file__).parents[4]
NOT_BY_PAGES = {
    "certify/programs/": "the command line and the programs that run everything speak English",
    "certify/publication/": "the signer and the witnesses write to their log",
    "certify/web/api/": "programs are told the code and English",
    "certify/scheme_commands.py": "the command line",
}
"""Where what is refused reaches no page, by the beginning of the path."""
NO_PAGE = {
    "digest_unreadable": "a header of the API",
    "earlier_version": "a program stops at a database of another version",
    "label_not_recorded": "the signer",
    "life_begun": "the engine begins a label",
    "not_all_retained": "the job of retention",
    "not_sealed_yet": "the command that seals what an earlier version stored",
    "other_key_set": "the command that records a key set",
    "payload_keys_unreadable": "a program stops before it begins",
    "stream_gap": "the engine writes the record",
}
"""Codes that no page can show, each with who meets them instead."""
SAID_ELSEWHERE = {
    "not_told": "its two sentences are in the catalogue",
    "password_of_known_words": "its two sentences are in the catalogue",
}
"""Codes whose sentence comes from a caller."""
NO_SENTENCE = 12
"""A pattern with fewer characters of its own fits whatever is filled into it."""
GENERAL = "This cannot be done now."
REFUSALS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ProcedureError | errors.CouldNotCheck) and kind is not ProcedureError
}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One place; `sentence` is a pattern of what it says, None where that does not stand there."""

    code: str
    sentence: str | None
    bars: bool
    where: str


def refusals() -> Iterator[Refusal]:
    """Yield every refusal whose code stands in the sources."""
    for path in sorted((*ROOT.joinpath("workflows").rglob("*.py"), *ROOT.joinpath("certify").rglob("*.py"))):
        tree = ast.parse(path.read_text())
        named = dict(constants(tree))
        bars = {id(one) for call in calls(tree, {"Permission"}) for one in call.args}
        for call in calls(tree, REFUSALS):
            code = text_of(call.args[0], named) if len(call.args) > 1 else None
            if code is not None:
                yield Refusal(
                    code=re.sub(r"\\(.)", r"\1", code),
                    sentence=text_of(call.args[1], named),
                    bars=id(call) in bars,
                    where=f"{path.relative_to(ROOT)}:{call.lineno}",
                )


def calls(tree: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.Call) and name_of(one.func) in names)


def constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        said = text_of(node.value, {}) if isinstance(node, ast.Assign | ast.AnnAssign) and node.value else None
        if isinstance(target, ast.Name) and said is not None:
            yield target.id, said


def name_of(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def text_of(node: ast.expr, named: dict[str, str]) -> str | None:
    """Return the pattern of a text: what is filled into it may be anything."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(text_of(one, {}) or ".+" for one in parts)
        case ast.Name(id=name):
            return named.get(name)
        case ast.Call(args=[inner]) if name_of(node.func) == "marked":
            return text_of(inner, named)
    return None


def has_words(code: str) -> bool:
    return reason_of("en", code) != GENERAL


def is_in_the_catalogue(pattern: str | None) -> bool:
    if pattern is None or len(pattern.replace(".+", "")) < NO_SENTENCE:
        return False
    return any(re.fullmatch(pattern, one) for one in _CATALOGUE)


_CATALOGUE = [one for one in translations("ru")._catalog if isinstance(one, str) and one]  # type: ignore[attr-defined]


def reaches_a_page(one: Refusal) -> bool:
    elsewhere = one.where.startswith(tuple(NOT_BY_PAGES))
    return not elsewhere and one.code not in NO_PAGE and one.code not in SAID_ELSEWHERE


def test_everything_refused_on_a_page_has_a_sentence_in_russian() -> None:
    found = list(refusals())
    english = [one for one in found if not has_words(one.code) and not is_in_the_catalogue(one.sentence)]

    assert len(found) > 600
    assert [f"{one.code} {one.where}" for one in english if reaches_a_page(one)] == []


def test_every_bar_before_an_act_has_words_of_its_own() -> None:
    bars = [one for one in refusals() if one.bars]

    assert len(bars) > 150
    assert {one.code for one in bars if not has_words(one.code)} == set()


def test_every_code_excused_is_still_refused_somewhere() -> None:
    assert {*NO_PAGE, *SAID_ELSEWHERE} - {one.code for one in refusals()} == set()


@pytest.mark.parametrize(
    ("error", "russian"),
    [
        (NotFound("no_such_page", "There is no such page."), "Такой страницы нет."),
        (Unacceptable("file_too_large", "A file may have at most 7 bytes."), "Файл слишком большой."),
        (
            Unacceptable("no_nonconformity", "There is no open nonconformity under I-1.4-01."),
            translations("ru").gettext("There is no open nonconformity under this criterion."),
        ),
    ],
)
def test_a_refusal_is_said_in_the_language_of_the_reader(error: ProcedureError, russian: str) -> None:
    assert refusal_in("ru", error) == russian
    assert refusal_in("en", error) == error.message
