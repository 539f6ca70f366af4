"""docs/security-map.md names code and tests that are there, and every number it is to speak of."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "security-map.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ((?:I|T)?[0-9][0-9., \u2013]*) \| (.*) \|$", MAP, re.MULTILINE)
NUMBERS = {"I7", "I8", "I9", "I10", "I18", "I22", "T16", "T18", "T19", "T20", "T21", "T27", "T33", "T34"} | {
    *("I2", "I3", "I4", "I5", "I11", "I12", "I13", "I14", "I17", "I19", "T6", "T7", "T8", "T9", "T10", "T11", "T12"),
    *("T14", "T15", "T17", "T22", "T25", "T26", "T28", "T29", "T30", "T32", "T36", "T37", "T38", "T39", "T40"),
}
NAMED = re.compile(r"`([\w./-]+\.(?:py|md|sql))(?:: (\w+))?`((?:, `\w+`)*)")


@cache
def names_in(path: str) -> frozenset[str]:
    """Return what a file of Python defines, at whatever depth."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def named_in(text: str) -> set[tuple[str, str | None]]:
    """Return every file that a text names, with each name it is said to hold."""
    found: set[tuple[str, str | None]] = set()
    for path, first, more in NAMED.findall(text):
        found |= {(path, first or None), *((path, name) for name in re.findall(r"`(\w+)`", more))}
    return found


def test_everything_the_map_names_is_there() -> None:
    named = named_in(MAP)
    missing = {path for path, _ in named if not (ROOT / path).exists()}

    assert missing == set()
    assert {(path, name) for path, name in named if name and name not in names_in(path)} == set()
    assert len({name for path, name in named if path.startswith("tests/")}) > 70


def test_no_name_stands_apart_from_its_file() -> None:
    tests = {name for path, name in named_in(MAP) if path.startswith("tests/")}

    assert set(re.findall(r"`(test_\w+)`", MAP)) - tests == set()


def test_every_number_has_its_row() -> None:
    assert {number for number, _ in ROWS} >= NUMBERS


@pytest.mark.parametrize(("number", "row"), ROWS, ids=[number for number, _ in ROWS])
def test_every_row_names_a_control_and_a_test(number: str, row: str) -> None:
    *controls, tests = row.split(" | ")

    assert any(not path.startswith("tests/") for path, _ in named_in(controls[-1])), number
    assert any(path.startswith("tests/") and name for path, name in named_in(tests)), number
