"""Keys of sealed cells, for tests: always the same, so that one test reads what another helper wrote."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update
from sqlmodel import SQLModel

from certify.register.cells import CellKeys
from certify.register.database import Database
from certify.vault.payload_keys import PayloadKeys
from tests.postgres import owned

_KEYS = PayloadKeys(b"n" * 64, {"tests": b"k" * 32})
CELLS = CellKeys(lambda: _KEYS.sealing)
IN_CLEAR = CellKeys(lambda: _KEYS.sealing, seals=False)
"""As versions before cells were sealed wrote them."""


def put_keys(data: Path) -> None:
    """Put the keys where a program with this data folder looks for them."""
    _KEYS.write(data / "keys" / "payload-keys.json")


async def rewrite(database: Database, cell: str, change: Callable[[Any], Any], *, where: str = "1 = 1") -> None:
    """Change cells (`table.column`) as only an owner of the database who has its keys can; no guard may stand."""
    name, _, column = cell.partition(".")
    table = SQLModel.metadata.tables[name]
    async with owned(database) as opened, opened.engine.begin() as owner:
        for row in (await owner.execute(select(table).where(text(where)))).mappings().all():
            key = [one == row[one.name] for one in table.primary_key]
            await owner.execute(update(table).where(*key).values({column: change(row[column])}))
