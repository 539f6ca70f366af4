"""The end of a person's access: they left the body, or somebody else holds what they sign in with.

One officer is enough, or a colleague of the same organisation (`certify.accounts.colleagues`): ending gives nobody
anything, and must not wait (ASVS 5.0, 7.4.2, 7.4.5). Coming in again takes what a lost account takes, two officers and
a day (`certify.accounts.recovery`). Roles and seats stay on record: a seat is vacated by its own procedure, and what
somebody signed stays signed.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import links, people, sessions, tokens
from certify.accounts.officers import require_officer
from certify.accounts.people_stream import hold, record
from certify.accounts.principal import Principal
from certify.register import access_ends, recoveries
from schemas.account_events import AccessEnded, RecoveryCancelled
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound
from schemas.event import Event


async def end(
    session: AsyncSession, officer: Principal, *, person: str, now: datetime, request_id: str = "none"
) -> None:
    """Keep a person out from now on: their sessions, tokens and links end with it, and a recovery.

    Raises:
        NotPermitted: `role_missing`.
        ConflictOfInterest: `own_access`.
        NotFound: `unknown_person`.
        AlreadyDecided: `access_ended`.
        StepUpNeeded: the officer must prove who they are.
    """
    require_officer(officer, "end_access", now)
    if await people.find(session, person) is None:
        raise NotFound("unknown_person", "There is no such person.")
    await end_by(session, officer, person=person, now=now, request_id=request_id)


async def end_by(session: AsyncSession, by: Principal, *, person: str, now: datetime, request_id: str = "none") -> None:
    """Keep a person out who is known; whether `by` may do it is the caller's to ask.

    Raises:
        ConflictOfInterest: `own_access`.
        AlreadyDecided: `access_ended`.
    """
    if person == by.person:
        raise ConflictOfInterest("own_access", "Nobody ends their own access; ask somebody else to.")
    await hold(session)
    if await access_ends.has_ended(session, person):
        raise AlreadyDecided("access_ended", "This access has ended.")
    events: list[Event] = [AccessEnded(at=now, actor=by.person, person=person)]
    # What two agreed to before knew nothing of the end: the way back begins anew.
    if (begun := await recoveries.open_of(session, person)) is not None:
        events.append(RecoveryCancelled(at=now, actor=by.person, recovery=begun.id, person=person))
    await record(session, events, authn=by.authn, request_id=request_id)
    await sessions.end_all(session, person)
    await tokens.revoke_all(session, person=person, now=now)
    await links.void_all(session, person=person)
