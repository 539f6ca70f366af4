"""docs/procedure.md names every clause, every rule, and code and tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "procedure.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`((?:workflows|certify|schemas|tests)/[\w./:-]+)`", MAP))
ROWS = [line.strip("| ").split(" | ") for line in MAP.splitlines() if line.startswith("| ")]
RULES = {path.name for path in (ROOT / "workflows" / "rules").glob("*.py")} - {"__init__.py"}
CLAUSES = {
    *("4.1.2", "4.2", "4.6", "5.2"),
    *(
        "7.2",
        "7.3",
        "7.4",
        "7.4.1",
        "7.4.5",
        "7.4.7",
        "7.5",
        "7.6",
        "7.7",
        "7.8",
        "7.9",
        "7.10",
        "7.11",
        "7.12",
        "7.13",
    ),
    *("I-1.5", "I-2.1", "I-2.2", "I-2.3", "I-2.8", "I-4.1"),
    *("II-1.3", "II-2.1", "II-2.2", "II-2.3", "II-2.4", "II-2.5", "II-2.6"),
    *(f"rule {number}" for number in range(1, 6)),
}
"""What the procedure follows: clauses of ISO/IEC 17065, articles of the Code, and its own rules without exception."""


def named_clauses() -> set[str]:
    """All clauses in the first column."""
    return {clause for row in ROWS for clause in re.split(r",\s*", row[0])}


def is_defined(name: str) -> bool:
    """Whether what stands behind `::` is defined in the file before it; of a path alone, whether it is there."""
    path, _, symbol = name.partition("::")
    if not symbol:
        return (ROOT / path).exists()
    if not (ROOT / path).is_file():
        return False
    return bool(
        re.search(rf"^(async def|def|class) {symbol}\b|^{symbol}\b.* = ", (ROOT / path).read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("name", sorted(NAMED))
def test_everything_the_map_names_is_there(name: str) -> None:
    assert is_defined(name)


def test_every_clause_of_the_procedure_is_in_the_map() -> None:
    assert CLAUSES - named_clauses() == set()


def test_the_map_names_no_clause_that_the_procedure_does_not_have() -> None:
    looks_like_one = {clause for clause in named_clauses() if re.fullmatch(r"[\d.]+|I{1,2}-[\d.]+|rule \d+", clause)}

    assert looks_like_one <= CLAUSES


def test_every_file_of_rules_is_in_the_map() -> None:
    assert (
        RULES - {Path(name.partition("::")[0]).name for name in NAMED if name.startswith("workflows/rules/")} == set()
    )


def test_each_row_names_code_and_a_test() -> None:
    for row in ROWS:
        if row[0] in {"clause", "rule", "what"}:
            continue
        assert re.search(r"`(workflows|certify|schemas)/", row[-2]), row
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", row[-1]), row


def test_a_name_that_is_not_defined_would_be_seen() -> None:
    assert is_defined("workflows/rules/matter/appeals.py::lodge")
    assert not is_defined("workflows/rules/matter/appeals.py::lodg")
    assert not is_defined("workflows/rules/none.py::lodge")
