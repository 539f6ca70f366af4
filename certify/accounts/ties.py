"""People declare their standing ties: employer, clients, paid work, ownership, family (ISO/IEC 17065, 4.2)."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.people_stream import record
from schemas.record_events import TiesDeclared
from schemas.ties import Ties


async def declare(
    session: AsyncSession, *, person: str, ties: Ties, now: datetime, authn: str, request_id: str = "none"
) -> int:
    """Record all ties of a person, in the place of what they declared before; returns the entry's number."""
    event = TiesDeclared(at=now, actor=person, person=person, ties=ties)
    return await record(session, (event,), authn=authn, request_id=request_id)
