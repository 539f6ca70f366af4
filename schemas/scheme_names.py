"""Whether a scheme that came whole, and not by its files, holds together: names, texts, and sections with each other.

The loader of a scheme's folder says the same with file and line (`schemas.scheme_loading`).
"""

from collections.abc import Collection, Iterable, Iterator

from pydantic import ValidationError

from schemas.scheme import Scheme
from schemas.scheme_consistency import inconsistencies
from schemas.scheme_rules import SchemeRules
from schemas.scheme_writing import document_of


def what_is_wrong(scheme: Scheme) -> Iterator[str]:
    """Yield the wrong names; where there are none, where the sections contradict each other, as a loader does."""
    names = tuple(wrong_names(scheme))
    yield from names or _contradictions(scheme)


def _contradictions(scheme: Scheme) -> Iterator[str]:
    try:
        document = document_of(scheme)
    except ValidationError as wrong:
        yield from (f"{_place(error['loc'])}: {error['msg']}" for error in wrong.errors(include_url=False))
        return
    yield from (f"{_place(where)}: {message}" for where, message in inconsistencies(document))
    if document.scheme().digest != scheme.digest:
        yield "texts: something is worded that the rules do not define"


def _place(where: Iterable[str | int]) -> str:
    return ".".join(map(str, where))


def wrong_names(scheme: Scheme) -> Iterator[str]:
    """Yield what a scheme names and does not define, and what it defines and has no text for."""
    yield from _unknown(scheme.rules)
    yield from (f"criteria.{key}: its id is {rule.id}" for key, rule in scheme.rules.criteria.items() if rule.id != key)
    for section, (defined, worded) in _sections(scheme).items():
        yield from (f"texts.{section}: nothing says what {name} is" for name in sorted({*defined} - {*worded}))


def _unknown(rules: SchemeRules) -> Iterator[str]:
    known = {
        "articles": frozenset(rules.articles),
        "evidence_types": frozenset(rules.evidence_types),
        "areas": frozenset(rules.areas),
        "roles": frozenset(rules.roles),
        "questions": frozenset(rules.questions),
        "names": frozenset({*rules.questions, *rules.statements}),
    }
    try:
        SchemeRules.model_validate_json(rules.model_dump_json(), context=known)
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            yield f"rules.{_place(error['loc'])}: {error['msg'].removeprefix('Value error, ')}"


def _sections(scheme: Scheme) -> dict[str, tuple[Collection[str], Collection[str]]]:
    """Return of each section of named things those that the rules define, and those that have a text."""
    rules, texts = scheme.rules, scheme.texts
    return {
        "articles": (rules.articles, texts.articles),
        "evidence_types": (rules.evidence_types, texts.evidence_types),
        "areas": (rules.areas, texts.areas),
        "roles": (rules.roles, texts.roles),
        "factors": (rules.factors, texts.factors),
        "statements": (rules.statements, texts.statements),
        "criteria": (rules.criteria, texts.criteria),
        "gates": ({gate.id for gate in rules.gates}, texts.gates),
        "questions": (rules.questions, texts.questions),
        "whys": ({cap.id for cap in rules.scoring.caps} | {floor.id for floor in rules.scoring.floors}, texts.whys),
    }
