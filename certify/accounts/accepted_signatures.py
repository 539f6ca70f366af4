"""Which challenge was signed for which act: the signature is good for that act alone, and for sending it again."""

from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

KEPT = timedelta(days=2)
"""Longer than anybody sends an act again; the challenge itself is over after minutes and used up before that."""


class AcceptedSignature(SQLModel, table=True):
    """Working table: a signature that was verified and counted, for as long as its act may be sent again.

    Attributes:
        challenge: base64url; it has a nonce of its own, so it comes once.
        act_id: the act it was given for, with `act_digest` over its content.
    """

    __tablename__ = "accepted_signature"

    challenge: str = Field(primary_key=True)
    act_id: str
    act_digest: str
    accepted_at: datetime = Field(index=True)


async def was_accepted(session: AsyncSession, challenge: str, *, act_id: str, act_digest: str) -> bool:
    """Whether a signature was accepted before, for this very act."""
    row = await session.get(AcceptedSignature, challenge, populate_existing=True)
    return row is not None and (row.act_id, row.act_digest) == (act_id, act_digest)


async def accept(session: AsyncSession, challenge: str, *, act_id: str, act_digest: str, now: datetime) -> None:
    """Note that a signature was accepted for an act, in the transaction that used its challenge up."""
    await session.exec(delete(AcceptedSignature).where(col(AcceptedSignature.accepted_at) < now - KEPT))
    session.add(AcceptedSignature(challenge=challenge, act_id=act_id, act_digest=act_digest, accepted_at=now))
    await session.flush()
