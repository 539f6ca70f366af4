"""A record that lacks what was logged is not answered out of, nor added to, whoever finds it out (security I6, I22)."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certify.procedure.whole_record import WholeRecord
from certify.vault.published import FolderFiles
from labels.log.checkpoints import Policy
from schemas.errors import CouldNotCheck, Unavailable
from tests.unit.certify.publication.published import POLICY, Publishing
from tests.unit.certify.publication.test_restoring import restorable, restored
from tests.unit.certify.register.certified import Body

__all__ = ["restorable"]
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def question(publishing: Publishing, policy: Callable[[], Policy] = lambda: POLICY) -> WholeRecord:
    """Ask anew, as a program does that has just started."""
    return WholeRecord(publishing.database, publishing.files, policy)


async def assert_refuses(whole: WholeRecord) -> None:
    with pytest.raises(CouldNotCheck, match="record_behind_log"):
        await whole.require(NOW)
    with pytest.raises(Unavailable, match="record_behind_log"):
        await whole.require_for_acts()


async def test_a_record_that_was_never_logged_is_whole(restorable: Body, tmp_path: Path) -> None:
    nothing = WholeRecord(restorable.database, FolderFiles(tmp_path / "nothing"), lambda: POLICY)
    await nothing.require(NOW)
    await nothing.require_for_acts()


async def test_a_record_that_holds_what_was_logged_is_whole(restorable: Body, tmp_path: Path) -> None:
    publishing = Publishing(restorable.database, tmp_path)
    await restorable.certified()
    await publishing.turn()
    await question(publishing).require(NOW)


@pytest.mark.parametrize("lost", ["log/checkpoint", "log/head"])
@pytest.mark.parametrize("how", ["damaged", "gone"])
async def test_one_of_the_two_files_that_tell_the_size_of_the_log_is_enough_to_know(
    restorable: Body, tmp_path: Path, lost: str, how: str
) -> None:
    publishing = await restored(restorable, tmp_path)
    damage(tmp_path / "published" / lost, how)
    await assert_refuses(question(publishing))


async def test_while_neither_can_be_read_nothing_is_known(restorable: Body, tmp_path: Path) -> None:
    publishing = Publishing(restorable.database, tmp_path)
    await publishing.turn()
    for lost in ("log/checkpoint", "log/head"):
        damage(tmp_path / "published" / lost, "damaged")
    await assert_refuses(question(publishing))


async def test_a_log_restored_with_the_record_is_told_by_the_signer_that_remembers(
    restorable: Body, tmp_path: Path
) -> None:
    publishing = await restored(restorable, tmp_path, files=True)
    whole = question(publishing)
    await publishing.turn_safely()
    await assert_refuses(whole)


async def test_keys_that_cannot_be_read_keep_nobody_from_a_record_that_is_whole(
    restorable: Body, tmp_path: Path
) -> None:
    def unreadable() -> Policy:
        raise CouldNotCheck("keys_unreadable", "Not now.")

    publishing = Publishing(restorable.database, tmp_path)
    await publishing.turn()
    await question(publishing, unreadable).require(NOW)


async def test_files_that_are_away_keep_nobody_from_what_was_known(restorable: Body, tmp_path: Path) -> None:
    publishing = Publishing(restorable.database, tmp_path)
    await publishing.turn()
    whole = question(publishing)
    await whole.require(NOW)
    shutil.rmtree(tmp_path / "published")
    (tmp_path / "published").write_bytes(b"no folder")
    await whole.require(NOW.replace(hour=1))


def damage(path: Path, how: str) -> None:
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:40])
