"""`certify vault`: seals what earlier versions stored or recorded in clear, and replaces the master key."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.programs.record import Noted, cell_keys, note_since, prove_earlier_rows
from certify.programs.vault import open_keys, open_vault
from certify.register.database import Database
from certify.register.schema import require_shape
from certify.register.sealed_tables import has_clear, seal_cells
from certify.vault.locks import locked
from certify.vault.payload_keys import PayloadKeys
from certify.vault.store import InPlace
from schemas.errors import Unavailable


async def seal(settings: Settings) -> AsyncIterator[tuple[int, int, Counter[InPlace]]]:
    """Seal every object in place, yielding how many are done, of how many, and what became of them.

    It may be stopped at any object and run again, beside the running programs too.

    Raises:
        Unavailable: `not_read_back`, or the keys of the vault cannot be opened.
    """
    found: Counter[InPlace] = Counter()
    async with aclosing(open_vault(settings)) as vault:
        names = await vault.all_names()
        for done, (application, name) in enumerate(names, start=1):
            found[await vault.seal_in_place(application, name)] += 1
            yield done, len(names), found
        if not names:
            yield 0, 0, found


def rotate_payloads(settings: Settings) -> str:
    """Add a key for cells of the record and payloads of no case, and return its id; the others go on opening.

    Raises:
        Unavailable: `payload_keys_unreadable`.
    """
    assert settings.payload_keys_file is not None
    with locked(settings.payload_keys_file):  # of two at once, neither loses the other's key
        keys = PayloadKeys.read(settings.payload_keys_file).rotated()
        keys.write(settings.payload_keys_file)
    return keys.current


async def rotate(settings: Settings) -> int:
    """Wrap all keys under a new master and remove the others; return how many keys there are.

    Raises:
        Unavailable: the keys of the vault cannot be opened.
    """
    keys = open_keys(settings)
    try:
        return await keys.rotate()
    finally:
        await keys.close()


async def seal_record(settings: Settings) -> AsyncIterator[tuple[str, int]]:
    """Seal in the record what earlier versions wrote in clear, and what lies under an older key.

    Yields each column and how many of its cells that were; it may be stopped and run again, beside running programs.
    Once nothing is left in clear, the file of the keys says so, and what lies in clear later is not believed. The rows
    by which people come in are proven, once.

    Raises:
        CellUnreadable: `cell_keys_missing`.
        Unavailable: `payload_keys_unreadable`, `payload_keys_unwritable`, `earlier_version`; `record_unreachable`,
            also for an account that does not own the tables.
    """
    keys = await cell_keys(settings)
    database = Database(settings.database_url, cells=keys)
    try:
        if database.file is not None and not database.file.is_file():
            return
        await require_shape(database)
        async for column, count in seal_cells(database, keys):
            yield column, count
        yield "proofs of rows", await prove_earlier_rows(settings, database)
        if settings.seal_payloads:
            assert settings.payload_keys_file is not None
            sealed: tuple[Noted, ...] = () if await has_clear(database) else ("all_sealed_since",)
            note_since(settings.payload_keys_file, datetime.now(UTC), *sealed, "rows_proven_since")
    except DBAPIError as error:
        raise Unavailable("record_unreachable", f"The record cannot be sealed: {error.orig}") from error
    finally:
        await database.close()
