"""What a passkey is asked to sign: drawn or given once, good for some minutes, and used up by the answer."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import uuid4

from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.proven import is_ours
from certify.register.row_proofs import Proven, prove
from schemas.errors import NotPermitted

LASTS = timedelta(minutes=5)

Purpose = Literal["register", "sign_in", "step_up", "ballot", "release", "report"]
"""What an answer is for; one given for something else is worth nothing."""


class AuthenticationChallenge(Proven, table=True):
    """Working table: one challenge that was not answered yet.

    Attributes:
        id: by which the answer names it; the challenge itself may be a digest that comes twice.
        person: who must answer; None at sign-in, where the key tells.
        challenge: base64url.
    """

    __tablename__ = "authentication_challenge"
    # Signatures of ballots are public: whoever could plant what one answers would sign in with it.
    PROVEN: ClassVar = ("id", "person", "purpose", "challenge", "expires_at")

    id: str = Field(primary_key=True)
    person: str | None = None
    purpose: str
    challenge: str
    expires_at: datetime = Field(index=True)


async def draw(
    session: AsyncSession, *, person: str | None, purpose: Purpose, challenge: str, now: datetime
) -> AuthenticationChallenge:
    """Keep a challenge until it is answered or over."""
    await session.exec(delete(AuthenticationChallenge).where(col(AuthenticationChallenge.expires_at) <= now))
    row = AuthenticationChallenge(
        id=str(uuid4()), person=person, purpose=purpose, challenge=challenge, expires_at=now + LASTS
    )
    prove(session, row)
    session.add(row)
    await session.flush()
    return row


async def consume(session: AsyncSession, ceremony: str, *, person: str | None, purpose: Purpose, now: datetime) -> str:
    """Use a challenge up and return it; of two answers at once, one finds it (security.md, 10).

    Raises:
        NotPermitted: `challenge_over`: unknown, answered before, over, for somebody or something else, or not ours.
    """
    table = AuthenticationChallenge
    condition = col(table.person).is_(None) if person is None else col(table.person) == person
    used = delete(table).where(
        col(table.id) == ceremony, col(table.purpose) == purpose, col(table.expires_at) > now, condition
    )
    found = (await session.exec(used.returning(table))).scalar_one_or_none()
    if found is None or not is_ours(session, found):
        raise NotPermitted("challenge_over", "This took too long or was answered before; please begin again.")
    return str(found.challenge)
