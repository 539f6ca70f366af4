"""Opens the record with the keys of its sealed cells, for the programs that read what people confided.

`certify verification` and `certify migrate` open it without them: what everybody may know is not sealed.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.register.cells import CellKeys, CellUnreadable
from certify.register.database import Database, Waits
from certify.register.sealed_tables import StoredCell, has_clear, newest_sealed
from certify.vault.locks import locked
from certify.vault.payload_keys import PayloadKeys
from schemas.errors import Unavailable


async def open_record(settings: Settings, *, waits: Waits | None = None) -> Database:
    """Open the record to write in it; keys are made for one that holds nothing sealed yet.

    `waits` cuts off what takes too long, where people wait for the answer.

    Raises:
        CellUnreadable: `cell_keys_missing`: it was sealed with keys that are not where the settings say.
        Unavailable: `payload_keys_unreadable`, `record_unreachable`.
    """
    cells = await cell_keys(settings, seals=settings.seal_payloads)
    return Database(settings.database_url, cells=cells, waits=waits)


async def cell_keys(settings: Settings, *, seals: bool = True) -> CellKeys:
    """Return the keys of sealed cells; made for a record that holds nothing sealed yet.

    Raises:
        CellUnreadable, Unavailable: as `open_record`.
    """
    path, sealed = _file_of(settings), await _newest_sealed(settings)
    if sealed is not None and not path.exists():
        raise _missing(f"The record is sealed, and its keys are not in {path}; put back your copy of them.")
    if not path.exists():
        PayloadKeys.made(path, all_sealed_since=await _nothing_in_clear_since(settings))
    if not settings.seal_payloads:
        note_all_sealed(path, None)
    cells = _cells(settings, seals=seals)
    if sealed is not None:
        _require_opens(cells, sealed, path)
    return cells


def open_to_read(settings: Settings, *, url: str = "") -> Database:
    """Open the record, or the account of it that `url` names, with what is at hand of the keys; none are made.

    Raises:
        Unavailable: `payload_keys_unreadable`.
    """
    cells = _cells(settings, seals=settings.seal_payloads) if _file_of(settings).exists() else None
    return Database(url or settings.database_url, read_only=True, cells=cells)


def note_all_sealed(path: Path, since: datetime | None) -> None:
    """Keep in the file of the keys since when nothing lies in clear in the record, None where something may again.

    Raises:
        Unavailable: `payload_keys_unreadable`, `payload_keys_unwritable`.
    """
    if (PayloadKeys.read(path).all_sealed_since is None) is (since is None):
        return
    try:
        with locked(path):
            replace(PayloadKeys.read(path), all_sealed_since=since).write(path)
    except OSError as error:
        member = f'"all_sealed_since": "{since.isoformat()}"' if since else '"all_sealed_since": null'
        what = f"Whether all of the record is sealed is kept in {path}, which cannot be written; put {member} into it."
        raise Unavailable("payload_keys_unwritable", what) from error


def _cells(settings: Settings, *, seals: bool) -> CellKeys:
    path = _file_of(settings)
    # While programs of before write in clear, what lies in clear is believed.
    all_sealed = settings.seal_payloads and PayloadKeys.read(path).all_sealed_since is not None

    def read() -> Mapping[str, bytes]:
        return PayloadKeys.read(path).sealing

    return CellKeys(read, seals=seals, all_sealed=all_sealed)


def _file_of(settings: Settings) -> Path:
    assert settings.payload_keys_file is not None
    return settings.payload_keys_file


async def _newest_sealed(settings: Settings) -> StoredCell | None:
    async with _without_keys(settings) as database:
        return await newest_sealed(database) if database is not None else None


async def _nothing_in_clear_since(settings: Settings) -> datetime | None:
    """Return the time now for a record in which nothing lies in clear and will: one that is founded sealed."""
    async with _without_keys(settings) as database:
        is_founded_sealed = settings.seal_payloads and (database is None or not await has_clear(database))
    return datetime.now(UTC) if is_founded_sealed else None


@asynccontextmanager
async def _without_keys(settings: Settings) -> AsyncIterator[Database | None]:
    """Open the record to look at what is stored; None where there is no file of it yet."""
    database = Database(settings.database_url)
    try:
        yield database if database.file is None or database.file.is_file() else None
    except (DBAPIError, OSError) as error:
        what = f"The record cannot be reached: {getattr(error, 'orig', error)}"
        raise Unavailable("record_unreachable", what) from error
    finally:
        await database.close()


def _require_opens(cells: CellKeys, sealed: StoredCell, path: Path) -> None:
    """Refuse keys of another record: what is sealed with them here would open with no copy of the right ones."""
    place, found = sealed.cell.place, sealed.cell.to_sealed(sealed.stored)
    try:
        cells.open(place, found or b"")
    except CellUnreadable:
        what = (
            f"The newest sealed cell of the record, of {place}, does not open with the keys in {path}: put back your "
            "copy of the right ones. If they are the right ones, the cell was altered; `certify check` names it."
        )
        raise _missing(what) from None


def _missing(what: str) -> CellUnreadable:
    return CellUnreadable("cell_keys_missing", what)
