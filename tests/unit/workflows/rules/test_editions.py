"""New cases follow every rule that this program has (decision 12)."""

import ast
from pathlib import Path

from certify.procedure.lodging import EDITION

ROOT = Path(__file__).parents[4]


def test_new_cases_follow_the_edition_of_the_latest_rule() -> None:
    assert max(_editions()) == EDITION


def _editions() -> list[int]:
    """Return the edition of every constant that says since when a rule is followed."""
    return [
        node.value.value
        for room in ("schemas", "workflows")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.endswith("_SINCE")
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int)
    ]
