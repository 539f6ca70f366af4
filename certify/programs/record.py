"""Opens the record with the keys of its sealed cells, for the programs that read what people confided.

`certify verification` and `certify migrate` open it without them: what everybody may know is not sealed.
"""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.register.cells import CellKeys, CellUnreadable
from certify.register.database import Database
from certify.register.sealed_tables import StoredCell, newest_sealed
from certify.vault.payload_keys import PayloadKeys
from schemas.errors import Unavailable


async def open_record(settings: Settings) -> Database:
    """Open the record to write in it; keys are made for one that holds nothing sealed yet.

    Raises:
        CellUnreadable: `cell_keys_missing`: it was sealed with keys that are not where the settings say.
        Unavailable: `payload_keys_unreadable`, `record_unreachable`.
    """
    return Database(settings.database_url, cells=await cell_keys(settings, seals=settings.seal_payloads))


async def cell_keys(settings: Settings, *, seals: bool = True) -> CellKeys:
    """Return the keys of sealed cells; made for a record that holds nothing sealed yet.

    Raises:
        CellUnreadable, Unavailable: as `open_record`.
    """
    path, sealed = _file_of(settings), await _newest_sealed(settings)
    if sealed is not None and not path.exists():
        raise _missing(f"The record is sealed, and its keys are not in {path}; put back your copy of them.")
    PayloadKeys.made(path)
    keys = _cells(settings, seals=seals)
    if sealed is not None:
        _require_opens(keys, sealed, path)
    return keys


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


async def _newest_sealed(settings: Settings) -> StoredCell | None:
    database = Database(settings.database_url)
    try:
        if database.file is not None and not database.file.is_file():
            return None
        return await newest_sealed(database)
    except (DBAPIError, OSError) as error:
        what = f"The record cannot be reached: {getattr(error, 'orig', error)}"
        raise Unavailable("record_unreachable", what) from error
    finally:
        await database.close()


def _require_opens(keys: CellKeys, sealed: StoredCell, path: Path) -> None:
    """Refuse keys of another record: what is sealed with them here would open with no copy of the right ones."""
    place, found = sealed.cell.place, sealed.cell.to_sealed(sealed.stored)
    try:
        keys.open(place, found or b"")
    except CellUnreadable:
        what = (
            f"The newest sealed cell of the record, of {place}, does not open with the keys in {path}: put back your "
            "copy of the right ones. If they are the right ones, the cell was altered; `certify check` names it."
        )
        raise _missing(what) from None


def _missing(what: str) -> CellUnreadable:
    return CellUnreadable("cell_keys_missing", what)
