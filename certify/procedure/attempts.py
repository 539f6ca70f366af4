"""Keeps what was refused: who, what, why, when; never the content."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import security_events
from certify.register import attempts, journal
from certify.register.database import Database
from schemas.errors import ConflictOfInterest, NotFound, ProcedureError
from schemas.record_events import AttemptRefused
from schemas.records import Batch, PendingEntry


async def keep_attempt(
    database: Database,
    actor: str,
    act: str,
    application: str | None,
    error: ProcedureError,
    request_id: str,
    *,
    authn: str,
) -> None:
    """Append a refused act to the stream `attempts`; beyond ten a minute an actor it is only counted.

    What is refused for a conflict of interest is appended all the same, the same one once a day (procedure, rule 3). An
    interest that is hidden from the person is named in the record alone (`NotFound.hides`).
    """
    # Not of what: the id of a complaint is the secret of whoever made it. Nor why, but as the person was told: they may
    # read these lines (`certify.accounts.own_data`).
    security_events.note("act_refused", actor, authn=authn, request_id=request_id, act=act, code=error.code)
    reason = error.on_record
    event = AttemptRefused(at=datetime.now(UTC), actor=actor, act=act, application=application, code=reason.code)
    async with database.writing() as session:
        is_kept = await attempts.count(session, actor, event.at) <= attempts.KEPT_A_MINUTE
        if not is_kept:
            is_interest = isinstance(reason, ConflictOfInterest)
            is_new = await attempts.is_new_today(session, event, about=application if is_interest else None)
            is_kept = is_interest and is_new
        # What there is not takes the work of what is hidden: the entry is made, and given up (security I13, T14).
        if is_kept or isinstance(error, NotFound):
            async with session.begin_nested() as appending:
                await _append(session, event, authn=authn, request_id=request_id)
                if not is_kept:
                    await appending.rollback()
    error.kept_for = request_id


async def _append(session: AsyncSession, event: AttemptRefused, *, authn: str, request_id: str) -> None:
    number = await journal.next_number(session, attempts.STREAM)
    entry = PendingEntry.of(event, number, authn=authn, request_id=request_id)
    await journal.append(session, Batch(stream=attempts.STREAM, entries=(entry,)))
