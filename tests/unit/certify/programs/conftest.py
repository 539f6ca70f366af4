"""What the tests of the programs share."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.certify.programs.public_body import PublicBody


@pytest.fixture
async def public(kept: Path, tmp_path: Path) -> AsyncIterator[PublicBody]:
    """A copy of the body that a module made once (its `kept`): it has published two labels, and has stopped."""
    shutil.copytree(kept, tmp_path / "data")
    found = await PublicBody.in_folder(tmp_path / "data")
    yield found
    await found.close()
