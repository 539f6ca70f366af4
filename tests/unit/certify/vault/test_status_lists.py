"""The published lists speak against a directory that tells an ended label as in force, and for nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.vault.published import FolderFiles
from certify.vault.status_lists import READ_AGAIN_AFTER, StatusLists
from labels.key_set import KeySet, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.status import SHARD, Shard, signed_list
from schemas.errors import CouldNotCheck
from schemas.label import Standing
from tests.logged import key

URL = "https://labels.example.eu"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OURS, ANOTHER = key("status"), key("another")


def signed(
    standing: Standing, place: int = 7, *, signer: KeyInMemory = OURS, at: datetime = NOW, shard: int = 0
) -> bytes:
    """A list that tells one label."""
    listed = bytes(Shard([(place, standing)]))
    return signed_list(listed, address=f"{URL}/s/{shard}", version=9, at=at, signer=signer)


class Files(FolderFiles):
    """A folder that counts how often it was read, and can be away."""

    reads, is_away = 0, False

    def read(self, path: str) -> bytes | None:
        """Return a file, or be away."""
        self.reads += 1
        if self.is_away:
            raise ConnectionError
        return super().read(path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def lists(files: Files) -> StatusLists:
    day = NOW.date()
    ours = TrustedKey(OURS.public_key, day - timedelta(days=400), day + timedelta(days=90), Use.STATUS)
    return StatusLists(files, lambda: KeySet((ours,)), URL)


@pytest.mark.parametrize("ended", [Standing.WITHDRAWN, Standing.SUSPENDED, Standing.SUPERSEDED, Standing.LAPSED])
@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=300)])
async def test_what_a_signed_list_of_any_hour_tells_as_ended_is_not_in_force(
    files: Files, lists: StatusLists, ended: Standing, age: timedelta
) -> None:
    files.write("s/0", signed(ended, at=NOW - age))

    with pytest.raises(CouldNotCheck) as refusal:
        await lists.require_in_force(7, NOW)
    assert refusal.value.code == "list_differs"
    await lists.require_in_force(8, NOW)


@pytest.mark.parametrize(
    "make",
    [
        lambda: signed(Standing.WITHDRAWN, signer=ANOTHER),
        lambda: signed(Standing.WITHDRAWN, shard=1),
        lambda: b"no list",
        lambda: signed(Standing.IN_FORCE),
        None,
    ],
)
async def test_what_is_no_list_of_ours_tells_nothing(
    files: Files, lists: StatusLists, make: Callable[[], bytes] | None
) -> None:
    if make is not None:
        files.write("s/0", make())
    await lists.require_in_force(7, NOW)


async def test_a_list_of_a_stolen_key_tells_nothing(files: Files) -> None:
    day = NOW.date()
    key = TrustedKey(OURS.public_key, day - timedelta(days=400), day + timedelta(days=90), Use.STATUS)
    lists = StatusLists(files, lambda: KeySet((replace(key, compromised_at=NOW),)), URL)
    files.write("s/0", signed(Standing.WITHDRAWN))
    await lists.require_in_force(7, NOW)


async def test_each_shard_has_its_list(files: Files, lists: StatusLists) -> None:
    files.write("s/1", signed(Standing.WITHDRAWN, shard=1))
    await lists.require_in_force(7, NOW)
    with pytest.raises(CouldNotCheck):
        await lists.require_in_force(SHARD + 7, NOW)


async def test_a_list_is_read_again_after_a_second(files: Files, lists: StatusLists) -> None:
    files.write("s/0", signed(Standing.SUSPENDED))
    for _ in range(3):
        with pytest.raises(CouldNotCheck):
            await lists.require_in_force(7, NOW)
    assert files.reads == 1
    files.write("s/0", signed(Standing.IN_FORCE))
    await lists.require_in_force(7, NOW + READ_AGAIN_AFTER)


async def test_while_the_files_are_away_what_was_read_last_counts(files: Files, lists: StatusLists) -> None:
    files.is_away = True
    with pytest.raises(OSError):
        await lists.require_in_force(7, NOW)
    files.is_away = False
    files.write("s/0", signed(Standing.SUSPENDED))
    with pytest.raises(CouldNotCheck):
        await lists.require_in_force(7, NOW)
    files.is_away = True
    with pytest.raises(CouldNotCheck):
        await lists.require_in_force(7, NOW + READ_AGAIN_AFTER)
