"""The keys of the vault on PostgreSQL, where several programs ask at once."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certify.register.database import Database
from certify.vault.keys import Sealed, VaultKeys
from certify.vault.master import MasterKeys
from schemas.errors import NotFound
from tests.postgres import PostgresServer

PLAIN, STORED = hashlib.sha256(b"plain").hexdigest(), hashlib.sha256(b"sealed").hexdigest()


@pytest.fixture
async def programs(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[tuple[VaultKeys, VaultKeys]]:
    """Two programs on the same keys."""
    async with postgres.fresh_vault() as url:
        one, two = (VaultKeys(Database(url), MasterKeys(tmp_path / "master.json")) for _ in range(2))
        yield one, two
        await one.close()
        await two.close()


async def test_all_who_ask_at_once_get_the_same_key(programs: tuple[VaultKeys, VaultKeys]) -> None:
    found = await asyncio.gather(*(keys.key_of("case-1") for keys in programs for _ in range(5)))

    assert len(set(found)) == 1


async def test_of_many_who_keep_the_same_file_at_once_one_stands(programs: tuple[VaultKeys, VaultKeys]) -> None:
    async def keep(keys: VaultKeys) -> Sealed:
        fresh = keys.new_file_key()
        return await keys.keep(Sealed("case-1", PLAIN, STORED, 5, fresh.id), fresh)

    assert len(set(await asyncio.gather(*(keep(keys) for keys in programs for _ in range(5))))) == 1


async def test_a_key_made_during_a_rotation_is_under_the_new_master(programs: tuple[VaultKeys, VaultKeys]) -> None:
    one, two = programs
    before = await one.key_of("case-0")

    _, *made = await asyncio.gather(one.rotate(), *(two.key_of(f"case-{number}") for number in range(1, 9)))

    assert [await one.find(key.id) for key in (before, *made)] == [before, *made]
    assert len(one._masters._keyring().keys) == 1


async def test_rotations_at_once_lose_no_key_and_leave_one_master(programs: tuple[VaultKeys, VaultKeys]) -> None:
    one, two = programs
    before = [await one.key_of(f"case-{number}") for number in range(20)]

    assert await asyncio.gather(*(keys.rotate() for keys in programs * 2)) == [20] * 4

    assert [await two.find(key.id) for key in before] == before
    assert len(one._masters._keyring().keys) == 1


async def test_a_destroyed_key_is_destroyed_for_everybody(programs: tuple[VaultKeys, VaultKeys]) -> None:
    one, two = programs
    key = await two.key_of("case-1")

    await one.destroy("case-1")

    with pytest.raises(NotFound, match="key_destroyed"):
        await two.find(key.id)
