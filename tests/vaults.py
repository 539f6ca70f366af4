"""Vaults of tests: the real thing, with its keys in a folder of the test."""

from pathlib import Path

from certify.register.database import Database
from certify.vault.keys import VaultKeys
from certify.vault.master import MasterKeys
from certify.vault.store import Vault


def keys_in(folder: Path) -> VaultKeys:
    """The keys of a vault, made at first use in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return VaultKeys(Database(f"sqlite+aiosqlite:///{folder / 'keys.db'}"), MasterKeys(folder / "master.json"))


def vault_in(folder: Path) -> Vault:
    """A vault whose store is the folder `evidence`, and whose keys lie in `vault`."""
    return Vault((folder / "evidence").as_uri(), keys_in(folder / "vault"))
