"""Guessing is slowed down by address and network: after a few failures each next attempt has to wait longer.

An address nobody has is slowed down in the same way, so the wait tells nothing. Whoever guesses from one network keeps
nobody waiting in another, until guesses come from very many (OWASP ASVS 5.0, 6.3.1).
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Field, SQLModel, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from schemas.errors import NotPermitted

FREE_ATTEMPTS = 5
FREE_FROM_EVERYWHERE = 100
"""Attempts at one address before those of all networks together wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class SignInFailure(SQLModel, table=True):
    """Working table: attempts at one address since the last that succeeded."""

    __tablename__ = "sign_in_failure"

    address_digest: str = Field(primary_key=True)
    failures: int = 0
    last_at: datetime | None = Field(default=None, index=True)


def wait_after(failures: int, free: int = FREE_ATTEMPTS) -> timedelta:
    """Return how long the next attempt has to wait after so many failures."""
    if failures < free:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - free, 10)), LONGEST_WAIT)


async def count_attempt_from(session: AsyncSession, address: str, network: str, now: datetime) -> None:
    """Count an attempt at an address from a network, by the name its program keeps for it; empty where it has none.

    Raises:
        NotPermitted: `too_many_attempts`; nothing was counted, once the transaction is given up.
    """
    if not network:
        await count_attempt(session, address, now)
        return
    await count_attempt(session, f"{address} {network}", now)
    await count_attempt(session, address, now, free=FREE_FROM_EVERYWHERE)


async def count_attempt(session: AsyncSession, address: str, now: datetime, *, free: int = FREE_ATTEMPTS) -> None:
    """Count an attempt as failed before it is made, so that many at once are no way around the limit.

    Raises:
        NotPermitted: `too_many_attempts`; nothing was counted.
    """
    await session.exec(delete(SignInFailure).where(col(SignInFailure.last_at) < now - FORGOTTEN_AFTER))
    # Two first attempts at once: whoever comes second finds the row of the first, and waits for it.
    new_row = "INSERT INTO sign_in_failure (address_digest, failures) VALUES (:digest, 0) ON CONFLICT DO NOTHING"
    await (await session.connection()).execute(text(new_row), {"digest": _digest(address)})
    row = await session.get_one(SignInFailure, _digest(address), with_for_update=True, populate_existing=True)
    if row.last_at is not None and now < row.last_at + wait_after(row.failures, free):
        raise NotPermitted("too_many_attempts", "Too many attempts at this address; wait a few minutes and try again.")
    row.failures, row.last_at = row.failures + 1, now
    session.add(row)


async def forgive(session: AsyncSession, address: str, network: str = "") -> None:
    """Forget the failures at an address, those of the network too from which an attempt succeeded."""
    names = {_digest(address), _digest(f"{address} {network}")}
    await session.exec(delete(SignInFailure).where(col(SignInFailure.address_digest).in_(names)))


def _digest(address: str) -> str:
    # What is typed there is sometimes a password, or the address of somebody we do not know.
    return hashlib.sha256(address.encode()).hexdigest()
