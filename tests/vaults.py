"""Vaults of tests: the real thing, with its keys in a folder of the test."""

from pathlib import Path

from certify.register.database import Database
from certify.vault.keys import VaultKeys
from certify.vault.master import MasterKeys


def keys_in(folder: Path) -> VaultKeys:
    """The keys of a vault, made at first use in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return VaultKeys(Database(f"sqlite+aiosqlite:///{folder / 'keys.db'}"), MasterKeys(folder / "master.json"))
