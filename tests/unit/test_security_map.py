"""docs/security-map.md names code and tests that are there, and every number it is to speak of."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "security-map.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([IT]?[0-9][IT0-9., \u2013]*) \| (.*) \|$", MAP, re.MULTILINE)
NUMBERS = {"I7", "I8", "I9", "I10", "I18", "I22", "T16", "T18", "T19", "T20", "T21", "T27", "T33", "T34"} | {
    *("I2", "I3", "I4", "I5", "I11", "I12", "I13", "I14", "I17", "I19", "T6", "T7", "T8", "T9", "T10", "T11", "T12"),
    *("T14", "T15", "T17", "T22", "T25", "T26", "T28", "T29", "T30", "T32", "T36", "T37", "T38", "T39", "T40"),
    *("I20", "T1", "T2", "T3", "T4", "T5", "T13", "T23", "T24"),
    *("1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.2.10", "1.3.6", "1.3.12", "1.5.1", "1.5.2", "1.5.3", "2.2.1"),
    *("2.2.3", "2.3.1", "2.3.3", "2.3.4", "2.3.5", "2.4.1", "3.2.1", "3.3.1", "3.4.1", "3.5.1", "3.5.3", "3.5.4"),
    *("3.6.1", "3.7.2", "4.1.1", "4.1.3", "4.1.4", "4.1.5", "5.1.1", "5.2.1", "5.2.2", "5.2.3", "5.2.4", "5.2.5"),
    *("5.2.6", "5.3.2", "5.3.3", "5.4.1", "5.4.2", "5.4.3", "6.1.2", "6.2.1", "6.3.1", "6.3.3", "6.3.4", "6.3.8"),
    *("6.4.1", "6.5.1", "6.5.5", "7.1.1", "7.4.1", "7.4.2", "7.4.3", "7.4.5", "7.5.1", "7.5.3", "8.1.1", "8.2.1"),
    *("8.2.3", "8.3.2", "9.1.1", "9.2.1", "11.1.1", "11.1.2", "11.2.2", "11.2.4", "11.3.2", "11.3.3", "11.3.4"),
    *("11.4.2", "11.5.1", "13.1.2", "13.2.1", "13.2.2", "13.2.4", "13.3.1", "13.3.2", "13.4.1", "13.4.2", "13.4.5"),
    *("13.4.6", "14.2.1", "14.2.2", "14.2.5", "14.3.2", "15.2.2", "15.2.5", "15.3.2", "15.3.3", "15.3.4", "15.3.7"),
    *("15.4.2", "16.1.1", "16.2.1", "16.2.5", "16.3.1", "16.4.1", "16.4.2", "16.4.3", "16.5.1", "16.5.4"),
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
    assert NUMBERS - {number for numbers, _ in ROWS for number in re.split("[, \u2013]+", numbers)} == set()


@pytest.mark.parametrize(("number", "row"), ROWS, ids=[number for number, _ in ROWS])
def test_every_row_names_a_control_and_a_test(number: str, row: str) -> None:
    *controls, tests = row.split(" | ")

    assert any(not path.startswith("tests/") for path, _ in named_in(controls[-1])), number
    assert any(path.startswith("tests/") and name for path, name in named_in(tests)), number
