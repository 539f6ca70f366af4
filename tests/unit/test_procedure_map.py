"""docs/procedure.md names code and tests that are there, and every rule of the procedure."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAP = (ROOT / "docs" / "procedure.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`((?:workflows|certify|schemas|tests)/[\w./-]+)`", MAP))


def test_everything_the_map_names_is_there() -> None:
    assert {name for name in NAMED if not (ROOT / name).exists()} == set()


def test_the_map_names_code_and_tests() -> None:
    assert len({name for name in NAMED if name.startswith("tests/")}) > 20
    assert len({name for name in NAMED if name.startswith("workflows/")}) > 20
