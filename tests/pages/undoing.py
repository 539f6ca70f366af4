"""A world that no request changes: what is written is judged by the database, and undone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.database import Database
from tests.pages import matrix
from tests.pages.conftest import House


class UndoingDatabase(Database):
    """A database that judges whatever is written and keeps nothing of it."""

    def __init__(self, database: Database) -> None:
        vars(self).update(vars(database))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Open a session whose changes reach the database, and are undone when the block ends."""
        async with super().writing() as session:
            yield session
            await session.flush()
            await session.rollback()


def keep_nothing(house: House) -> None:
    """Let every request find what is on record now; the rules judge acts, and none is recorded."""
    house.services = replace(house.services, database=UndoingDatabase(house.services.database))
    matrix._write_nothing_more(house)
