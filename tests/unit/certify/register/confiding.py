"""Something is confided to a record, and what its database then holds."""

from base64 import b64encode
from typing import Any

from sqlalchemy import select as core_select
from sqlalchemy import text as sql
from sqlalchemy import type_coerce
from sqlalchemy.types import NullType
from sqlmodel import col

from certify.accounts import complainants
from certify.register import drafts
from certify.register.cells import PREFIX, CellKeys
from certify.register.database import Database
from certify.register.drafts import Draft
from tests.canaries import Canary

SECRET = Canary.new("secret")
ROTATED = CellKeys(lambda: {"tests": b"k" * 32, "second": b"2" * 32})
FOUNDED_SEALED = CellKeys(lambda: {"tests": b"k" * 32}, all_sealed=True)
OTHERS = CellKeys(lambda: {"tests": b"x" * 32})


async def confide(database: Database, *, person: str = "anna") -> None:
    async with database.writing() as session:
        await drafts.save(session, person, "application/A-1", {"purpose": SECRET.text})
        await complainants.keep(session, f"C-{person}", SECRET.text)


async def stored(database: Database, column: Any = Draft.content, *, where: str = "1 = 1") -> list[Any]:
    """What the database itself holds of a column."""
    query = core_select(type_coerce(col(column), NullType())).where(sql(where))
    async with database.engine.connect() as connection:
        return list((await connection.execute(query)).scalars())


def as_text(sealed: bytes) -> str:
    """Sealed bytes as a column of text keeps them."""
    return PREFIX.decode() + b64encode(sealed[len(PREFIX) :]).decode()


async def purpose(database: Database, person: str = "anna") -> Any:
    async with database.reading() as session:
        found = await drafts.load(session, person, "application/A-1")
    return found and found["purpose"]
