"""Opens the record with the keys of its sealed cells, for the programs that read what people confided.

`certify verification` and `certify migrate` open it without them: what everybody may know is not sealed.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.register import row_proofs
from certify.register.cells import CellKeys, CellUnreadable
from certify.register.database import Database, Waits
from certify.register.schema import is_empty, upgrade
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
        founded = await _founded_since(settings)
        PayloadKeys.made(
            path,
            all_sealed_since=await _nothing_in_clear_since(settings),
            rows_proven_since=founded,
            workflows_sealed_since=founded,
        )
    if not settings.seal_payloads:
        note_since(path, None, *get_args(Noted))
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


Noted = Literal["all_sealed_since", "rows_proven_since", "workflows_sealed_since"]


def note_since(path: Path, since: datetime | None, *names: Noted) -> None:
    """Keep in the file of the keys since when all of the record is sealed, and every row by which people come in
    proven; None where it may be otherwise again.

    Raises:
        Unavailable: `payload_keys_unreadable`, `payload_keys_unwritable`.
    """  # noqa: D205  # one sentence and its end
    known = PayloadKeys.read(path)
    new: dict[str, Any] = {name: since for name in names if (getattr(known, name) is None) is not (since is None)}
    if not new:
        return
    try:
        with locked(path):
            replace(PayloadKeys.read(path), **new).write(path)
    except OSError as error:
        members = ", ".join(f'"{name}": ' + (f'"{since.isoformat()}"' if since else "null") for name in new)
        what = f"What is known of the whole record is kept in {path}, which cannot be written; put {members} into it."
        raise Unavailable("payload_keys_unwritable", what) from error


async def prove_earlier_rows(settings: Settings, database: Database) -> int:
    """Prove, once, the rows by which people come in that earlier versions made; return how many they were.

    Once the file of the keys says that it was done, what carries no proof was written without the keys.
    """
    if PayloadKeys.read(_file_of(settings)).rows_proven_since is not None:
        return 0
    return await row_proofs.prove_earlier(database)


async def upgrade_record(settings: Settings, database: Database) -> None:
    """Bring the record to this version's shape, and prove what earlier versions made without a proof.

    Raises:
        Unavailable: `earlier_version`; as `note_since`.
    """
    await upgrade(database)
    await prove_earlier_rows(settings, database)
    if settings.seal_payloads:
        note_since(_file_of(settings), datetime.now(UTC), "rows_proven_since")


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


async def _founded_since(settings: Settings) -> datetime | None:
    """Return the time now for a record without a table yet: its rows will carry proofs, and no workflow ran before."""
    async with _without_keys(settings) as database:
        is_founded = settings.seal_payloads and (database is None or await is_empty(database))
    return datetime.now(UTC) if is_founded else None


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
