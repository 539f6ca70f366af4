"""Links that let a person in: an invitation to set a password, a recovery, or a sign-in for the demonstration.

A link is looked at with `holder_of`, which changes nothing, and used with `use`, when a button was pressed:
scanners of mail follow every link.
"""

from datetime import datetime
from typing import ClassVar, Literal

from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.opaque import digest_of_secret, new_secret
from certify.accounts.proven import is_ours
from certify.register.row_proofs import Proven, prove
from schemas.errors import NotPermitted

Purpose = Literal["invitation", "demo", "recovery"]


class SignInLink(Proven, table=True):
    """Working table: one link, by the digest of its token."""

    __tablename__ = "sign_in_link"
    PROVEN: ClassVar = ("token_digest", "person", "purpose", "expires_at", "reusable", "used_at")

    token_digest: str = Field(primary_key=True)
    person: str = Field(index=True)
    purpose: str
    expires_at: datetime
    reusable: bool = False
    used_at: datetime | None = None


async def create_link(
    session: AsyncSession, *, person: str, expires_at: datetime, purpose: Purpose = "demo", reusable: bool = False
) -> str:
    """Make a link and return its token, which is kept nowhere."""
    token = new_secret()
    row = SignInLink(
        token_digest=digest_of_secret(token),
        person=person,
        purpose=purpose,
        expires_at=expires_at,
        reusable=reusable,
    )
    prove(session, row)
    session.add(row)
    return token


async def holder_of(session: AsyncSession, token: str, *, purpose: Purpose, now: datetime) -> str:
    """Return the person a link is for; changes nothing.

    Raises:
        NotPermitted: `link_invalid`: unknown, over, used up, for something else, or not ours.
    """
    return _good(session, await session.get(SignInLink, digest_of_secret(token)), purpose, now).person


async def use(session: AsyncSession, token: str, *, purpose: Purpose, now: datetime) -> str:
    """Use a link and return its person; of two at once, one succeeds, unless the link is reusable.

    Raises:
        NotPermitted: as `holder_of`.
    """
    row = await session.get(SignInLink, digest_of_secret(token), with_for_update=True)
    row = _good(session, row, purpose, now)
    row.used_at = now
    prove(session, row)
    session.add(row)
    await session.flush()
    return row.person


async def void(session: AsyncSession, *, person: str, purpose: Purpose) -> None:
    """Make all of a person's links of one kind worth nothing."""
    await session.exec(delete(SignInLink).where(col(SignInLink.person) == person, col(SignInLink.purpose) == purpose))


async def void_all(session: AsyncSession, *, person: str) -> None:
    """Make all of a person's links worth nothing, of every kind."""
    await session.exec(delete(SignInLink).where(col(SignInLink.person) == person))


def _good(session: AsyncSession, row: SignInLink | None, purpose: Purpose, now: datetime) -> SignInLink:
    is_used_up = row is not None and row.used_at is not None and not row.reusable
    if row is None or row.purpose != purpose or now >= row.expires_at or is_used_up or not is_ours(session, row):
        raise invalid()
    return row


def invalid() -> NotPermitted:
    """Return the one refusal for every link that does not hold."""
    return NotPermitted("link_invalid", "This link is not valid, was used before, or is over; ask for a new one.")
