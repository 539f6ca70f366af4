"""`certify check` holds the published key set against the record."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certify.config import Settings
from certify.programs import keys
from certify.programs.check import check
from certify.programs.key_record import record_as_operator
from certify.programs.record import open_record
from labels.key_set import Use
from tests.unit.certify.register.records import admitted, append

NOW = datetime.now(UTC)


@pytest.fixture
async def settings(tmp_path: Path, empty_record: bytes) -> Settings:
    """A folder with a record, two versions of the key set, and both entered."""
    found = Settings(data=tmp_path / "data")
    found.data.mkdir()
    (found.data / "certify.db").write_bytes(empty_record)
    keys.initialise(found, now=NOW)
    keys.rotate(found, use=Use.LABEL, now=NOW)
    await record_as_operator(found)
    return found


async def codes(settings: Settings) -> list[str]:
    return [finding.code for finding in await check(settings)]


async def test_what_is_published_and_recorded_alike_is_no_finding(settings: Settings) -> None:
    assert await check(settings) == []


async def test_a_version_that_was_not_entered_is_found(settings: Settings) -> None:
    keys.rotate(settings, use=Use.STATUS, now=NOW)

    assert [str(finding) for finding in await check(settings)] == [
        "key set 3: is signed and not in the record [key_set_not_recorded]"
    ]


async def test_a_version_that_is_gone_is_found(settings: Settings) -> None:
    (settings.data / "keys" / "key-set-2.cose").unlink()

    assert await codes(settings) == ["key_set_missing", "key_set_differs", "key_set_differs"]


async def test_a_key_set_of_another_root_is_found(settings: Settings, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "other")
    keys.initialise(other, now=NOW)
    shutil.copy(other.data / "keys" / "key-set-1.cose", settings.data / "keys" / "key-set-1.cose")

    assert await codes(settings) == ["wrong_root"]


async def test_everything_replaced_with_that_of_another_root_is_found(settings: Settings, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "other")
    keys.initialise(other, now=NOW)
    keys.rotate(other, use=Use.LABEL, now=NOW)
    shutil.copy(settings.data / "keys" / "payload-keys.json", other.data / "keys")
    shutil.rmtree(settings.data / "keys")
    shutil.copytree(other.data / "keys", settings.data / "keys")

    assert await codes(settings) == ["key_set_differs", "key_set_differs"]


@pytest.mark.parametrize("name", ["keys.json", "key-set.cose"])
async def test_what_is_served_and_is_not_what_the_root_signed_is_found(settings: Settings, name: str) -> None:
    path = settings.data / "keys" / name
    path.write_bytes(path.read_bytes().replace(b"2", b"3", 1))

    assert await codes(settings) == ["key_set_differs"]

    keys.initialise(settings, now=NOW)
    assert await codes(settings) == []


async def test_a_missing_file_of_those_served_is_found(settings: Settings) -> None:
    (settings.data / "keys" / "keys.json").unlink()

    assert await codes(settings) == ["key_set_differs"]


async def test_what_is_no_entry_of_keys_is_found(settings: Settings, tmp_path: Path, empty_record: bytes) -> None:
    (settings.data / "certify.db").write_bytes(empty_record)
    for name in ("certify.db-wal", "certify.db-shm"):
        (settings.data / name).unlink(missing_ok=True)
    database = await open_record(settings)
    await append(database, "keys", admitted("person-1"))
    await database.close()

    assert await codes(settings) == ["key_set_differs", "key_set_not_recorded"]


async def test_a_folder_from_before_key_sets_were_signed_is_no_finding(tmp_path: Path, empty_record: bytes) -> None:
    settings = Settings(data=tmp_path / "data")
    settings.data.mkdir()
    (settings.data / "certify.db").write_bytes(empty_record)

    assert await check(settings) == []
