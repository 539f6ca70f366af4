"""What was written to the database stands in no error of it, whose text goes to a log (security I12, T36)."""

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from certify.register.database import Database

SECRET = "the contact of a complainant"


async def test_an_error_names_no_value_of_its_statement(database: Database) -> None:
    async with database.writing() as session:
        connection = await session.connection()
        with pytest.raises(SQLAlchemyError) as refusal:
            await connection.execute(text("INSERT INTO no_such_table VALUES (:one)"), {"one": SECRET})
        await session.rollback()

    told = "".join(traceback.format_exception(refusal.value))
    assert "no_such_table" in told
    assert SECRET not in told
