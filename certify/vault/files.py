"""Files taken into the store: the working table of what is there, by case and digest."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession


class StoredFile(SQLModel, table=True):
    """Working table: a file that was stored and read back, whether or not an act has named it yet."""

    __tablename__ = "stored_file"

    application: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    stored_digest: str
    size: int = Field(sa_type=BigInteger)
    sealed_with: str | None = None
    stored_at: datetime


async def find(session: AsyncSession, application: str, digest: str) -> StoredFile | None:
    """Return a stored file of a case by the digest of the file as handed in."""
    return await session.get(StoredFile, (application, digest))


async def digests(session: AsyncSession, application: str) -> list[str]:
    """Return the digests of all files that a case ever had in the store, of its labels' surveillances too."""
    query = select(StoredFile.digest).where(StoredFile.application == application).order_by(StoredFile.digest)
    return [*(await session.exec(query)).all()]


async def total_size(session: AsyncSession, application: str) -> int:
    """Return how many bytes a case has in the store."""
    query = select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.application == application)
    return int((await session.exec(query)).one())


async def note(
    session: AsyncSession,
    application: str,
    *,
    digest: str,
    stored_digest: str,
    size: int,
    sealed_with: str | None = None,
) -> StoredFile:
    """Remember that a file is stored; a second time changes nothing."""
    known = await find(session, application, digest)
    if known is not None:
        return known
    row = StoredFile(
        application=application,
        digest=digest,
        stored_digest=stored_digest,
        size=size,
        sealed_with=sealed_with,
        stored_at=datetime.now(UTC),
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # The same file came twice at once; the other was first.
        first = await find(session, application, digest)
        assert first is not None
        return first
    return row
