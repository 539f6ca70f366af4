"""A small register and its mirror, made once; a test changes one thing in a copy."""

import shutil
from pathlib import Path

import pytest

from labels.root import Root
from schemas.label import Standing
from tests.unit.labels.mirror.made import ROOT, Made


def small_register() -> Made:
    """A register with a label in force, a suspended one, and one that has ended."""
    made = Made()
    made.begin()
    made.grant("one")
    suspended, ended = made.grant("two"), made.grant("three")
    made.step(suspended, Standing.SUSPENDED)
    made.step(ended, Standing.SUSPENDED)
    made.step(ended, Standing.WITHDRAWN)
    return made


@pytest.fixture
def made() -> Made:
    """A register that a test lets say more."""
    return small_register()


@pytest.fixture(scope="module")
def _mirrored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_register().mirror(tmp_path_factory.mktemp("kept") / "mirror")


@pytest.fixture
def mirror(_mirrored: Path, tmp_path: Path) -> Path:
    """The mirror of that register."""
    shutil.copytree(_mirrored, tmp_path / "mirror")
    return tmp_path / "mirror"


@pytest.fixture(scope="session")
def root() -> Root:
    """The root that a reader pinned."""
    return Root.of(ROOT)
