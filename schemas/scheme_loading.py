"""Reads a scheme from its folder of YAML files, or says everything that is wrong with it, by file and line."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue, ValidationError

from schemas.scheme import Scheme
from schemas.scheme_consistency import inconsistencies
from schemas.scheme_document import SchemeDocument
from schemas.scheme_yaml import Document, Problem, Where, read_folder


class SchemeError(Exception):
    """A folder that holds no usable scheme.

    Attributes:
        problems: every problem found, in the order of files and lines.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def load_scheme(folder: Path) -> Scheme:
    """Read a scheme.

    Unknown and double keys, double ids, references to what is not defined, conditions that do not parse, texts
    missing in a language and bands with gaps are all found in one reading. What compares several sections
    (`schemas.scheme_consistency`) is looked at once each of them is right by itself.

    Raises:
        SchemeError: with every problem, each at its file and line.
    """
    document = read_folder(folder)
    problems = [*document.problems, *_double_ids(document)]
    try:
        read = SchemeDocument.model_validate_json(
            json.dumps(document.values), strict=True, context=_vocabularies(document.values)
        )
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False) if document.lines else ()
        found = [_problem(document, error["loc"], error["type"], error["msg"]) for error in errors]
        raise SchemeError(sorted({*problems, *found})) from None
    problems += [document.problem_at(where, message) for where, message in inconsistencies(read)]
    if problems:
        raise SchemeError(sorted(set(problems)))
    return read.scheme()


def _vocabularies(values: dict[str, JsonValue]) -> dict[str, frozenset[str] | None]:
    """Return the names each section defines; None for a section that is missing or no mapping or list."""
    known = {name: _names_in(values.get(name)) for name in ("articles", "evidence_types", "areas", "roles")}
    questions, statements = _names_in(values.get("questions")), _names_in(values.get("statements"))
    known["questions"] = questions
    known["names"] = None if questions is None or statements is None else questions | statements
    return known


def _names_in(section: JsonValue) -> frozenset[str] | None:
    if isinstance(section, dict):
        return frozenset(section)
    if isinstance(section, list):
        return frozenset(name for _, name in _ids(section))
    return None


def _ids(section: JsonValue) -> Iterator[tuple[int, str]]:
    """Yield position and id of each entry of a list that has one."""
    for at, entry in enumerate(section if isinstance(section, list) else ()):
        if isinstance(entry, dict) and isinstance(name := entry.get("id"), str):
            yield at, name


def _double_ids(document: Document) -> Iterator[Problem]:
    scoring = document.values.get("scoring")
    caps_and_floors = [("scoring", key) for key in ("caps", "floors")] if isinstance(scoring, dict) else []
    for group in ([("criteria",)], [("gates",)], [("questions",)], caps_and_floors):
        first: dict[str, Problem] = {}
        for path in group:
            for at, name in _ids(_section(document.values, path)):
                problem = document.problem_at((*path, at, "id"), f"id {name} is used twice")
                if name in first:
                    yield problem
                first.setdefault(name, problem)


def _section(values: JsonValue, path: tuple[str, ...]) -> JsonValue:
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _problem(document: Document, where: Where, kind: str, message: str) -> Problem:
    """Put a validation error in our words, at its line."""
    match kind:
        case "extra_forbidden":
            said = f"unknown key {where[-1]!r}"
        case "missing":
            said = f"missing key {where[-1]!r}"
        case _:
            said = f"{'.'.join(str(step) for step in where)}: {message.removeprefix('Value error, ')}"
    return document.problem_at(where, said)
