"""One-time links to files on another host: for one person, item and session, for a minute; a right of nothing else.

The link carries nobody's rights. Whoever comes by it is the person of that session as they stand then: when the session
has ended, or the person may not open the item any more, it opens nothing (security T12).
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.gate import principal_of_row
from certify.accounts.opaque import digest_of_secret, new_secret
from certify.accounts.principal import Principal
from certify.accounts.proven import is_ours
from certify.accounts.sessions import find_live_by_digest
from certify.register.database import Database
from certify.register.row_proofs import Proven, prove
from schemas.errors import NotFound, NotPermitted

HOLDS_FOR: Final = timedelta(minutes=1)


class FileLink(Proven, table=True):
    """Working table: one link that nobody used yet.

    Attributes:
        subject: the case, or the label where `of_label`.
        session: digest of the session it was made in.
    """

    __tablename__ = "file_link"
    PROVEN: ClassVar = ("id_digest", "session", "subject", "of_label", "item", "expires_at")

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
    row = FileLink(
        id_digest=digest_of_secret(secret),
        session=digest_of_secret(cookie),
        subject=subject,
        of_label=of_label,
        item=item,
        expires_at=now + HOLDS_FOR,
    )
    prove(session, row)
    session.add(row)
    return secret


async def use(database: Database, secret: str, now: datetime) -> tuple[FileLink, Principal]:
    """Take a link, once, and return it with the person of its session as they stand now.

    Raises:
        NotFound: `unknown_link`: used, over, of an ended session, or not made by us; which of them is not said.
    """
    async with database.writing() as session:
        found: tuple[FileLink, Principal] | None = None
        taken = delete(FileLink).where(col(FileLink.id_digest) == digest_of_secret(secret)).returning(FileLink)
        link: FileLink | None = (await session.exec(taken)).scalar_one_or_none()
        if link is not None and now < link.expires_at and is_ours(session, link):
            found = await _with_person(session, link, now)
    if found is None:
        raise NotFound("unknown_link", "This link was used before or is over; open the file again from its page.")
    return found


async def _with_person(session: AsyncSession, link: FileLink, now: datetime) -> tuple[FileLink, Principal] | None:
    """Return a link with the person of its session, None where that is over."""
    try:
        held = await find_live_by_digest(session, link.session, now)
    except NotPermitted:
        return None
    return link, await principal_of_row(session, held, now)
