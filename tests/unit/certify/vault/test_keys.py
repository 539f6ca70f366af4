import asyncio
import hashlib
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from certify.vault.keys import Sealed, VaultKeys
from schemas.errors import NotFound, Unavailable
from tests.vaults import keys_in

PLAIN, STORED = hashlib.sha256(b"plain").hexdigest(), hashlib.sha256(b"sealed").hexdigest()


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[VaultKeys]:
    opened = keys_in(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def beside(tmp_path: Path, keys: VaultKeys) -> AsyncIterator[VaultKeys]:
    """Another program on the same keys."""
    opened = keys_in(tmp_path)
    yield opened
    await opened.close()


async def sealed_in(keys: VaultKeys, subject: str = "case-1", digest: str = PLAIN, stored: str = STORED) -> Sealed:
    fresh = keys.new_file_key()
    return await keys.keep(Sealed(subject, digest, stored, 5, fresh.id), fresh)


def left_behind(folder: Path, content: bytes) -> list[str]:
    """Files below a folder that hold some bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]


async def test_a_subject_has_one_key_which_is_random_and_found_by_its_id(keys: VaultKeys) -> None:
    one, again, other = await keys.key_of("case-1"), await keys.key_of("case-1"), await keys.key_of("case-2")

    assert one == again == await keys.find(one.id)
    assert len(one.key) == 32
    assert (one.id != other.id, one.key != other.key) == (True, True)
    assert "case-1" not in one.id


async def test_all_who_ask_at_once_get_the_same_key(keys: VaultKeys, beside: VaultKeys) -> None:
    asked = [one.key_of("case-1") for one in (keys, beside) for _ in range(10)]

    assert len({found.key for found in await asyncio.gather(*asked)}) == 1


async def test_keys_survive_the_program(keys: VaultKeys, beside: VaultKeys) -> None:
    assert await keys.key_of("case-1") == await beside.key_of("case-1")


async def test_no_key_is_shown_when_it_is_printed(keys: VaultKeys, tmp_path: Path) -> None:
    key, file_key = await keys.key_of("case-1"), keys.new_file_key()

    for shown in (repr(key), str(key), repr(file_key), repr(keys._masters), repr(keys._masters._keyring())):
        assert "key=" not in shown
        assert key.key.hex() not in shown


async def test_a_destroyed_key_is_neither_found_nor_made_again(keys: VaultKeys, beside: VaultKeys) -> None:
    key = await beside.key_of("case-1")

    await keys.destroy("case-1")
    await keys.destroy("case-1")

    for asked in (keys.key_of("case-1"), beside.key_of("case-1"), beside.find(key.id)):
        with pytest.raises(NotFound, match="key_destroyed"):
            await asked
    assert await keys.is_destroyed("case-1")
    assert not await keys.is_destroyed("case-2")


async def test_a_subject_that_never_had_a_key_gets_none_after_its_erasure(keys: VaultKeys) -> None:
    await keys.destroy("case-1")

    with pytest.raises(NotFound, match="key_destroyed"):
        await keys.key_of("case-1")


async def test_an_unknown_key_is_another_refusal_than_a_destroyed_one(keys: VaultKeys) -> None:
    with pytest.raises(NotFound, match="key_unknown"):
        await keys.find("0" * 32)


async def test_a_destroyed_key_leaves_no_bytes_in_the_files_of_the_database(keys: VaultKeys, tmp_path: Path) -> None:
    await keys.key_of("case-1")
    await sealed_in(keys)
    async with keys._database.reading() as session:
        connection = await session.connection()
        (wrapped,) = (await connection.execute(text("SELECT wrapped FROM subject_key"))).one()
        (wrapped_file,) = (await connection.execute(text("SELECT wrapped FROM sealed_object"))).one()
    assert left_behind(tmp_path, wrapped) != []
    assert left_behind(tmp_path, wrapped_file) != []

    await keys.destroy("case-1")

    assert left_behind(tmp_path, wrapped) == left_behind(tmp_path, wrapped_file) == []


async def test_the_key_of_an_object_is_found_by_either_digest(keys: VaultKeys) -> None:
    fresh = keys.new_file_key()
    await keys.keep(Sealed("case-1", PLAIN, STORED, 5, fresh.id), fresh)

    assert await keys.file_key("case-1", PLAIN) == await keys.file_key("case-1", STORED) == fresh
    assert await keys.sealed("case-1", STORED) == Sealed("case-1", PLAIN, STORED, 5, fresh.id)
    assert await keys.sealed("case-2", PLAIN) is None


async def test_of_two_who_keep_the_same_file_the_first_stands(keys: VaultKeys) -> None:
    first = await sealed_in(keys)

    assert await sealed_in(keys, stored="0" * 64) == first


async def test_a_key_is_destroyed_for_one_object_and_the_others_still_open(keys: VaultKeys) -> None:
    await sealed_in(keys)
    await sealed_in(keys, digest="1" * 64, stored="2" * 64)

    await keys.destroy_file("case-1", PLAIN)

    with pytest.raises(NotFound, match="erased"):
        await keys.file_key("case-1", PLAIN)
    with pytest.raises(NotFound, match="erased"):
        await sealed_in(keys)
    assert await keys.file_key("case-1", "1" * 64)
    known = await keys.sealed("case-1", PLAIN)
    assert known is not None
    assert (known.stored_digest, known.destroyed_at is not None) == (STORED, True)


async def test_with_its_subject_every_object_is_erased(keys: VaultKeys) -> None:
    await sealed_in(keys)

    await keys.destroy("case-1")

    with pytest.raises(NotFound, match="erased"):
        await keys.file_key("case-1", PLAIN)
    with pytest.raises(NotFound, match="erased"):
        await sealed_in(keys, digest="3" * 64)


@pytest.mark.parametrize("change", ["digest = '" + "4" * 64 + "'", "subject = 'case-2'", "id = 'other'"])
async def test_a_row_that_names_something_else_opens_nothing(keys: VaultKeys, change: str) -> None:
    await sealed_in(keys)
    await keys.key_of("case-2")
    async with keys._database.writing() as session:
        await (await session.connection()).execute(text(f"UPDATE sealed_object SET {change}"))  # noqa: S608
    subject = "case-2" if "subject" in change else "case-1"

    with pytest.raises(Unavailable, match="key_altered"):
        await keys.file_key(subject, STORED)


def masters_in(folder: Path) -> list[str]:
    return [key["id"] for key in json.loads((folder / "master.json").read_text())["keys"]]


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob(".master*"))


async def test_the_master_file_is_for_its_owner_only(keys: VaultKeys, tmp_path: Path) -> None:
    await keys.key_of("case-1")

    assert stat.S_IMODE((tmp_path / "master.json").stat().st_mode) == 0o600
    assert unfinished(tmp_path) == []


async def test_a_lost_master_is_never_replaced(keys: VaultKeys, beside: VaultKeys, tmp_path: Path) -> None:
    await keys.key_of("case-1")
    (tmp_path / "master.json").unlink()

    with pytest.raises(Unavailable, match="master_missing"):
        await keys.key_of("case-1")
    with pytest.raises(Unavailable, match="master_missing"):
        await beside.key_of("case-1")
    assert not (tmp_path / "master.json").exists()


@pytest.mark.parametrize("content", ["", "{}", '{"version":2,"keys":[]}', '{"version":1,"keys":[{"id":"a"}]}'])
async def test_a_master_file_that_is_none_is_refused(keys: VaultKeys, tmp_path: Path, content: str) -> None:
    await keys.key_of("case-1")
    (tmp_path / "master.json").write_text(content)

    with pytest.raises(Unavailable, match="master_unreadable"):
        await keys.key_of("case-1")


async def test_after_a_rotation_the_same_keys_open_under_another_master(
    keys: VaultKeys, beside: VaultKeys, tmp_path: Path
) -> None:
    one, gone = await beside.key_of("case-1"), await beside.key_of("case-2")
    await keys.destroy("case-2")
    (before,) = json.loads((tmp_path / "master.json").read_text())["keys"]

    assert await keys.rotate() == 1

    (after,) = json.loads((tmp_path / "master.json").read_text())["keys"]
    assert before["id"] != after["id"]
    assert await keys.key_of("case-1") == await beside.key_of("case-1") == one
    with pytest.raises(NotFound, match="key_destroyed"):
        await beside.find(gone.id)


async def test_a_rotation_that_stopped_half_way_loses_nothing_and_is_ended_by_the_next(
    keys: VaultKeys, beside: VaultKeys, tmp_path: Path
) -> None:
    one = await keys.key_of("case-1")
    keys._masters.begin_rotation(masters_in(tmp_path))
    other = await beside.key_of("case-2")

    assert (await beside.key_of("case-1"), await keys.key_of("case-2")) == (one, other)
    await keys.rotate()

    assert len(json.loads((tmp_path / "master.json").read_text())["keys"]) == 1
    assert (await beside.key_of("case-1"), await keys.key_of("case-2")) == (one, other)


async def test_rotations_at_once_lose_no_key_and_leave_one_master(
    keys: VaultKeys, beside: VaultKeys, tmp_path: Path
) -> None:
    subjects = [f"case-{number}" for number in range(20)]
    before = [await keys.key_of(subject) for subject in subjects]

    assert await asyncio.gather(*(one.rotate() for one in (keys, beside) * 3)) == [20] * 6

    assert [await beside.key_of(subject) for subject in subjects] == before
    assert len(masters_in(tmp_path)) == 1


async def test_no_master_is_removed_that_a_key_is_still_under(keys: VaultKeys, tmp_path: Path) -> None:
    one = await keys.key_of("case-1")
    (under,) = masters_in(tmp_path)
    fresh = keys._masters.begin_rotation([under])

    keys._masters.end_rotation([under])

    assert masters_in(tmp_path) == [under, fresh]
    assert await keys.key_of("case-1") == one


async def test_rotations_that_stop_half_way_again_and_again_do_not_fill_the_file(
    keys: VaultKeys, tmp_path: Path
) -> None:
    one = await keys.key_of("case-1")
    (under,) = masters_in(tmp_path)
    for _ in range(10):
        keys._masters.begin_rotation([under])

    assert await keys.rotate() == 1
    assert await keys.key_of("case-1") == one


async def test_an_old_copy_of_the_database_opens_nothing_after_a_rotation(keys: VaultKeys, tmp_path: Path) -> None:
    await keys.key_of("case-1")
    await keys.rotate()
    copy = tmp_path / "copy"
    copy.mkdir()
    await keys.close()
    (copy / "keys.db").write_bytes((tmp_path / "keys.db").read_bytes())
    await keys.rotate()
    (copy / "master.json").write_bytes((tmp_path / "master.json").read_bytes())
    restored = keys_in(copy)

    with pytest.raises(Unavailable, match="master_unknown"):
        await restored.key_of("case-1")
    await restored.close()
