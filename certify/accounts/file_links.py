"""One-time links to files on another host: for one person, item and session, for a minute; a right of nothing else.

The link carries nobody's rights. Whoever comes by it is the person of that session as they stand then: when the session
has ended, or the person may not open the item any more, it opens nothing (security T12).
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Field, SQLModel, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.gate import principal_of_row
from certify.accounts.opaque import digest_of_secret, new_secret
from certify.accounts.principal import Principal
from certify.accounts.sessions import SignedIn
from certify.register.database import Database
from schemas.errors import NotFound

HOLDS_FOR: Final = timedelta(minutes=1)


class FileLink(SQLModel, table=True):
    """Working table: one link that nobody used yet.

    Attributes:
        subject: the case, or the label where `of_label`.
        session: digest of the session it was made in.
    """

    __tablename__ = "file_link"

    id_digest: str = Field(primary_key=True)
    session: str
    subject: str
    of_label: bool = False
    item: str
    expires_at: datetime = Field(index=True)


async def make(
    session: AsyncSession, *, cookie: str, subject: str, of_label: bool = False, item: str, now: datetime
) -> str:
    """Make a link in the session behind a cookie and return its secret part."""
    await session.exec(delete(FileLink).where(col(FileLink.expires_at) < now))
    secret = new_secret()
    session.add(
        FileLink(
            id_digest=digest_of_secret(secret),
            session=digest_of_secret(cookie),
            subject=subject,
            of_label=of_label,
            item=item,
            expires_at=now + HOLDS_FOR,
        )
    )
    return secret


async def use(database: Database, secret: str, now: datetime) -> tuple[FileLink, Principal]:
    """Take a link, once, and return it with the person of its session as they stand now.

    Raises:
        NotFound: `unknown_link`: used, over, of an ended session, or never made; which of them is not said.
    """
    async with database.writing() as session:
        taken = delete(FileLink).where(col(FileLink.id_digest) == digest_of_secret(secret)).returning(FileLink)
        link: FileLink | None = (await session.exec(taken)).scalar_one_or_none()
        held = await session.get(SignedIn, link.session) if link is not None else None
        holds = link is not None and held is not None and now < link.expires_at and held.is_live(now)
        found = (link, await principal_of_row(session, held, now)) if link and held and holds else None
    if found is None:
        raise NotFound("unknown_link", "This link was used before or is over; open the file again from its page.")
    return found
