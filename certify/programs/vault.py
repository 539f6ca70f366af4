"""Opens the keys of the vault, for the programs that store or read what people hand in; the signer is none of them."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from certify.config import Settings
from certify.register.database import Database, Waits
from certify.vault.auditing import StoreAudit
from certify.vault.keys import VaultKeys
from certify.vault.master import MasterKeys
from certify.vault.objects import Objects
from certify.vault.store import Vault


def open_vault(settings: Settings, *, read_only: bool = False, waits: Waits | None = None) -> Vault:
    """Return the vault with its keys."""
    return Vault(settings.evidence_url, open_keys(settings, read_only=read_only, waits=waits))


@asynccontextmanager
async def open_audit(settings: Settings) -> AsyncIterator[StoreAudit]:
    """Open the store for a check that writes nothing, with what is at hand of the keys; what is not is told."""
    assert settings.vault_keys_file is not None
    objects, database = Objects(settings.evidence_url), Database(settings.vault_database_url, read_only=True)
    has_keys = database.file is None or database.file.is_file()
    if has_keys and not settings.vault_keys_file.exists():
        sys.stderr.write("The vault's master key is not at hand: sealed evidence is compared, and not opened.\n")
    keys = VaultKeys(database, MasterKeys(settings.vault_keys_file))
    try:
        yield StoreAudit(objects, keys if has_keys else None)
    finally:
        await keys.close()


def open_keys(settings: Settings, *, read_only: bool = False, waits: Waits | None = None) -> VaultKeys:
    """Return the keys of the vault; what is missing is made at first use, unless only read."""
    assert settings.vault_keys_file is not None
    if not read_only:
        _make_folder(settings.vault_database_url)
    database = Database(settings.vault_database_url, read_only=read_only, waits=waits)
    return VaultKeys(database, MasterKeys(settings.vault_keys_file))


def _make_folder(url: str) -> None:
    found = make_url(url)
    if found.get_backend_name() == "sqlite" and found.database:
        Path(found.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
