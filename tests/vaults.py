"""Vaults of tests: the real thing, with its keys in a folder of the test."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from certify.register.database import Database
from certify.vault.keys import VaultKeys
from certify.vault.master import MasterKeys
from certify.vault.store import Stored, Vault


def keys_in(folder: Path) -> VaultKeys:
    """The keys of a vault, made at first use in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return VaultKeys(Database(f"sqlite+aiosqlite:///{folder / 'keys.db'}"), MasterKeys(folder / "master.json"))


def vault_in(folder: Path) -> Vault:
    """A vault whose store is the folder `evidence`, and whose keys lie in `vault`."""
    return Vault((folder / "evidence").as_uri(), keys_in(folder / "vault"))


async def put_file(vault: Vault, application: str, content: bytes) -> Stored:
    """Hand a file in, whole."""

    async def once() -> AsyncIterator[bytes]:
        yield content

    return await vault.put(application, once(), max_bytes=len(content))


async def seal_as_before(vault: Vault, application: str, content: bytes, evidence: Path) -> str:
    """Seal what an earlier version stored: a text or a file, under one key, or both."""
    digest = hashlib.sha256(content).hexdigest()
    path = evidence / "case" / application / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    await vault.seal_in_place(application, digest)
    return digest
