"""How many complaints came in a minute, in all and about each label: a brake on floods that knows nobody's address."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, text
from sqlmodel import Field, SQLModel, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from schemas.errors import Unavailable

A_MINUTE_ABOUT_ONE: Final = 5
A_MINUTE_IN_ALL: Final = 60
ALL: Final = "*"
_KEPT = timedelta(hours=1)


class ReportCount(SQLModel, table=True):
    """Working table: complaints about a label in a minute; `*` counts all."""

    __tablename__ = "report_count"

    about: str = Field(primary_key=True)
    minute: datetime = Field(primary_key=True)
    count: int


# One statement: on PostgreSQL two at once would both read and one count would be lost.
_ONE_MORE = text(
    "INSERT INTO report_count (about, minute, count) VALUES (:about, :minute, 1) "
    "ON CONFLICT (about, minute) DO UPDATE SET count = report_count.count + 1 RETURNING count"
).bindparams(bindparam("minute", type_=UTCDateTime()))


async def count(session: AsyncSession, about: str, now: datetime) -> None:
    """Count one more complaint, about a label or about nothing that has a number.

    Raises:
        Unavailable: `too_many_reports`; it may be sent again in a minute.
    """
    await session.exec(delete(ReportCount).where(col(ReportCount.minute) < now - _KEPT))
    connection, minute = await session.connection(), now.replace(second=0, microsecond=0)
    for key, most in ((ALL, A_MINUTE_IN_ALL), (about, A_MINUTE_ABOUT_ONE)):
        found = await connection.execute(_ONE_MORE, {"about": key, "minute": minute})
        if int(found.scalar_one()) > most:
            raise Unavailable("too_many_reports", "Many reports are coming in just now; please try again in a minute.")
