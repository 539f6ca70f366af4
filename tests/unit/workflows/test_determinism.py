"""Rules and words read no clock, no dice and no environment: the same act gives the same events in every replay."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = sorted(path for package in ("schemas", "workflows") for path in (ROOT / package).rglob("*.py"))
OWN_CLOCK = {
    f"workflows/{name}.py" for name in ("accession", "certification", "course", "institution", "label_life", "matters")
}
FORBIDDEN_NAMES = {
    "now",
    "utcnow",
    "today",
    "uuid1",
    "uuid4",
    "monotonic",
    "perf_counter",
    "time_ns",
    "getenv",
    "urandom",
}
FORBIDDEN_MODULES = {"random", "secrets", "time", "os", "socket", "threading", "uuid6"}


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_clock_no_dice_no_environment(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = {call for call in calls(path) if call.rsplit(".", 1)[-1] in FORBIDDEN_NAMES}
    own = {call for call in found if call == "workflow.now" or (name in OWN_CLOCK and call == "now")}
    assert found - own == set()
    assert not {module.split(".", 1)[0] for module in modules(path)} & FORBIDDEN_MODULES


def test_the_sources_are_there_to_be_read() -> None:
    assert len(SOURCES) > 40
    assert "workflow.now" in calls(ROOT / "workflows" / "casework.py")
