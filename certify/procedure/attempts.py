"""Keeps what was refused: who, what, why, when; never the content."""

from datetime import UTC, datetime

from certify.accounts import security_events
from certify.register import attempts, journal
from certify.register.database import Database
from schemas.record_events import AttemptRefused
from schemas.records import Batch, PendingEntry


async def keep_attempt(
    database: Database, actor: str, act: str, application: str | None, code: str, request_id: str, *, authn: str
) -> None:
    """Append a refused act to the stream `attempts`; beyond ten a minute an actor it is only counted."""
    now = datetime.now(UTC)
    # Not of what: the id of a complaint is the secret of whoever made it.
    security_events.note("act_refused", actor, authn=authn, request_id=request_id, act=act, code=code)
    async with database.writing() as session:
        if await attempts.count(session, actor, now) > attempts.KEPT_A_MINUTE:
            return
        event = AttemptRefused(at=now, actor=actor, act=act, application=application, code=code)
        number = await journal.next_number(session, attempts.STREAM)
        entry = PendingEntry.of(event, number, authn=authn, request_id=request_id)
        await journal.append(session, Batch(stream=attempts.STREAM, entries=(entry,)))
