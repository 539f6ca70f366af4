"""No code of ours runs a shell, revives objects or puts statements together (ASVS 1.2.4, 1.2.5, 1.5.2)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted(path for part in ("certify", "workflows", "labels", "schemas") for path in (ROOT / part).rglob("*.py"))
MODULES = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle"})
CALLS = frozenset({"eval", "exec", "os.system", "os.popen", "subprocess.getoutput", "yaml.load", "yaml.unsafe_load"})
STATEMENTS = frozenset({"text", "execute", "exec_driver_sql"})
NAMES_OF_TABLES_ALONE = frozenset({"certify/register/guards.py", "certify/register/database.py"})
"""They put names of our own tables into triggers and settings, and nothing else."""


def dangers(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
            yield from (f"imports {name}" for name in names & MODULES)
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in CALLS:
                yield name
            if any(word.arg == "shell" and not _is_false(word.value) for word in node.keywords):
                yield "shell"
            if name.rpartition(".")[2] in STATEMENTS and node.args and _is_put_together(node.args[0]):
                yield f"statement: {ast.unparse(node.args[0])}"


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _is_put_together(value: ast.expr) -> bool:
    is_formatted = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "format"
    return isinstance(value, ast.JoinedStr | ast.BinOp) or is_formatted


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "eval(x)",
        "os.system('ls')",
        "subprocess.run(x, shell=True)",
        "yaml.load(x)",
        "session.execute(f'SELECT {x}')",
        "session.execute(text('SELECT ' + x))",
        "text('SELECT {}'.format(x))",
    ],
)
def test_each_danger_would_be_found(source: str) -> None:
    assert [*dangers(source)]


def test_no_code_of_ours_holds_one() -> None:
    assert len(OURS) > 400
    found = {str(path.relative_to(ROOT)): [*dangers(path.read_text(encoding="utf-8"))] for path in OURS}

    assert {path: what for path, what in found.items() if what and path not in NAMES_OF_TABLES_ALONE} == {}
