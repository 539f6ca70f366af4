"""Opens the record with the keys of its sealed cells, for the programs that read what people confided.

`certify verification` and `certify migrate` open it without them: what everybody may know is not sealed.
"""

from collections.abc import Mapping
from pathlib import Path

from certify.config import Settings
from certify.register.cells import CellKeys, CellUnreadable
from certify.register.database import Database, Waits
from certify.register.sealed_tables import is_sealed
from certify.vault.payload_keys import PayloadKeys


async def open_record(settings: Settings, *, waits: Waits | None = None) -> Database:
    """Open the record to write in it; keys are made for one that holds nothing sealed yet.

    `waits` cuts off what takes too long, where people wait for the answer.

    Raises:
        CellUnreadable: `cell_keys_missing`: it was sealed with keys that are not where the settings say.
        Unavailable: `payload_keys_unreadable`.
    """
    cells = await cell_keys(settings, seals=settings.seal_payloads)
    return Database(settings.database_url, cells=cells, waits=waits)


async def cell_keys(settings: Settings, *, seals: bool = True) -> CellKeys:
    """Return the keys of sealed cells; made for a record that holds nothing sealed yet.

    Raises:
        CellUnreadable, Unavailable: as `open_record`.
    """
    if not _file_of(settings).exists():
        await _require_unsealed(settings)
    PayloadKeys.made(_file_of(settings))
    return _cells(settings, seals=seals)


def open_to_read(settings: Settings, *, url: str = "") -> Database:
    """Open the record, or the account of it that `url` names, with what is at hand of the keys; none are made.

    Raises:
        Unavailable: `payload_keys_unreadable`.
    """
    cells = _cells(settings, seals=False) if _file_of(settings).exists() else None
    return Database(url or settings.database_url, read_only=True, cells=cells)


def _cells(settings: Settings, *, seals: bool) -> CellKeys:
    path = _file_of(settings)

    def read() -> Mapping[str, bytes]:
        return PayloadKeys.read(path).sealing

    return CellKeys(read, seals=seals)


def _file_of(settings: Settings) -> Path:
    assert settings.payload_keys_file is not None
    return settings.payload_keys_file


async def _require_unsealed(settings: Settings) -> None:
    """Refuse to make keys beside a record that others sealed: with new ones it would never open."""
    database = Database(settings.database_url)
    try:
        if (database.file is None or database.file.is_file()) and await is_sealed(database):
            what = f"The record is sealed, and its keys are not in {_file_of(settings)}; put back your copy of them."
            raise CellUnreadable("cell_keys_missing", what)
    finally:
        await database.close()
