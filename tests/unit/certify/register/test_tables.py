"""Which tables are the record, which are folded from it, and who may not read the rest."""

import ast
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from certify.register.checking_views import VIEWS as CHECKED
from certify.register.schema import load_tables
from certify.register.tables import RECORD, VIEWS, WORKING

ROOT = Path(__file__).parents[4]
PUBLIC = (
    "certify/register/labels.py",
    "certify/register/participants.py",
    "certify/web/public/pages.py",
    "certify/web/public/answers.py",
    "certify/web/public/views.py",
)
"""What answers a scan, the directory and the Register."""


def test_every_table_is_record_view_or_working_table_and_only_one_of_them() -> None:
    load_tables()

    assert set(SQLModel.metadata.tables) == RECORD | VIEWS | WORKING
    assert len(RECORD) + len(VIEWS) + len(WORKING) == len(RECORD | VIEWS | WORKING)


def test_every_view_is_checked() -> None:
    assert {table.__tablename__ for table in CHECKED} == VIEWS


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_the_public_sees_is_read_from_a_working_table(path: str) -> None:
    load_tables()
    modules = {
        mapper.class_.__module__
        for mapper in SQLModel._sa_registry.mappers  # the only list there is
        if mapper.class_.__tablename__ in WORKING
    }

    assert modules & imported_by(ROOT / path) == set()


def imported_by(path: Path) -> set[str]:
    """The modules a file names in its imports, `from x import y` counted as `x` and as `x.y`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
