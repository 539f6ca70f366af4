"""Opens the keys of the vault, for the programs that store or read what people hand in; the signer is none of them."""

from pathlib import Path

from sqlalchemy.engine import make_url

from certify.config import Settings
from certify.register.database import Database
from certify.vault.keys import VaultKeys
from certify.vault.master import MasterKeys


def open_keys(settings: Settings, *, read_only: bool = False) -> VaultKeys:
    """Return the keys of the vault; what is missing is made at first use, unless only read."""
    assert settings.vault_keys_file is not None
    if not read_only:
        _make_folder(settings.vault_database_url)
    database = Database(settings.vault_database_url, read_only=read_only)
    return VaultKeys(database, MasterKeys(settings.vault_keys_file))


def _make_folder(url: str) -> None:
    found = make_url(url)
    if found.get_backend_name() == "sqlite" and found.database:
        Path(found.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
