"""`certify scheme rehearse`: which labels of a data folder would fail a version; nothing is changed."""

import shutil
from pathlib import Path

import pytest

from certify.config import Settings
from certify.programs.adoption import rehearsed
from certify.programs.record import open_record
from certify.register.schema import upgrade
from schemas.errors import Unacceptable, Unavailable
from schemas.scheme import BUILT_IN

KEPT = Path(__file__).parents[3] / "data" / "first" / "data"


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """The settings of a copy of a kept data folder, with one label in force."""
    shutil.copytree(KEPT, tmp_path / "data")
    found = Settings(data=tmp_path / "data", public_url="http://localhost:8080")
    database = await open_record(found)
    await upgrade(database)
    await database.close()
    return found


async def test_the_label_of_a_kept_folder_would_not_fail_todays_scheme(settings: Settings) -> None:
    found = await rehearsed(settings, BUILT_IN)
    assert (len(found.labels), found.would_fail) == (1, ())


async def test_a_folder_that_is_no_scheme_and_a_data_folder_without_a_record_are_told_apart(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(Unacceptable, match="scheme_unusable"):
        await rehearsed(settings, tmp_path)
    with pytest.raises(Unavailable, match="record_unreadable"):
        await rehearsed(Settings(data=tmp_path / "none"), BUILT_IN)
